import assert from 'node:assert/strict';
import { toHex } from '../../../src/base/bytes';
import { lossyUtf8 } from '../../../src/base/lossyText';
import type { DisplayFilter } from '../../../src/capture/filter/displayFilter';
import { readDisplayFilter } from '../../../src/capture/filter/displayFilter';
import { PacketContexts } from '../../../src/capture/packetContexts';
import { PacketLog, type PacketRow } from '../../../src/capture/packetLog';
import { payloadValue, valueAt } from '../../../src/payload/payloadValue';
import { inPacket } from '../../../src/capture/publishTopics';
import { encode } from '../../../src/protocol/codec';
import { dissect } from '../../../src/protocol/dissect';
import { excerptContext } from '../../../src/protocol/excerpt';
import { fieldsNamed } from '../../../src/protocol/fieldNodes';
import { reasonCodeName } from '../../../src/protocol/reasonCodes';
import { topicMatches } from '../../../src/protocol/topics';
import { describeViolation } from '../../../src/protocol/violations';
import { holds, type Fields, type FieldValue } from '../../../src/where/evaluate';
import { timeOfLocalDay } from '../../../src/where/timeLiteral';
import { a } from '../../support/packets';
import { fill, numbersFrom } from './randomLog';

/** What is told of a row of these logs, but for its connection. */
const received = { at: 1, direction: 'in', kind: 'packet', version: 4, topic: inPacket } as const;

/** The fields of a row, each from its dissection and nothing that the filter itself uses to be fast. */
function plainFields(log: PacketLog, row: PacketRow, bytes: Uint8Array, contexts: PacketContexts): Fields {
  const { version, kind, topic, length } = row;
  const dissection = dissect(bytes, excerptContext({ version, topic, length, context: contexts.of(row) }));
  const { packet } = dissection;
  const whole = kind === 'packet' && dissection.complete ? packet : undefined;
  const isPublish = kind !== 'unframed' && row.packetType === 'PUBLISH';
  const payload = (): Uint8Array | undefined => {
    if (!isPublish) return undefined;
    const [field] = fieldsNamed(dissection.fields, 'Payload');
    // A packet that ends with its variable header has a payload of no bytes.
    if (field) return bytes.subarray(field.start, bytes.length);
    return dissection.complete ? bytes.subarray(bytes.length) : undefined;
  };
  const values: Readonly<Record<string, (path: readonly (string | number)[]) => readonly unknown[]>> = {
    packet: () =>
      kind === 'unframed'
        ? ['unframed']
        : [row.packetType ?? 'RESERVED', ...(kind === 'incomplete' ? [kind] : [])],
    direction: () => [row.decoded ? 'decoded' : row.direction],
    client: () => [log.connectionName(row.connection)],
    qos: () => (isPublish ? [(row.firstByte >> 1) & 3] : []),
    retain: () => (isPublish ? [(row.firstByte & 1) === 1] : []),
    dup: () => (isPublish ? [(row.firstByte & 8) === 8] : []),
    length: () => [bytes.length],
    time: (path) => [path.length > 0 ? timeOfLocalDay(row.at) : row.at],
    topic: ([level]) => {
      if (topic === undefined) return [];
      if (level === undefined) return [topic];
      return topic.split('/').slice(Number(level), Number(level) + 1);
    },
    violation: () =>
      kind === 'unframed'
        ? ['unframed', 'violation']
        : dissection.violations.flatMap((violation) => {
            const { clause, message, severity } = describeViolation(violation, version);
            return [violation.id, clause, message, severity];
          }),
    id: () =>
      whole && 'packetIdentifier' in whole && whole.packetIdentifier > 0 ? [whole.packetIdentifier] : [],
    reason: () => {
      if (!whole) return [];
      const codes =
        'reasonCodes' in whole
          ? whole.reasonCodes
          : 'reasonCode' in whole && (version === 5 || whole.type === 'CONNACK')
            ? [whole.reasonCode]
            : [];
      return codes.flatMap((code) => [code, reasonCodeName(code, whole.type, version) ?? code]);
    },
    property: ([name, user]) => {
      if (!whole || !('properties' in whole)) return [];
      if (name === 'user')
        return (whole.properties.userProperties ?? [])
          .filter(([key]) => key === user)
          .map(([, value]) => value);
      return name === 'contentType' && whole.properties.contentType !== undefined
        ? [whole.properties.contentType]
        : [];
    },
    size: () => [payload()].flatMap((each) => each?.length ?? []),
    text: () => [payload()].flatMap((each) => (each ? [lossyUtf8(each)] : [])),
    hex: () => [payload()].flatMap((each) => (each ? [toHex(each)] : [])),
    payload: (path) => {
      const content = payload();
      if (!content) return [];
      const decoded = payloadValue(content);
      const found = decoded && valueAt(decoded.value, path);
      return [...(found ? [found.value] : []), ...(path.length === 0 ? [lossyUtf8(content)] : [])];
    },
  };
  return {
    values: ({ name, path }) => (values[name]?.(path) ?? []) as readonly FieldValue[],
    isMatchedBy: (topicFilter) => topic !== undefined && topicMatches(topicFilter, topic),
  };
}

function filterOf(text: string, log: PacketLog): DisplayFilter {
  const read = readDisplayFilter(text, log);
  assert.ok('filter' in read, text);
  return read.filter;
}

function matching(log: PacketLog, filter: DisplayFilter): number[] {
  const found: number[] = [];
  for (let sequence = log.first; sequence < log.end; sequence++) {
    const segment = log.segmentOf(sequence);
    assert.ok(segment);
    while (!filter.prepare(segment, sequence - segment.first));
    if (filter.test(segment, sequence - segment.first)) found.push(sequence);
  }
  return found;
}

/** The same by many rows at a time, where the filter does that. */
function selected(log: PacketLog, filter: DisplayFilter): number[] {
  const found: number[] = [];
  for (let sequence = log.first; sequence < log.end;) {
    const segment = log.segmentOf(sequence);
    assert.ok(segment);
    const decided = filter.select(segment, sequence - segment.first, segment.rows);
    assert.ok(decided > 0);
    for (const row of filter.matches) found.push(segment.first + row);
    sequence += decided;
  }
  return found;
}

const expressions = [
  'topic ~ "devices/+/state" and qos == 1',
  'topic == "status" or topic[1] == "7"',
  'not topic exists',
  'topic matches /^dev/ and topic contains "raw"',
  'topic ~ "#"',
  'topic == "größe/ä"',
  'packet == PUBLISH and retain == true and dup == false',
  'packet == incomplete or packet == unframed',
  'direction == in and not direction == decoded',
  'client == "bench" and packet != PINGREQ',
  'client matches "^esp"',
  'qos > 0 and (topic ~ "status" or text contains "on")',
  'text contains "hello"',
  'text contains "Hello" or text contains "bench"',
  'text contains ""',
  'text contains "\ufffd"',
  'not text contains "o"',
  'hex contains "ad be"',
  'hex == "deadbeefff"',
  'hex matches "^de"',
  'payload.on == true',
  'payload.mV > 3000 and payload.list[0] == 1',
  'payload.list[2].x == 9007199254740993',
  'payload == 21.5 or payload == "quoted"',
  'payload == null',
  'payload.list contains "a"',
  'text matches /^h.*O/i',
  'size == 0',
  'size > 5 and size <= 13',
  'length >= 40',
  'id == 7',
  'id exists and reason exists',
  'reason >= 0x80',
  'reason == "Not authorized"',
  'property.contentType exists and property.user.source == "a"',
  'property.user.source != "a"',
  'violation exists',
  'not violation exists and packet != PUBLISH',
  'violation == deprecated or violation contains "MQTT-3"'.replace('deprecated', '"deprecated"'),
  'time > "16:00" and time < "2026-11-23T02:00:00Z"',
  'time == "2026-11-22T16:20:00Z"',
  '(qos == 1 or topic exists) and (not retain == true or text exists)',
];

describe('A filter over the columns of a log', () => {
  const log = new PacketLog({ byteBudget: 4 * 1024 * 1024, segmentBytes: 16 * 1024 });
  const connections = ['bench', 'esp32-7f2a', 'node'].map((name) => log.openConnection(name));
  fill(log, 2000, 42, connections);
  const contexts = new PacketContexts(log);
  const rows: Fields[] = [];

  before(() => {
    for (let sequence = log.first; sequence < log.end; sequence++) {
      const row = log.row(sequence);
      const bytes = log.bytesAt(sequence);
      assert.ok(row && bytes);
      rows.push(plainFields(log, row, bytes, contexts));
    }
  });

  for (const text of expressions) {
    it(`finds what its expression holds for: ${text}`, () => {
      const filter = filterOf(text, log);
      const expected = rows.flatMap((fields, index) =>
        holds(filter.expression, fields) ? [log.first + index] : [],
      );
      assert.deepEqual(matching(log, filter), expected);
      assert.deepEqual(selected(log, filter), expected, 'many rows at a time');
      assert.ok(expected.length < rows.length || text.includes('""'), 'decides nothing');
    });
  }

  it('finds a text wherever in payloads of whatever length it begins', () => {
    const texts = new PacketLog({ byteBudget: 4 * 1024 * 1024, segmentBytes: 64 * 1024 });
    const connection = texts.openConnection('bench');
    const captured = { ...received, connection };
    const below = numbersFrom(7);
    const expected: number[] = [];
    for (let index = 0; index < 600; index++) {
      // Around a quarter of a kilobyte: within and beyond what is looked at before the native search.
      const payload = new Uint8Array(4 + below(300)).fill(0x6e);
      const at = below(payload.length + 8);
      payload.set(
        [0x6e, 0x65, 0x65, 0x64].slice(0, Math.max(0, payload.length - at)),
        Math.min(at, payload.length),
      );
      const sequence = texts.append(captured, encode(a.publish('t', 0, 0, { payload }), 4));
      if (Buffer.from(payload).includes('need')) expected.push(sequence);
    }
    const filter = filterOf('text contains "need"', texts);
    assert.deepEqual(selected(texts, filter), expected);
    assert.deepEqual(matching(texts, filter), expected);
    assert.ok(expected.length > 300 && expected.length < 600);
  });

  it('leaves a row that takes long to be prepared, and decides those before it together', () => {
    const mixed = new PacketLog({ byteBudget: 64 * 1024 * 1024 });
    const connection = mixed.openConnection('bench');
    const captured = { ...received, connection };
    for (const length of [10, 1024 * 1024, 10])
      mixed.append(captured, encode(a.publish('t', 0, 0, { payload: new Uint8Array(length) }), 4));
    const segment = mixed.segmentOf(1);
    assert.ok(segment);
    const filter = filterOf('size > 5', mixed);
    assert.equal(filter.select(segment, 0, segment.rows), 1);
    assert.equal(filter.select(segment, 1, segment.rows), 0);
    assert.equal(filter.select(segment, 2, segment.rows), 1);
  });

  describe('over topics that were not met before', () => {
    const logOf = (topics: readonly string[]): PacketLog => {
      const log = new PacketLog({ byteBudget: 64 * 1024 * 1024 });
      const connection = log.openConnection('bench');
      for (const topic of topics) {
        log.append({ ...received, connection }, encode(a.publish(topic), 4));
      }
      return log;
    };
    /** How many rows are decided together at most. */
    const most = (log: PacketLog, filter: DisplayFilter): number => {
      let most = 0;
      for (let sequence = log.first; sequence < log.end;) {
        const segment = log.segmentOf(sequence) ?? assert.fail();
        const decided = filter.select(segment, sequence - segment.first, segment.rows);
        most = Math.max(most, decided);
        sequence += decided;
      }
      return most;
    };
    const many = Array.from({ length: 5000 }, (_, index) => `devices/${index}/state`);

    it('decides few rows together, and many once they are known', () => {
      const log = logOf(many);
      const filter = filterOf('topic ~ "devices/+/state"', log);
      assert.ok(most(log, filter) <= 256);
      assert.equal(most(log, filter), 4096);
      assert.equal(selected(log, filter).length, many.length);
    });

    it('decides fewer the longer they are, and remembers none that is longer than most', () => {
      const long = Array.from({ length: 600 }, (_, index) => `${index}/${'x'.repeat(8000)}`);
      const log = logOf(long);
      const filter = filterOf('topic matches /^7.*x$/', log);
      assert.ok(most(log, filter) <= 32);
      assert.ok(most(log, filter) <= 32);
      assert.deepEqual(selected(log, filter), matching(log, filter));
    });

    it('forgets them where their names are more bytes than it may keep, and finds the same', () => {
      const log = logOf(Array.from({ length: 2000 }, (_, index) => `${index}/${'x'.repeat(900)}`));
      const filter = filterOf('topic ~ "7/#"', log);
      assert.deepEqual(selected(log, filter), [8]);
      assert.ok(most(log, filter) <= 256);
      assert.deepEqual(selected(log, filter), [8]);
    });

    it('decides no fewer where names are chosen to be like one another', () => {
      const alike = Array.from({ length: 4096 }, (_, index) =>
        Array.from({ length: 12 }, (_, bit) => ((index >> bit) & 1 ? 'Aa' : 'BB')).join(''),
      );
      const log = logOf(alike);
      const filter = filterOf('topic == "BBBBBBBBBBBBBBBBBBBBBBBB"', log);
      assert.deepEqual(selected(log, filter), [1]);
      assert.equal(most(log, filter), 4096);
    });
  });

  it('looks for a text across a payload longer than a window, a window at a time', () => {
    const large = new PacketLog({ byteBudget: 64 * 1024 * 1024 });
    const connection = large.openConnection('bench');
    const payload = new Uint8Array(3 * 1024 * 1024).fill(0x61);
    payload.set([0x6e, 0x65, 0x65, 0x64, 0x6c, 0x65], 2 * 1024 * 1024 - 3);
    const header = [0x30, 0x84, 0x80, 0xc0, 0x01, 0, 1, 0x74];
    const bytes = Uint8Array.of(...header, ...[0]).slice(0, header.length);
    const whole = new Uint8Array(bytes.length + payload.length);
    whole.set(bytes);
    whole.set(payload, bytes.length);
    large.append({ at: 1, direction: 'in', connection, kind: 'packet', version: 4, topic: 't' }, whole);
    const segment = large.segmentOf(1);
    assert.ok(segment);
    for (const [text, found] of [
      ['needle', true],
      ['Needle', false],
    ] as const) {
      const filter = filterOf(`text contains "${text}"`, large);
      let parts = 1;
      while (!filter.prepare(segment, 0)) parts++;
      assert.ok(parts > 5, String(parts));
      assert.equal(filter.test(segment, 0), found);
    }
  });
});
