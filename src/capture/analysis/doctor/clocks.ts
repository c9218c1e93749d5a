import { durationText } from '../../../base/duration';
import { decodeUtf8 } from '../../../base/utf8';
import type { SeenPacket } from '../seen';
import { Evidence, type Finding, type FindingFamily, median, Subjects } from './finding';

/** Fewer may be old readings that a device sends late. */
const fewestStamps = 3;
const mostStamps = 64;
/** So many messages of a client are read, and after them one of so many. */
const allRead = 256;
const sampled = 16;
/** Beyond this many milliseconds a clock is wrong rather than late. */
const allowed = 5 * 60_000;
/** Readings are sent late, but not early: a device that stores them for two days has a right clock. */
const allowedPast = 2 * 24 * 3_600_000;
/** What a device takes for now that has never learnt the time: before 2015. */
const neverSet = Date.UTC(2015, 0, 1);
/** Milliseconds that must lie between two numbers before they tell how fast they grow: some count whole seconds. */
const shortestGrowth = 1_000;
/** Payloads with a time stamp are short, and it comes early. */
const longestRead = 2048;

/** A member of a JSON object that is a time, by its name: seconds or milliseconds since 1970, or as ISO 8601. */
const stamp =
  /"(?:ts|t|time|timestamp|time_?stamp(?:_?ms)?|date_?time|date|epoch|unix_?time|sent_?at|created_?at|at)"\s*:\s*(?:"(\d{4}-\d\d-\d\dT[^"]{1,40})"|"?(\d{1,16})(?:\.\d+)?"?)\s*[,}\]]/i;

interface Stamp {
  /** In milliseconds since the Unix epoch, as its packet's. */
  readonly time: number;
  readonly at: number;
}

interface ClientClock {
  readonly label: string;
  messages: number;
  /** Milliseconds that its clock is ahead of the capture's, of the last messages. */
  ahead: number[];
  unset: number;
  /** The last number that would be a time of a clock that was never set, and when it was captured. */
  early: Stamp | undefined;
  readonly evidence: Evidence;
  example: string;
}

/** The clock of a device, by the time stamps in its payloads against the time of their capture. */
export class Clocks implements FindingFamily {
  private readonly clients = new Subjects<ClientClock>();
  readonly subjects = [this.clients];

  packet({ row, connection, sender, packet }: SeenPacket): void {
    // What went through a server was sent at another time, and by somebody else; bytes of a dump have no time at all.
    if (packet?.type !== 'PUBLISH' || sender !== 'client' || packet.dup || row.decoded) return;
    const client = this.clients.of(connection.client, () => ({
      ...{ label: connection.label, messages: 0, ahead: [], unset: 0, early: undefined },
      ...{ evidence: new Evidence(), example: '' },
    }));
    // Reading every payload would take longer than all the rest, and a clock that is wrong stays wrong.
    if (!client || (++client.messages > allRead && client.messages % sampled !== 0)) return;
    const stamped = timeStampOf(packet.payload);
    if (!stamped) return;
    const { time } = stamped;
    if (stamped.isNumber && time < neverSet && !isClock(client, { time, at: row.at })) return;
    const ahead = time - row.at;
    client.ahead = [...client.ahead, ahead].slice(-mostStamps);
    if (ahead <= allowed && ahead >= -allowedPast) return;
    if (time < neverSet) client.unset++;
    client.evidence.add(row.sequence);
    client.example = new Date(time).toISOString();
  }

  findings(): readonly Finding[] {
    const found: Finding[] = [];
    for (const [id, { label, ahead, unset, evidence, example }] of this.clients) {
      const off = median(ahead);
      if (evidence.count < fewestStamps || (off <= allowed && off >= -allowedPast)) continue;
      const never = unset * 2 > evidence.count;
      found.push({
        id: `clockWrong:${id}`,
        kind: 'clockWrong',
        severity: 'warning',
        title: never
          ? `The clock of “${label}” was never set`
          : `The clock of “${label}” is ${durationText(off)} ${off > 0 ? 'ahead' : 'behind'}`,
        sentence: `The time stamps in payloads of “${label}” are ${durationText(off)} ${off > 0 ? 'ahead of' : 'behind'} the time when they were captured, such as ${example}. ${never ? 'A device without a battery for its clock begins in 1970 (or 2000) until it has asked a time server: let it wait for NTP before it publishes.' : 'Look at the time server and the time zone of the device: stamps belong in UTC.'} If this machine's own clock is wrong, so are all times here.`,
        packets: evidence.packets,
        count: evidence.count,
        client: label,
      });
    }
    return found;
  }
}

/**
 * Whether a number of a time long ago grows as a clock does, since the one before: milliseconds since a device began to run
 * look like seconds of 1973 after a day, and grow a thousand times as fast.
 */
function isClock(client: ClientClock, stamp: Stamp): boolean {
  const { early } = client;
  const passed = stamp.at - (early?.at ?? 0);
  if (early && passed < shortestGrowth) return false;
  client.early = stamp;
  if (!early) return false;
  const grown = stamp.time - early.time;
  return grown >= passed / 2 - shortestGrowth && grown > 0 && grown <= passed * 2 + shortestGrowth;
}

/** The time stamp in a JSON payload, in milliseconds since the Unix epoch; undefined where there is none. */
function timeStampOf(payload: Uint8Array): { readonly time: number; readonly isNumber: boolean } | undefined {
  if (payload[0] !== 0x7b && payload[0] !== 0x5b) return undefined;
  const text = decodeUtf8(payload, 0, Math.min(payload.length, longestRead));
  const match = text === undefined ? null : stamp.exec(text);
  if (!match) return undefined;
  const [, iso, number] = match;
  if (iso !== undefined) {
    const time = Date.parse(iso);
    return Number.isNaN(time) ? undefined : { time, isNumber: false };
  }
  const value = Number(number);
  // Seconds since 1970 have ten digits, milliseconds thirteen, microseconds sixteen. A device whose clock was never set
  // counts from 0, and so do counters: only a million seconds and more, or a stamp of another length, can be told.
  if (value < 1e8) return undefined;
  const time = value >= 1e15 ? value / 1000 : value >= 1e11 ? value : value * 1000;
  return { time, isNumber: true };
}
