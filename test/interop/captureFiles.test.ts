import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { connectAsync } from 'mqtt';
import { ConnectionCapture } from '../../src/capture/connectionCapture';
import { PacketLog } from '../../src/capture/packetLog';
import { CaptureReader } from '../../src/capture/pcap/captureReader';
import { endpointText } from '../../src/capture/pcap/endpoints';
import { writePcapng } from '../../src/capture/pcap/pcapngWriter';
import { decode, encode } from '../../src/protocol/codec';
import { bigEndian } from '../support/byteOrder';
import { startProgram } from '../support/childProcess';
import type { RunningProgram } from '../support/childProcess';
import { freePort } from '../support/freePort';
import type { Mosquitto, MosquittoVersion } from '../support/mosquitto';
import { mosquittoPublish, mosquittoSubscribe, startMosquitto } from '../support/mosquitto';
import { a } from '../support/packets';
import { asItIs } from '../support/packetLogs';
import { requiredPeer, requirePeer } from '../support/peers';
import type { TsharkPacket } from '../support/tshark';
import { besideTshark, runTshark, tsharkPackets } from '../support/tshark';
import { expectedTsharkFields } from '../support/tsharkForm';

/*
 * Sessions of mosquitto on the loopback interface, recorded by others at the same time in several formats, are read by us
 * and by tshark; what we write is read by tshark.
 */

/** With room for 16 MiB that are not written yet: a busy machine would lose frames. */
const unhurried = ['-B', '16384'];

/** The names of the files, and how each is recorded. */
const recorders = {
  'ethernet.pcap': (filter: string, file: string) =>
    startProgram(requiredPeer('tcpdump'), ['-i', 'lo', '-U', ...unhurried, '-w', file, filter]),
  'cooked.pcap': (filter: string, file: string) =>
    startProgram(requiredPeer('tcpdump'), ['-i', 'any', '-U', ...unhurried, '-w', file, filter]),
  'cookedV1.pcap': (filter: string, file: string) =>
    startProgram(requiredPeer('tcpdump'), [
      ...['-i', 'any', '-y', 'LINUX_SLL', '-U', ...unhurried, '-w', file, filter],
    ]),
  'nanoseconds.pcap': (filter: string, file: string) =>
    startProgram(requiredPeer('tcpdump'), [
      ...['-i', 'lo', '-U', ...unhurried, '--time-stamp-precision=nano', '-w', file, filter],
    ]),
  'ethernet.pcapng': (filter: string, file: string) =>
    startProgram(besideTshark('dumpcap'), ['-i', 'lo', '-q', '-B', '16', '-w', file, '-f', filter]),
} as const;

/** What editcap makes of the recording in nanoseconds, which counts in the unit that its interface has for an option. */
const countedByOption = 'nanoseconds.pcapng';

/** How files begin that a big-endian machine has written. */
const bigEndianStarts: Readonly<Record<string, RegExp>> = {
  'ethernet.pcap': /^a1b2c3d40002/,
  'nanoseconds.pcap': /^a1b23c4d0002/,
  'ethernet.pcapng': /^0a0d0d0a0000....1a2b3c4d/,
  [countedByOption]: /^0a0d0d0a0000....1a2b3c4d/,
};

const versions: readonly MosquittoVersion[] = ['mqttv31', 'mqttv311', 'mqttv5'];
const lastTopic = 'the/end';

async function converse(broker: Mosquitto, webSocketPort: number): Promise<void> {
  for (const version of versions) {
    const extra = version === 'mqttv5' ? ['-D', 'publish', 'user-property', 'a', 'b'] : [];
    const subscription = await mosquittoSubscribe(broker, 'a/#', { version, qos: 2 });
    for (const qos of [0, 1, 2] as const) {
      await mosquittoPublish(broker, { topic: `a/${qos}`, payload: `hello ${version}`, qos, version, extra });
    }
    await mosquittoPublish(broker, { topic: 'a/long', payload: Buffer.alloc(150_000, 'x'), qos: 1, version });
    await subscription.received(4);
    await subscription.stop();
  }
  const overIpv6 = { topic: 'six', payload: Buffer.alloc(70_000, 'z'), qos: 2 } as const;
  await mosquittoPublish(broker, { ...overIpv6, extra: ['-h', '::1'] });
  for (const protocolVersion of [4, 5] as const) {
    const client = await connectAsync(`ws://127.0.0.1:${webSocketPort}`, {
      protocolVersion,
      clientId: `web${protocolVersion}`,
    });
    await client.publishAsync('web', Buffer.alloc(70_000, 'y'), { qos: 2 });
    await client.endAsync();
  }
  await mosquittoPublish(broker, { topic: lastTopic, payload: '', qos: 1 });
}

function openFile(file: string, ports: readonly number[]): { log: PacketLog; reader: CaptureReader } {
  const log = new PacketLog({ byteBudget: 1 << 28 });
  const reader = new CaptureReader(log, { ports });
  reader.push(fs.readFileSync(file));
  const { problems, tcp } = reader.end();
  assert.deepEqual([problems, tcp.gaps, tcp.cut], [[], 0, 0]);
  return { log, reader };
}

/** A Reason Code of 0 that may be left out (3.4.2.1, 3.14.2.1). */
const optionalCodes = ['puback', 'pubrec', 'pubrel', 'pubcomp', 'disconnect'].map(
  (type) => `mqtt.${type}.reason_code`,
);

/** What two forms of a packet have in common: Properties come in any order (2.2.2.2), some zeros are not sent. */
function inAnyForm(packet: TsharkPacket): TsharkPacket {
  const fields = Object.entries(packet.fields)
    .filter(([name, [value]]) => value !== '0' || !optionalCodes.includes(name))
    .map(([name, values]) => [name, name.startsWith('mqtt.prop') ? [...values].sort() : values] as const);
  return { ...packet, fields: Object.fromEntries(fields) };
}

/** Our rows in the form of tshark's. */
function rowsOf(log: PacketLog, reader: CaptureReader): readonly TsharkPacket[] {
  return Array.from({ length: log.end - log.first }, (_, index) => {
    const row = log.row(log.first + index) ?? assert.fail();
    const bytes = log.bytesAt(row.sequence) ?? assert.fail();
    assert.equal(row.kind, 'packet');
    const ends = reader.endpoints(row.connection) ?? assert.fail();
    const [client, server] = [endpointText(ends.client), endpointText(ends.server)];
    const way = row.direction === 'out' ? { from: client, to: server } : { from: server, to: client };
    return {
      at: Math.round(row.at * 1000),
      ...way,
      fields: expectedTsharkFields(decode(bytes, row.version), row.version),
    };
  });
}

describe('Capture files of tcpdump and Wireshark', function () {
  this.timeout(120_000);
  let folder = '';
  let broker: Mosquitto | undefined;
  let ports: readonly [mqtt: number, webSocket: number] = [0, 0];
  const recording: RunningProgram[] = [];

  const isInWebSocket = ({ from, to }: TsharkPacket): boolean =>
    [from, to].some((end) => end.endsWith(`:${ports[1]}`));

  before(async function () {
    for (const peer of ['tshark', 'tcpdump', 'mosquitto', 'mosquitto_pub', 'mosquitto_sub'] as const)
      requirePeer(this, peer);
    // Nobody else may listen to a network interface.
    if (process.getuid?.() !== 0) this.skip();
    folder = fs.mkdtempSync(path.join(tmpdir(), 'mqtt-captures-'));
    // dumpcap gives up its rights before it opens the file.
    fs.chmodSync(folder, 0o777);
    const webSocketPort = await freePort();
    const port = await freePort();
    broker = await startMosquitto({
      port,
      configuration: [
        `listener ${port} ::1`,
        `listener ${webSocketPort} 127.0.0.1`,
        'protocol websockets',
        'socket_domain ipv4',
      ],
    });
    ports = [broker.port, webSocketPort];
    const filter = `tcp port ${ports[0]} or tcp port ${ports[1]}`;
    for (const [name, record] of Object.entries(recorders)) {
      const program = record(filter, path.join(folder, name));
      recording.push(program);
      await program.printed(/listening on|File:/, 20);
    }
    await converse(broker, webSocketPort);
    for (const name of Object.keys(recorders)) await holdsEnd(path.join(folder, name));
    for (const program of recording) await program.stop('SIGINT');
    const [from, to] = ['nanoseconds.pcap', countedByOption].map((name) => path.join(folder, name));
    execFileSync(besideTshark('editcap'), ['-F', 'pcapng', from ?? '', to ?? '']);
  });

  after(async () => {
    for (const program of recording) await program.stop();
    await broker?.stop();
    if (folder !== '') fs.rmSync(folder, { recursive: true });
  });

  /** Our rows and what tshark shows, which leaves what is in a WebSocket (4.0). */
  const read = (file: string) => {
    const { log, reader } = openFile(file, [ports[0]]);
    const ours = rowsOf(log, reader).filter((row) => !isInWebSocket(row));
    const shown = tsharkPackets(file, ports[0]);
    assert.ok(shown.length > 100, `tshark shows ${shown.length}`);
    return { ours, shown };
  };

  for (const name of [...Object.keys(recorders), countedByOption]) {
    it(`have the packets, times, ends and fields that tshark shows (${name})`, () => {
      const { ours, shown } = read(path.join(folder, name));
      const overIpv6 = ours.filter(({ from, to }) => from.startsWith('[::1]:') && to.startsWith('[::1]:'));
      // CONNECT, CONNACK, PUBLISH with its handshake, DISCONNECT.
      assert.equal(overIpv6.length, 7);
      assert.deepEqual(ours.map(inAnyForm), shown.map(inAnyForm));
    });
  }

  for (const [name, start] of Object.entries(bigEndianStarts)) {
    it(`have the same where a big-endian machine has written them (${name})`, () => {
      const recorded = path.join(folder, name);
      const file = path.join(folder, `bigEndian.${name}`);
      fs.writeFileSync(file, bigEndian(fs.readFileSync(recorded)));
      assert.match(fs.readFileSync(file).toString('hex', 0, 12), start);
      const { ours, shown } = read(file);
      assert.deepEqual(shown, tsharkPackets(recorded, ports[0]));
      assert.deepEqual(ours.map(inAnyForm), shown.map(inAnyForm));
    });
  }

  it('count time as their interface says: in nanoseconds', () => {
    const ofNanoseconds = Buffer.of(9, 0, 1, 0, 9, 0, 0, 0);
    assert.ok(fs.readFileSync(path.join(folder, countedByOption)).includes(ofNanoseconds));
    const rows = ['nanoseconds.pcap', countedByOption].map((name) => read(path.join(folder, name)).ours);
    assert.deepEqual(rows[1], rows[0]);
  });

  it('have what was sent in WebSockets', () => {
    const { log, reader } = openFile(path.join(folder, 'ethernet.pcapng'), [ports[0]]);
    const rows = rowsOf(log, reader).filter(isInWebSocket);
    // CONNECT, CONNACK, PUBLISH with its handshake, DISCONNECT.
    const types = ['1', '2', '3', '5', '6', '7', '14'];
    assert.deepEqual(
      rows.map(({ fields }) => fields['mqtt.msgtype']?.[0]),
      [...types, ...types],
    );
    const of = (name: string): unknown[] => rows.flatMap(({ fields }) => fields[`mqtt.${name}`] ?? []);
    assert.deepEqual(
      [of('clientid'), of('ver')],
      [
        ['web4', 'web5'],
        ['4', '5'],
      ],
    );
    const payload = Buffer.alloc(70_000, 'y')
      .toString('hex')
      .replace(/(..)(?=.)/g, '$1:');
    assert.ok(of('msg').length === 2 && of('msg').every((shown) => shown === payload));
  });

  it('saved by us are shown by tshark with the same packets, times, ends and fields', () => {
    const { log, reader } = openFile(path.join(folder, 'ethernet.pcapng'), [ports[0]]);
    const file = path.join(folder, 'ours.pcapng');
    write(file, log, (connection) => reader.endpoints(connection));
    const atOurPort = (text: string): string => text.replace(new RegExp(`:(${ports.join('|')})$`), ':1883');
    const expected = rowsOf(log, reader).map((row) => ({
      ...row,
      from: atOurPort(row.from),
      to: atOurPort(row.to),
    }));
    assert.deepEqual(tsharkPackets(file).map(inAnyForm), expected.map(inAnyForm));
  });
});

describe('A capture file of ours', function () {
  this.timeout(120_000);
  const folder = fs.mkdtempSync(path.join(tmpdir(), 'mqtt-saved-'));
  before(function () {
    requirePeer(this, 'tshark');
  });
  after(() => fs.rmSync(folder, { recursive: true }));

  it('has large packets whole for tshark, right check sums, and nothing to complain about', () => {
    const log = new PacketLog({ byteBudget: 1 << 28 });
    const connection = new ConnectionCapture(log, 'large');
    const sizes = [10, 59_000, 61_000, 300_000, 5_000_000];
    connection.chunk('out', encode(a.connect({ protocolVersion: 4 }), 4), 1000);
    for (const size of sizes) {
      connection.chunk('out', encode(a.publish('a', 0, 0, { payload: new Uint8Array(size) }), 4), 2000);
    }
    const file = path.join(folder, 'large.pcapng');
    write(file, log);
    const lengths = runTshark(['-r', file, '-Y', 'mqtt.msgtype == 3', '-T', 'fields', '-e', 'mqtt.len']);
    // Remaining Length: the topic with its length besides.
    assert.deepEqual(
      lengths.trim().split('\n').map(Number),
      sizes.map((size) => size + 3),
    );
    const wrong =
      'tcp.checksum.status != 1 || ip.checksum.status != 1 || tcp.analysis.flags || _ws.malformed';
    const checked = ['-o', 'tcp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE'];
    assert.equal(runTshark(['-r', file, ...checked, '-Y', wrong]), '');
  });

  it('has packets of 5.0 read as such where their CONNECT was not chosen, or is gone', () => {
    const log = new PacketLog({ byteBudget: 1 << 20 });
    const publish = a.publish('a/b', 1, 7, { properties: { contentType: 'text/plain' } });
    const connection = new ConnectionCapture(log, 'five');
    connection.chunk('out', encode(a.connect(), 5), 1000);
    connection.chunk('out', encode(publish, 5), 2000);
    const gone = new ConnectionCapture(log, 'gone');
    gone.assumeVersion(5);
    gone.interrupt('out', 0);
    gone.chunk('out', encode(publish, 5), 3000);
    const file = path.join(folder, 'chosen.pcapng');
    write(file, log, undefined, [2, 3]);
    const publishes = tsharkPackets(file).filter(({ fields }) => fields['mqtt.msgtype']?.[0] === '3');
    assert.deepEqual(
      publishes.map(({ fields }) => fields),
      [1, 2].map(() => expectedTsharkFields(publish, 5)),
    );
  });

  it('has what follows a packet that is cut off read by tshark', () => {
    const log = new PacketLog({ byteBudget: 1 << 20 });
    const connection = new ConnectionCapture(log, 'cut');
    connection.chunk('out', encode(a.connect({ protocolVersion: 4 }), 4), 1000);
    connection.chunk(
      'out',
      encode(a.publish('long', 0, 0, { payload: new Uint8Array(5000) }), 4).subarray(0, 900),
      2000,
    );
    connection.interrupt('out', 2500);
    connection.chunk('out', encode(a.publish('next'), 4), 3000);
    const file = path.join(folder, 'cut.pcapng');
    write(file, log);
    const topics = tsharkPackets(file).flatMap(({ fields }) => fields['mqtt.topic'] ?? []);
    assert.ok(topics.includes('next'), topics.join());
  });
});

function write(
  file: string,
  log: PacketLog,
  endpointsOf?: Parameters<typeof writePcapng>[2]['endpointsOf'],
  sequences: readonly number[] = Array.from({ length: log.end - log.first }, (_, index) => log.first + index),
): void {
  const options = { application: 'MQTT Workbench', conceal: asItIs, ...(endpointsOf && { endpointsOf }) };
  fs.writeFileSync(file, Buffer.concat([...writePcapng(log, sequences, options)]));
}

/** Resolves when the last message has been written to a capture file. */
async function holdsEnd(file: string): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (fs.existsSync(file) && fs.readFileSync(file).includes(lastTopic)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail(`${file} has no end`);
}
