import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { PacketLog } from '../../src/capture/packetLog';
import { CaptureReader } from '../../src/capture/pcap/captureReader';
import { endpointText } from '../../src/capture/pcap/endpoints';
import { writePcapng } from '../../src/capture/pcap/pcapngWriter';
import { rowVerdicts } from '../../src/capture/rowVerdicts';
import { decode, encode } from '../../src/protocol/codec';
import type { Publish } from '../../src/protocol/controlPacket';
import { client, pcapFile, server } from '../support/captureFiles';
import { startProgram } from '../support/childProcess';
import type { RunningProgram } from '../support/childProcess';
import type { Mosquitto } from '../support/mosquitto';
import { mosquittoPublish, mosquittoSubscribe, startMosquitto } from '../support/mosquitto';
import { asItIs } from '../support/packetLogs';
import { a } from '../support/packets';
import { requiredPeer, requirePeer } from '../support/peers';
import { readCapture, TcpTalk } from '../support/tcpTalk';
import { tsharkPackets } from '../support/tshark';
import type { TsharkPacket } from '../support/tshark';
import { expectedTsharkFields } from '../support/tsharkForm';

/*
 * What tcpdump recorded only in part of sessions of mosquitto, the beginning of each frame or from the middle of a
 * connection on, is read by us and saved, and then read by us again and by tshark.
 */

const lastTopic = 'the/end';

describe('A capture that has only a part', function () {
  this.timeout(120_000);
  let folder = '';
  let broker: Mosquitto | undefined;
  const recording: RunningProgram[] = [];

  const record = async (name: string, ...options: readonly string[]): Promise<void> => {
    const file = path.join(folder, name);
    const filter = `tcp port ${broker?.port ?? assert.fail()}`;
    const program = startProgram(requiredPeer('tcpdump'), [
      ...['-i', 'lo', '-U', '-B', '16384', ...options, '-w', file, filter],
    ]);
    recording.push(program);
    await program.printed(/listening on/, 20);
  };

  before(async function () {
    for (const peer of ['tshark', 'tcpdump', 'mosquitto', 'mosquitto_pub', 'mosquitto_sub'] as const)
      requirePeer(this, peer);
    // Nobody else may listen to a network interface.
    if (process.getuid?.() !== 0) this.skip();
    folder = fs.mkdtempSync(path.join(tmpdir(), 'mqtt-partial-'));
    fs.chmodSync(folder, 0o777);
    broker = await startMosquitto();
    await record('snapped.pcap', '-s', '90');
    for (const version of ['mqttv5', 'mqttv311'] as const) {
      const subscription = await mosquittoSubscribe(broker, 'p/#', { version, qos: 1 });
      if (version === 'mqttv5') await record('late.pcap');
      const extra = version === 'mqttv5' ? ['-D', 'publish', 'content-type', 'x'] : [];
      for (const topic of ['p/1', 'p/2', 'p/3'])
        await mosquittoPublish(broker, { topic, payload: version, qos: 1, version, extra });
      await subscription.received(3);
      await subscription.stop();
    }
    await mosquittoPublish(broker, { topic: lastTopic, payload: 'mqttv311', qos: 1 });
    for (const name of ['snapped.pcap', 'late.pcap']) await holdsEnd(path.join(folder, name));
    for (const program of recording) await program.stop('SIGINT');
  });

  after(async () => {
    for (const program of recording) await program.stop();
    await broker?.stop();
    if (folder !== '') fs.rmSync(folder, { recursive: true });
  });

  for (const [name, ports] of [
    ['snapped.pcap', 'known'],
    ['late.pcap', 'known'],
    ['late.pcap', 'found'],
  ] as const) {
    it(`is read by the right versions, breaks no rule, and is the same once saved (${name}, port ${ports})`, () => {
      const port = broker?.port ?? assert.fail();
      const log = new PacketLog({ byteBudget: 1 << 26 });
      const reader = new CaptureReader(log, { ports: ports === 'known' ? [port] : [] });
      reader.push(fs.readFileSync(path.join(folder, name)));
      assert.deepEqual(reader.end().problems, []);
      assert.deepEqual(versionsOf(log), { mqttv5: [5], mqttv311: [4] });
      assert.equal(brokenRows(log), 0);
      const file = path.join(folder, `saved-${name}ng`);
      sameOnceSaved(log, reader, file);
    });
  }
});

describe('A capture of the second connection of a device from the same port', function () {
  this.timeout(60_000);
  before(function () {
    requirePeer(this, 'tshark');
  });

  it('is saved with its addresses, and shown by tshark with the same fields', () => {
    const frames = [1, 2].flatMap((round) => {
      const talk = new TcpTalk({ ...client, port: 49_153 }, server, undefined, 100_000 * round).handshake();
      talk.packet('client', a.connect(), 5).packet('server', a.connack(), 5);
      const properties = { contentType: 'x' };
      return talk.packet('client', a.publish(`r/${round}`, 0, 0, { properties }), 5).frames;
    });
    const { log, reader } = readCapture(pcapFile(frames));
    const folder = fs.mkdtempSync(path.join(tmpdir(), 'mqtt-again-'));
    try {
      sameOnceSaved(log, reader, path.join(folder, 'again.pcapng'));
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});

const sequencesOf = (log: PacketLog): readonly number[] =>
  Array.from({ length: log.end - log.first }, (_, index) => log.first + index);

/** By which versions the messages are read whose payloads name one. */
function versionsOf(log: PacketLog): Readonly<Record<string, readonly number[]>> {
  const found: Record<string, number[]> = {};
  for (const { version, payload } of messages(log)) {
    const versions = (found[payload] ??= []);
    if (!versions.includes(version)) versions.push(version);
  }
  return found;
}

function messages(log: PacketLog): readonly { readonly version: number; readonly payload: string }[] {
  return sequencesOf(log).flatMap((sequence) => {
    const row = log.row(sequence) ?? assert.fail();
    if (row.kind !== 'packet' || row.packetType !== 'PUBLISH') return [];
    const packet = decode(log.bytesAt(sequence) ?? assert.fail(), row.version) as Publish;
    return [{ version: row.version, payload: Buffer.from(packet.payload).toString() }];
  });
}

function brokenRows(log: PacketLog): number {
  const verdicts = rowVerdicts(log);
  while (verdicts.readOn(() => false));
  return verdicts.count(log.first, log.end);
}

/** The rows that are packets, as tshark shows them in a file of ours: at our port. */
function shownRows(log: PacketLog, reader: CaptureReader): readonly TsharkPacket[] {
  return sequencesOf(log).flatMap((sequence) => {
    const row = log.row(sequence) ?? assert.fail();
    if (row.kind !== 'packet') return [];
    const ends = reader.endpoints(row.connection) ?? assert.fail();
    const [from, to] = [endpointText(ends.client), endpointText({ ...ends.server, port: 1883 })];
    const way = row.direction === 'out' ? { from, to } : { from: to, to: from };
    const bytes = log.bytesAt(sequence) ?? assert.fail();
    const packet = decode(bytes, row.version);
    // That a short form is the same as a long one is shown elsewhere.
    if (encode(packet, row.version).length !== bytes.length) return [];
    return [{ at: Math.round(row.at * 1000), ...way, fields: expectedTsharkFields(packet, row.version) }];
  });
}

/** Properties come in any order (2.2.2.2). */
const line = (packet: TsharkPacket): string => {
  const fields = Object.entries(packet.fields)
    .map(([name, values]) => [name, name.startsWith('mqtt.prop') ? [...values].sort() : values] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify({ ...packet, fields });
};

function sameOnceSaved(log: PacketLog, reader: CaptureReader, file: string): void {
  const options = {
    application: 'MQTT Workbench',
    conceal: asItIs,
    endpointsOf: (connection: number) => reader.endpoints(connection),
  };
  fs.writeFileSync(file, Buffer.concat([...writePcapng(log, sequencesOf(log), options)]));
  const again = readCapture(fs.readFileSync(file)).log;
  const rows = (of: PacketLog) =>
    sequencesOf(of).map((sequence) => {
      const { kind, direction, version, topic, length, cut } = of.row(sequence) ?? assert.fail();
      // A note is of no version.
      return { kind, direction, version: kind === 'note' ? undefined : version, topic, length, cut };
    });
  assert.deepEqual(rows(again), rows(log));
  const shown = new Set(tsharkPackets(file).map(line));
  const expected = shownRows(log, reader);
  assert.ok(expected.length >= 4, `${expected.length} packets to compare`);
  const lacking = expected.filter((packet) => !shown.has(line(packet)));
  assert.deepEqual(lacking, []);
}

/** Resolves when the last message has been written to a capture file. */
async function holdsEnd(file: string): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (fs.existsSync(file) && fs.readFileSync(file).includes(lastTopic)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail(`${file} has no end`);
}
