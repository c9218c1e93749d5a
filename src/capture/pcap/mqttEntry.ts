import type { CaptureNote } from '../../base/captureNote';
import { concatBytes } from '../../base/bytes';
import { capturedName } from '../../base/connectionName';
import { encodeUtf8 } from '../../base/utf8';
import { dissect } from '../../protocol/dissect';
import { dissectStream } from '../../protocol/dissectStream';
import { isRemarkedOn } from '../../protocol/remarkedViolations';
import type { Violation } from '../../protocol/violations';
import type { Direction } from '../../session/effects';
import { ConnectionCapture } from '../connectionCapture';
import type { PacketLog } from '../packetLog';
import { PublishTopics } from '../publishTopics';
import { rowRemarks } from '../rowRemarks';
import { type GatheredBytes, PacketRest } from './packetRest';
import { isConnect, plausibleStart } from './plausiblePacket';
import type { GapCause } from './tcpSide';
import { mostUnanswered } from './unansweredRows';
import type { ConnectionMark, RemarkMark, RowMark } from './workbenchMarks';

/** What comes next on one way of the connection. */
type Expected =
  /** The first byte. */
  | { readonly is: 'opening' }
  | { readonly is: 'packets' }
  /** The rest of a packet whose middle is missing: so many bytes. */
  | { readonly is: 'rest'; readonly bytes: number }
  /** Nobody knows: a packet is looked for. */
  | { readonly is: 'anything' };

/** Segments by which a version is guessed at most. */
const mostGuesses = 64;

interface Way {
  readonly direction: Direction;
  expected: Expected;
  /** When its last bytes came. */
  lastAt: number | undefined;
  readonly topics: PublishTopics;
  /** Gathers what is left of a packet. */
  readonly rest: PacketRest;
  /** What comes before the next packet may be the rest of a CONNECT with its password, or of an AUTH. */
  hasSecretRest: boolean;
  /** Parts of a row that goes on over several frames of our own file. */
  parts: Uint8Array[];
}

/** Enters what the two sides of one connection of MQTT sent into a log, gaps and what cannot be read named in their places. */
export class MqttEntry {
  private readonly capture: ConnectionCapture;
  private readonly client: Way;
  private readonly server: Way;
  /** How many more segments are looked at for the version, where no CONNECT has told it. */
  private guesses = 0;
  /** Of our own file: the packets of a client that is not let in yet, as long as each is there. */
  private unanswered: number[] | undefined;

  /**
   * @param ends addresses with ports, as text
   * @param fromStart the capture has the connection from its first byte on
   * @param mark what our own file says of it
   * @param gathered of all connections of the capture
   */
  constructor(
    private readonly log: PacketLog,
    { client, server }: { readonly client: string; readonly server: string },
    fromStart: boolean,
    private readonly mark: ConnectionMark | undefined,
    gathered: GatheredBytes,
  ) {
    this.capture = new ConnectionCapture(
      log,
      mark?.name ?? capturedName('', client, server),
      (connect, version) => {
        if (mark) return undefined;
        const [first] = dissectStream(connect.subarray(0, longestConnect), version).packets;
        const packet = first?.dissection.packet;
        const identifier = packet?.type === 'CONNECT' ? packet.clientIdentifier : '';
        return identifier === '' ? undefined : capturedName(identifier, client, server);
      },
    );
    const clientDirection = mark?.client ?? 'out';
    const expected: Expected = mark ? { is: 'packets' } : { is: fromStart ? 'opening' : 'anything' };
    this.client = this.newWay(clientDirection, expected, gathered);
    this.server = this.newWay(clientDirection === 'out' ? 'in' : 'out', expected, gathered);
    if (!fromStart && !mark) this.guesses = mostGuesses;
    if (!mark) return;
    this.unanswered = [];
    this.capture.assumeVersion(mark.version);
    for (const { direction } of [this.client, this.server]) this.capture.interrupt(direction, 0);
  }

  /** The number of the connection in the log. */
  get connection(): number {
    return this.capture.connection;
  }

  /** Says at this place of the client's way what there is to say. */
  note(note: CaptureNote, at: number): void {
    this.client.rest.flush();
    this.capture.enterNote(this.client.direction, note, at);
  }

  data(fromClient: boolean, bytes: Uint8Array, at: number): void {
    const way = this.way(fromClient);
    way.lastAt = at;
    // It may be the answer to what the other side's is the rest of.
    this.way(!fromClient).rest.flush();
    switch (way.expected.is) {
      case 'opening':
      case 'packets':
        this.packets(way, bytes, at);
        return;
      case 'rest': {
        const taken = Math.min(way.expected.bytes, bytes.length);
        const left = way.expected.bytes - taken;
        way.rest.add(bytes.subarray(0, taken), at, way.hasSecretRest);
        if (left === 0) way.rest.flush();
        way.expected = left > 0 ? { is: 'rest', bytes: left } : { is: 'packets' };
        if (taken < bytes.length) this.packets(way, bytes.subarray(taken), at);
        return;
      }
      case 'anything':
        this.search(way, bytes, at);
    }
  }

  /** @param hasOthers of the missing bytes some were not of MQTT, such as headers of a WebSocket: nobody knows how many */
  gap(fromClient: boolean, missing: number, cause: GapCause, at: number, hasOthers = false): void {
    const way = this.way(fromClient);
    const { expected } = way;
    way.rest.flush();
    this.unanswered = undefined;
    // Of the CONNECT the beginning may be what is missing.
    way.hasSecretRest ||= fromClient && expected.is === 'opening';
    if (hasOthers) {
      way.hasSecretRest = this.capture.interrupt(way.direction, at, true) || way.hasSecretRest;
      way.expected = { is: 'anything' };
    } else if (expected.is === 'rest') {
      const left = expected.bytes - missing;
      way.expected = left > 0 ? { is: 'rest', bytes: left } : { is: left === 0 ? 'packets' : 'anything' };
    } else if (expected.is !== 'anything') {
      const lacking = this.capture.missingOf(way.direction);
      // What is there of the packet came before what is not was missed.
      const cutAt = way.lastAt ?? at;
      way.hasSecretRest = this.capture.interrupt(way.direction, cutAt, true) || way.hasSecretRest;
      // The unfinished packet says where the next one begins.
      if (lacking === undefined || lacking < missing || lacking === 0) way.expected = { is: 'anything' };
      else if (lacking > missing) way.expected = { is: 'rest', bytes: lacking - missing };
      else way.expected = { is: 'packets' };
    }
    // The CONNECT may be what is missing, or its part that names the version.
    if (!this.mark && this.capture.announcedVersion === undefined) this.guesses = mostGuesses;
    const code = cause === 'lost' ? 'gap' : 'snapLength';
    this.capture.enterNote(way.direction, { code, bytes: missing }, at);
  }

  /** This side sends nothing more. */
  ended(fromClient: boolean, at: number): void {
    const way = this.way(fromClient);
    way.rest.flush();
    if (way.expected.is === 'packets') this.capture.interrupt(way.direction, at);
  }

  closed(at: number): void {
    this.flushRests();
    this.capture.closed(at);
  }

  leftOpen(at: number): void {
    this.flushRests();
    this.capture.leftOpen(at);
  }

  /** A row of our own file that is more or less than a packet. */
  marked(fromClient: boolean, mark: RowMark, bytes: Uint8Array, at: number): void {
    if (mark.kind === 'context') return;
    const way = this.way(fromClient);
    if (mark.more) {
      way.parts.push(bytes.slice());
      return;
    }
    const { kind, note, withoutContext, decoded, endsPrevious, cut, rest } = mark;
    const whole = note === undefined ? concatBytes([...way.parts, bytes]) : encodeUtf8(`\0${note}`);
    way.parts = [];
    const flags = {
      ...(withoutContext && { withoutContext }),
      ...(decoded && { decoded }),
      ...(endsPrevious && { endsPrevious }),
      ...(cut && { cut }),
      ...(rest && { rest }),
    };
    const version = this.capture.announcedVersion ?? this.mark?.version ?? 4;
    const isPublish = (kind === 'packet' || mark.hasTopic === true) && (whole[0] ?? 0) >> 4 === 3;
    const topic = isPublish ? way.topics.topicOf(whole, 0, whole.length, version) : undefined;
    const { connection } = this;
    this.log.append({ at, direction: way.direction, connection, kind, version, topic, ...flags }, whole);
  }

  /**
   * A frame of our own file was read, which made the rows from `first` on whole.
   * @param remarks what was found wrong with the packet of the last one, and with packets of the client that were written before
   * anybody knew
   */
  framed(fromClient: boolean, first: number, remarks: readonly RemarkMark[] = []): void {
    const { log, unanswered } = this;
    const last = log.end - 1;
    if (last < first) return;
    const { direction } = this.way(fromClient);
    for (const { remark, packet } of remarks) {
      const sequence = packet === undefined ? last : unanswered?.[packet - 1];
      if (sequence === undefined) continue;
      this.remark(sequence, packet === undefined ? direction : this.client.direction, remark);
    }
    if (!unanswered) return;
    if (!fromClient && log.row(last)?.packetType === 'CONNACK') this.unanswered = undefined;
    else if (fromClient && unanswered.length < mostUnanswered) unanswered.push(last);
  }

  /** Enters what was found wrong with a row, if that is a packet with which it can have been. */
  private remark(sequence: number, direction: Direction, remark: Violation): void {
    const { log, connection } = this;
    const row = log.row(sequence);
    if (row?.kind !== 'packet' || row.connection !== connection || row.direction !== direction) return;
    const bytes = log.bytesAt(sequence)?.subarray(0, longestRemarked);
    const packet = bytes && dissect(bytes, { version: row.version, size: row.length }).packet;
    if (packet && isRemarkedOn(remark, packet)) rowRemarks(log).add(sequence, remark);
  }

  private packets(way: Way, bytes: Uint8Array, at: number): void {
    // An answer to a CONNECT that is not all there: some of it was lost, or is waited for.
    const isAnswer = way === this.server && way.expected.is === 'opening';
    if (isAnswer && !this.mark && this.capture.announcedVersion === undefined) this.guesses = mostGuesses;
    this.guessVersion(way, bytes);
    way.hasSecretRest = false;
    if (way.expected.is === 'opening') way.expected = { is: 'packets' };
    this.capture.chunk(way.direction, bytes, at);
  }

  private search(way: Way, bytes: Uint8Array, at: number): void {
    const isStart = isConnect(bytes) === true;
    const start = isStart ? 0 : plausibleStart(bytes, this.capture.announcedVersion);
    if (start !== 0) {
      way.rest.add(start < 0 ? bytes : bytes.subarray(0, start), at, way.hasSecretRest);
    }
    if (start < 0) return;
    way.rest.flush();
    way.expected = { is: 'packets' };
    this.capture.interrupt(way.direction, at);
    this.packets(way, bytes.subarray(start), at);
  }

  /** Where the CONNECT is not in the capture, packets tell the version until one does that is of no other. */
  private guessVersion(way: Way, bytes: Uint8Array): void {
    if (this.guesses === 0 || this.capture.announcedVersion !== undefined) return;
    if (way.expected.is !== 'opening' && this.capture.missingOf(way.direction) !== 0) return;
    this.guesses--;
    const { version, versionSource } = dissectStream(bytes.subarray(0, longestGuess));
    if (versionSource.from !== 'guess') return;
    // What parses by either is mostly of 5.0, as payloads of 3.1.1 rarely look like properties.
    if (versionSource.certain || version === 5) this.capture.assumeVersion(version);
    if (versionSource.certain) this.guesses = 0;
  }

  private flushRests(): void {
    for (const { rest } of [this.client, this.server]) rest.flush();
  }

  private newWay(direction: Direction, expected: Expected, gathered: GatheredBytes): Way {
    const rest = new PacketRest(gathered, (...entered) => this.capture.enterRest(direction, ...entered));
    return {
      ...{ direction, expected, rest, topics: new PublishTopics() },
      ...{ lastAt: undefined, hasSecretRest: false, parts: [] },
    };
  }

  private way(fromClient: boolean): Way {
    return fromClient ? this.client : this.server;
  }
}

const longestConnect = 64 * 1024;
/** Of a packet that is remarked on, its identifier is looked for in so many bytes: it stands behind the topic. */
const longestRemarked = 128 * 1024;
const longestGuess = 16 * 1024;
