import assert from 'node:assert/strict';
import { concatBytes, toHex } from '../../../src/base/bytes';
import { ConnectionCapture } from '../../../src/capture/connectionCapture';
import { logStream } from '../../../src/capture/decodedStream';
import { PacketLog } from '../../../src/capture/packetLog';
import type { PacketRow } from '../../../src/capture/packetLog';
import type { Conceal } from '../../../src/capture/rowSecrets';
import { rowRemarks } from '../../../src/capture/rowRemarks';
import { CaptureFileParser } from '../../../src/capture/pcap/captureFileParser';
import { CaptureReader } from '../../../src/capture/pcap/captureReader';
import type { Endpoints } from '../../../src/capture/pcap/endpoints';
import { writePcapng } from '../../../src/capture/pcap/pcapngWriter';
import { concealSecrets } from '../../../src/inspector/concealment';
import { encode } from '../../../src/protocol/codec';
import { dissectStream } from '../../../src/protocol/dissectStream';
import { clauseOf } from '../../../src/protocol/violations';
import { client, pcapFile, server } from '../../support/captureFiles';
import { asItIs } from '../../support/packetLogs';
import { a } from '../../support/packets';
import { packets, readCapture, TcpTalk } from '../../support/tcpTalk';

const at = 1_700_000_000_000.125;
const everything = (log: PacketLog): number[] =>
  Array.from({ length: log.end - log.first }, (_, index) => log.first + index);

interface Saving {
  readonly sequences?: readonly number[];
  readonly conceal?: Conceal;
  readonly endpointsOf?: (connection: number) => Endpoints | undefined;
}

function save(log: PacketLog, saving: Saving = {}): Uint8Array {
  const { sequences = everything(log), conceal = asItIs, endpointsOf } = saving;
  const options = { application: 'MQTT Workbench 0.0.0', conceal, ...(endpointsOf && { endpointsOf }) };
  const parts: Uint8Array[] = [];
  const writing = writePcapng(log, sequences, options);
  for (let step = writing.next(); ; step = writing.next()) {
    if (step.done) {
      assert.equal(step.value.rows + step.value.missing, sequences.length);
      return concatBytes(parts);
    }
    assert.ok(step.value.length <= 640 * 1024, 'in pieces');
    parts.push(step.value);
  }
}

function open(file: Uint8Array): { readonly log: PacketLog; readonly reader: CaptureReader } {
  const log = new PacketLog({ byteBudget: 1 << 28 });
  const reader = new CaptureReader(log);
  for (let from = 0; from < file.length; from += 65_536) reader.push(file.slice(from, from + 65_536));
  const { problems, tcp } = reader.end();
  assert.deepEqual([problems, tcp], [[], { retransmitted: 0, reordered: 0, gaps: 0, cut: 0 }]);
  return { log, reader };
}

/** All that a row is, without its numbers in one log or another. */
function shown(log: PacketLog): readonly unknown[] {
  return everything(log).map((sequence) => {
    const { connection, at: time, ...row }: PacketRow = log.row(sequence) ?? assert.fail();
    const bytes = log.bytesAt(sequence) ?? assert.fail();
    return {
      ...row,
      time: Math.round(time * 1000),
      name: log.connectionName(connection),
      bytes: toHex(bytes.subarray(0, 4000)),
    };
  });
}

function sameAfterwards(log: PacketLog): void {
  assert.deepEqual(shown(open(save(log)).log), shown(log));
}

const newLog = (): PacketLog => new PacketLog({ byteBudget: 1 << 28 });

/** What was remarked on the rows of a log. */
const remarked = (log: PacketLog) => rowRemarks(log).between(log.first, log.end);

/** The comments of each frame of a file that has any. */
function commentsIn(file: Uint8Array): readonly (readonly string[])[] {
  const found: (readonly string[])[] = [];
  const parser = new CaptureFileParser({
    frame: ({ comments }) => comments.length > 0 && found.push(comments),
    problem: ({ code }) => assert.fail(code),
  });
  parser.push(file.slice());
  parser.end();
  return found;
}

/** A file with other text of the same length in it. */
function replaced(file: Uint8Array, text: string, other: string): Uint8Array {
  const [from, to] = [Buffer.from(text), Buffer.from(other)];
  assert.equal(from.length, to.length, other);
  const changed = Buffer.from(file);
  const start = changed.indexOf(from);
  assert.ok(start > 0, text);
  to.copy(changed, start);
  return Uint8Array.from(changed);
}

describe('Rows saved as pcapng', () => {
  it('are the same rows when they are read again: of clients, of devices of the broker, in turns', () => {
    const log = newLog();
    const [mine, device] = [new ConnectionCapture(log, 'bench'), new ConnectionCapture(log, 'esp32 "x"\n')];
    mine.chunk('out', encode(a.connect({ userName: 'u' }), 5), at);
    device.chunk('in', encode(a.connect({ protocolVersion: 4 }), 4), at + 1);
    mine.chunk('in', encode(a.connack(), 5), at + 2);
    device.chunk('out', encode(a.connack(), 4), at + 3);
    const alias = { properties: { topicAlias: 1 } };
    mine.chunk(
      'in',
      concatBytes([encode(a.publish('a/b', 0, 0, alias), 5), encode(a.publish('', 0, 0, alias), 5)]),
      at + 4,
    );
    device.chunk('in', encode(a.publish('ä', 1, 7), 4), at + 5.25);
    mine.closed(at + 6);
    device.closed(at + 7);
    assert.equal(log.row(6)?.topic, 'a/b');
    sameAfterwards(log);
  });

  it('are the same where they are no packets, cut off, or notes', () => {
    const log = newLog();
    const http = new ConnectionCapture(log, 'http');
    http.chunk('out', encode(a.connect({ protocolVersion: 4 }), 4), at);
    http.chunk(
      'in',
      Uint8Array.from('HTTP/1.1 400', (character) => character.charCodeAt(0)),
      at + 1,
    );
    http.chunk(
      'out',
      encode(a.publish('a', 0, 0, { payload: new Uint8Array(300_000) }), 4).subarray(0, 200_000),
      at + 2,
    );
    http.enterNote('in', { code: 'gap', bytes: 9 }, at + 3);
    http.interrupt('out', at + 4);
    http.chunk('out', encode(a.publish('b'), 4), at + 5);
    http.closed(at + 6);
    assert.deepEqual(
      everything(log).map((sequence) => log.row(sequence)?.kind),
      ['packet', 'unframed', 'note', 'incomplete', 'packet'],
    );
    sameAfterwards(log);
  });

  it('are the same where they come from a dump, of which nobody knows which way it went', () => {
    const log = newLog();
    const dump = concatBytes([
      encode(a.publish('a'), 4),
      Uint8Array.of(0xff, 0xfe),
      encode(a.connect(), 5),
      encode(a.publish('b'), 5),
      Uint8Array.of(0x30, 9, 0),
    ]);
    logStream(log, 'dump.txt', dump, dissectStream(dump), at);
    sameAfterwards(log);
  });

  it('are the same however large they are', () => {
    const log = newLog();
    const connection = new ConnectionCapture(log, 'large');
    for (const size of [59_999, 60_000, 60_001, 3_000_000]) {
      connection.chunk(
        'out',
        encode(a.publish('a', 0, 0, { payload: new Uint8Array(size).fill(size) }), 4),
        at,
      );
    }
    const again = open(save(log)).log;
    for (const sequence of everything(log)) {
      assert.ok(
        Buffer.from(log.bytesAt(sequence) ?? assert.fail()).equals(again.bytesAt(sequence) ?? assert.fail()),
      );
    }
  });

  it('are those that were chosen, with the version of their connection and without its CONNECT', () => {
    const log = newLog();
    const connection = new ConnectionCapture(log, 'five');
    connection.chunk('out', encode(a.connect(), 5), at);
    connection.chunk('out', encode(a.publish('a', 0, 0, { properties: { contentType: 'x' } }), 5), at + 1);
    connection.chunk('out', encode(a.publish('b'), 5), at + 2);
    const { log: again } = open(save(log, { sequences: [2] }));
    assert.deepEqual(shown(again), [{ ...(shown(log)[1] as object), sequence: 1 }]);
  });

  it('of a connection that a capture joined in the middle are read by the version that its packets told', () => {
    const without = new TcpTalk(client, server);
    const publish = a.publish('a/b', 1, 7, { properties: { contentType: 'x' } });
    for (const first of [packets.ping, publish]) {
      const frames = without.packet('client', first, 5).packet('client', publish, 5).frames;
      const { log } = readCapture(pcapFile(frames));
      const last = log.row(log.end - 1) ?? assert.fail();
      assert.equal(last.version, 5);
      const again = open(save(log)).log;
      assert.deepEqual(again.row(again.end - 1), last);
    }
  });

  it('that the log has evicted are counted', () => {
    const log = newLog();
    const connection = new ConnectionCapture(log, 'c');
    connection.chunk('out', encode(a.connect(), 5), at);
    log.clear();
    const result = writePcapng(log, [1, 2], { application: 'x', conceal: asItIs });
    result.next();
    assert.deepEqual(result.next().value, { rows: 0, missing: 2 });
  });

  it('hold no password', () => {
    const log = newLog();
    const connection = new ConnectionCapture(log, 'c');
    const password = Uint8Array.from('secret', (character) => character.charCodeAt(0));
    connection.chunk('out', encode(a.connect({ userName: 'u', password }), 5), at);
    connection.chunk('out', encode(a.publish('a'), 5), at);
    const conceal: Conceal = (...args) => concealSecrets(...args).bytes;
    for (const sequences of [[1, 2], [2]]) {
      const file = Buffer.from(save(log, { sequences, conceal }));
      assert.deepEqual([file.includes('secret'), file.includes('******')], [false, true]);
    }
  });

  it('have the ends of their connections, where they are known, and no two that are open at once the same ones', () => {
    const log = newLog();
    for (let count = 0; count < 3; count++)
      new ConnectionCapture(log, `c${count}`).chunk('out', encode(a.connect(), 5), at);
    const ends = {
      client: { address: Uint8Array.of(10, 0, 0, 7), port: 5000 },
      server: { address: Uint8Array.of(10, 0, 0, 1), port: 8883 },
    };
    const file = save(log, { endpointsOf: (connection) => (connection < 3 ? ends : undefined) });
    const { log: again, reader } = open(file);
    assert.deepEqual(shown(again), shown(log));
    assert.deepEqual(reader.endpoints(1), ends);
    assert.deepEqual(reader.endpoints(2)?.client.address, Uint8Array.of(127, 0, 0, 1));
    const clients: string[] = [];
    const parser = new CaptureFileParser({
      frame: ({ bytes }) =>
        clients.push(`${bytes.subarray(12, 16).join('.')}:${((bytes[20] ?? 0) << 8) | (bytes[21] ?? 0)}`),
      problem: ({ code }) => assert.fail(code),
    });
    parser.push(file);
    parser.end();
    assert.equal(new Set(clients.filter((_, index) => index % 4 === 0)).size, 3);
  });

  it('have the same ends again where a device takes the same port after its reset', () => {
    const log = newLog();
    const ends = {
      client: { address: Uint8Array.of(10, 0, 0, 7), port: 49_153 },
      server: { address: Uint8Array.of(10, 0, 0, 1), port: 1883 },
    };
    const resets = [
      (capture: ConnectionCapture, time: number) => capture.closed(time),
      (capture: ConnectionCapture) => log.closeConnection(capture.connection),
      (capture: ConnectionCapture, time: number) => capture.leftOpen(time),
    ];
    for (const [index, reset] of resets.entries()) {
      const capture = new ConnectionCapture(log, `c${index}`);
      capture.chunk('out', encode(a.connect(), 5), at + 3 * index);
      capture.chunk('out', encode(a.publish('a/b'), 5), at + 3 * index + 1);
      reset(capture, at + 3 * index + 2);
    }
    const { log: again, reader } = open(save(log, { endpointsOf: () => ends }));
    assert.deepEqual(shown(again), shown(log));
    assert.deepEqual(
      [1, 2, 3].map((connection) => reader.endpoints(connection)),
      [ends, ends, ends],
    );
  });
});

describe('What was remarked on rows that are saved as pcapng', () => {
  const inUse = { id: 'packetIdentifierInUse', offset: 0, value: 7, subject: 'client' } as const;
  const inUseComment =
    `MQTT Workbench violation: Packet Identifier 7 is in use: its packet is not acknowledged yet. [${clauseOf(inUse, 5)}] ` +
    '{"id":"packetIdentifierInUse","value":7,"subject":"client"}';

  /** A device of the broker that sends a message twice: CONNECT, CONNACK and two PUBLISH, of which the last is remarked on. */
  function twice(payload = new Uint8Array(3)): PacketLog {
    const log = newLog();
    const device = new ConnectionCapture(log, 'esp32');
    device.chunk('in', encode(a.connect(), 5), at);
    device.chunk('out', encode(a.connack(), 5), at + 1);
    const publish = encode(a.publish('a/b', 2, 7, { payload }), 5);
    device.chunk('in', concatBytes([publish, publish]), at + 2);
    rowRemarks(log).add(4, inUse);
    return log;
  }

  it('is there when they are read again, of every kind', () => {
    const log = twice();
    const device = new ConnectionCapture(log, 'other');
    device.chunk('in', encode(a.connect({ protocolVersion: 4 }), 4), at + 3);
    device.chunk('in', encode(a.acknowledgement('PUBREL', 9), 4), at + 4);
    device.chunk('in', encode(a.acknowledgement('PUBACK', 8), 4), at + 5);
    device.chunk('in', encode(a.publish('c', 1, 3), 4), at + 6);
    const remarks = [
      [6, { id: 'acknowledgementUnmatched', offset: 0, value: 9, subject: 'PUBREL' }],
      [7, { id: 'acknowledgementOfOtherQos', offset: 0, value: 'PUBACK' }],
      [8, { id: 'receiveMaximumExceeded', offset: 0, value: 20, subject: 'client' }],
      [8, { id: 'packetIdentifierInUse', offset: 0, value: 3 }],
    ] as const;
    for (const [sequence, violation] of remarks) rowRemarks(log).add(sequence, violation);
    const { log: again } = open(save(log));
    assert.deepEqual(shown(again), shown(log));
    assert.deepEqual(remarked(again), [
      { sequence: 4, violation: inUse },
      ...remarks.map(([sequence, violation]) => ({ sequence, violation })),
    ]);
    // And once more.
    assert.deepEqual(remarked(open(save(again)).log), remarked(log));
  });

  it('is for people too, with the clause of the version', () => {
    assert.deepEqual(commentsIn(save(twice())).slice(1), [[inUseComment]]);
  });

  it('stays with its packet where that takes several frames, or is saved without those before it', () => {
    const long = twice(new Uint8Array(200_000));
    assert.equal(
      commentsIn(save(long))
        .flat()
        .filter((comment) => comment === inUseComment).length,
      1,
    );
    assert.deepEqual(remarked(open(save(long)).log), [{ sequence: 4, violation: inUse }]);
    const alone = save(twice(), { sequences: [4] });
    assert.deepEqual(remarked(open(alone).log), [{ sequence: 1, violation: inUse }]);
    assert.deepEqual(commentsIn(save(twice(), { sequences: [1, 2, 3] })).length, 1);
  });

  it('is what the rule says, not what somebody wrote in its place', () => {
    const file = replaced(
      save(twice()),
      'its packet is not acknowledged yet',
      'call 0190 <b>now</b> or lose it!!!',
    );
    assert.deepEqual(remarked(open(file).log), [{ sequence: 4, violation: inUse }]);
  });

  const spaces = (text: string): string => text.padEnd(inUseComment.length - inUseComment.indexOf('{'));
  const hostile = {
    'no JSON': '{"id":"packetIdentifierInUse","value":7,',
    'something else as JSON': '[{"id":"packetIdentifierInUse"}]',
    'a rule that nobody knows': '{"id":"packetIdentifierLost","value":7}',
    'a rule that packets show by themselves': '{"id":"secondConnect","value":7}',
    'what every object has': '{"id":"constructor","value":7}',
    'no rule': '{"value":7,"subject":"client"}',
    'a value that is a text': '{"id":"packetIdentifierInUse","value":"<b>7"}',
    'a value that is none': '{"id":"packetIdentifierInUse"}',
    'a value out of range': '{"id":"packetIdentifierInUse","value":65543}',
    'a subject that nobody knows': '{"id":"packetIdentifierInUse","value":7,"subject":0}',
    'the Packet Identifier of another packet': '{"id":"packetIdentifierInUse","value":8}',
    'what a packet of that type cannot break': '{"id":"acknowledgementOfOtherQos","value":"PUBACK"}',
  };
  for (const [what, json] of Object.entries(hostile)) {
    it(`is ignored where it is ${what}`, () => {
      const log = twice();
      const file = replaced(save(log), inUseComment.slice(inUseComment.indexOf('{')), spaces(json));
      const { log: again } = open(file);
      assert.deepEqual(remarked(again), []);
      assert.deepEqual(shown(again), shown(log));
    });
  }

  it('is believed of files that this program wrote alone', () => {
    const file = replaced(save(twice()), 'MQTT Workbench connection', 'MQTT_Workbench_connection');
    const { log } = readCapture(file);
    assert.equal(log.end - log.first, 4);
    assert.deepEqual(remarked(log), []);
  });
});
