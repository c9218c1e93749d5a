import assert from 'node:assert/strict';
import { packetContents } from '../../media/inspector/packetContents';
import { WholeBytes } from '../../media/inspector/byteSource';
import { loadPacket } from '../../media/inspector/packetLoader';
import { encodeNote } from '../../src/base/captureNote';
import { encodeUtf8 } from '../../src/base/utf8';
import { rowText } from '../../media/inspector/rowText';
import { concealSecrets } from '../../src/inspector/concealment';
import { excerptLength, partLength, type LogRow, type PacketPart } from '../../src/inspector/contract';
import { encode } from '../../src/protocol/codec';
import type { Connect, Publish } from '../../src/protocol/controlPacket';
import type { FieldNode } from '../../src/protocol/dissect';

function row(bytes: Uint8Array, more: Partial<LogRow> = {}): LogRow {
  return {
    at: 0,
    direction: 'in',
    client: 'bench',
    version: 5,
    kind: 'packet',
    topic: undefined,
    length: bytes.length,
    excerpt: bytes.slice(0, excerptLength),
    context: {},
    concealed: [],
    endsPrevious: false,
    endsFraming: false,
    ...more,
  };
}

const publish: Publish = {
  type: 'PUBLISH',
  dup: false,
  qos: 0,
  retain: false,
  topicName: 'a/b',
  packetIdentifier: 0,
  properties: {},
  payload: encodeUtf8('21.5'),
};

const connect: Connect = {
  type: 'CONNECT',
  protocolName: 'MQTT',
  protocolVersion: 5,
  cleanStart: true,
  keepAlive: 60,
  properties: {},
  clientIdentifier: 'bench',
  will: { topicName: 'gone', payload: encodeUtf8('bye'), qos: 1, retain: false, properties: {} },
  userName: 'me',
  password: encodeUtf8('secret'),
};

const leaves = (fields: readonly FieldNode[]): FieldNode[] =>
  fields.flatMap((field) => (field.children.length === 0 ? [field] : leaves(field.children)));

describe('packetContents', () => {
  it('has the payload of a PUBLISH', async () => {
    const bytes = encode(publish, 5);
    const { payload, notices, version } = packetContents(row(bytes), bytes);
    assert.deepEqual([payload?.label, payload?.contentType], ['Payload', undefined]);
    assert.deepEqual(await payload?.bytes.read(0, 100), publish.payload);
    assert.deepEqual(notices, []);
    assert.equal(version, 5);
  });

  it('has the Will Payload of a CONNECT and reads it by its own version', async () => {
    const bytes = encode(connect, 5);
    const { payload, version } = packetContents(row(bytes, { version: 4 }), bytes);
    assert.equal(payload?.label, 'Will Payload');
    assert.deepEqual(await payload.bytes.read(0, 100), encodeUtf8('bye'));
    assert.equal(version, 5);
  });

  it('has no payload where the packet has none', () => {
    const bytes = Uint8Array.of(0xc0, 0);
    assert.equal(packetContents(row(bytes), bytes).payload, undefined);
  });

  it('says of secrets only how long they are', () => {
    const { bytes, concealed } = concealSecrets(encode(connect, 5), 5);
    const { tree, notices } = packetContents(row(bytes, { concealed }), bytes);
    const values = leaves(tree.fields).map(({ value }) => value);
    assert.ok(values.includes('concealed, 6 bytes'));
    assert.ok(values.includes('6') && values.includes('bench'));
    assert.equal(notices.length, 1);
  });

  it('shows what is no packet as one field, with what may have happened', async () => {
    const bytes = encodeUtf8('HTTP/1.1 400 Bad Request\r\n\r\n');
    const { tree, payload, notices } = packetContents(row(bytes, { kind: 'unframed' }), bytes);
    assert.deepEqual(
      tree.fields.map(({ start, end }) => [start, end]),
      [[0, bytes.length]],
    );
    assert.deepEqual(await payload?.bytes.read(0, 100), bytes);
    assert.match(notices.join(), /not MQTT/);
  });

  it('says why the bytes of what is no packet are dots, and shows no asterisks as content', () => {
    const { bytes, concealed } = concealSecrets(encodeUtf8('open sesame'), 4, 'secret');
    const { payload, notices } = packetContents(row(bytes, { kind: 'unframed', concealed }), bytes);
    assert.equal(payload, undefined);
    assert.match(notices.join(), /may be the rest of a CONNECT with its password.*shown as dots/);
    const partly = row(bytes, { kind: 'unframed', concealed: [{ start: 5, end: 11 }] });
    assert.equal(packetContents(partly, bytes).payload, undefined);
  });

  it('shows what ends the framing with the rule it breaks, in the row and in its details', () => {
    const bytes = Uint8Array.of(0xd0, 0xff, 0xff, 0xff, 0xff, 1, 0xaa);
    const ending = row(bytes, { kind: 'unframed', endsFraming: true });
    const { tree, payload, notices } = packetContents(ending, bytes);
    assert.deepEqual(
      tree.violations.map(({ id, offset }) => [id, offset]),
      [['variableByteIntegerTooLong', 1]],
    );
    assert.equal(payload?.bytes.length, bytes.length);
    assert.match(notices.join(), /^The framing of this connection ends here/);
    assert.match(rowText(ending).warning?.message ?? '', /\[1\.5\.5\]$/);
    assert.equal(rowText(ending).summary, 'd0 ff ff ff ff 01 aa');
  });

  it('shows what a note says, and no fields', () => {
    const bytes = encodeNote({ code: 'gap', bytes: 1460 });
    const { tree, payload, notices } = packetContents(row(bytes, { kind: 'note' }), bytes);
    assert.deepEqual([tree.fields, payload], [[], undefined]);
    assert.deepEqual(notices, ['1,460 bytes are missing here: no frame of the capture holds them.']);
  });

  it('says that an answer in HTTP is one, and of nothing that was received', () => {
    const bytes = encodeUtf8('HTTP/1.1 400 Bad Request\r\n\r\nThis port is for MQTT');
    const told = (direction: 'in' | 'out') =>
      packetContents(row(bytes, { kind: 'unframed', direction }), bytes).notices.join();
    assert.match(told('out'), /^This is the answer of the broker .* It breaks no rule/);
    assert.match(told('in'), /^These bytes are not MQTT, so nothing after them/);
  });

  it('says what to do where a device begins with TLS, HTTP or the like', () => {
    const told = (bytes: Uint8Array) =>
      packetContents(row(bytes, { kind: 'unframed', direction: 'in' }), bytes).notices.join();
    assert.match(
      told(Uint8Array.of(0x16, 3, 1, 2, 0, 1)),
      /\[MQTT-3\.1\.0-1\] Usual cause: The device is set to TLS/,
    );
    assert.match(told(encodeUtf8('GET / HTTP/1.1\r\n')), /MQTT over WebSocket has a port of its own/);
  });

  it('says of bytes from a dump what they may be, and where they make the packet before them whole', () => {
    const bytes = encodeUtf8('xyz');
    const dump = { kind: 'unframed', direction: undefined } as const;
    const told = (more: object) => packetContents(row(bytes, { ...dump, ...more }), bytes).notices.join();
    assert.match(told({}), /^These bytes are not an MQTT packet/);
    assert.match(
      told({ endsPrevious: true }),
      /Remaining Length of the packet before is probably 3 too small: .* Usual cause: a stale length/,
    );
    const notCaptured = packetContents(row(bytes, { kind: 'unframed', cut: true }), bytes);
    assert.match(notCaptured.notices.join(), /the rest of a packet whose beginning was not captured/);
    const lacking = packetContents(row(bytes, { kind: 'incomplete', cut: true }), bytes);
    assert.match(lacking.notices.join(), /is not in the capture. What is missing breaks no rule/);
    const cut = packetContents(row(bytes, { ...dump, kind: 'incomplete' }), bytes);
    assert.match(cut.notices.join(), /^The bytes end before this packet does\./);
  });

  it('reads all fields of a PUBLISH with a payload of 16 MiB', () => {
    const bytes = encode({ ...publish, payload: new Uint8Array(16 * 1024 * 1024) }, 5);
    const { tree, notices } = packetContents(row(bytes), bytes);
    assert.deepEqual(notices, []);
    assert.deepEqual(tree.violations, []);
    assert.equal(leaves(tree.fields).at(-1)?.end, bytes.length);
  });

  it('bounds the fields of a packet that consists of them, and says so', () => {
    const subscription = {
      topicFilter: 'a',
      qos: 0,
      noLocal: false,
      retainAsPublished: false,
      retainHandling: 0,
    } as const;
    const subscriptions = new Array<typeof subscription>(50_000).fill(subscription);
    const bytes = encode({ type: 'SUBSCRIBE', packetIdentifier: 1, properties: {}, subscriptions }, 5);
    const { tree, notices } = packetContents(row(bytes), bytes);
    assert.equal(tree.fields.at(-1)?.end, 128 * 1024);
    assert.match(notices.join(), /^Fields of the first 131,072 bytes/);
  }).timeout(20_000);
});

describe('loadPacket', () => {
  const bytes = Uint8Array.from({ length: 25 }, (_, index) => index);
  const inParts =
    (asked: string[], lost = false) =>
    (_: number, offset: number, length: number): Promise<PacketPart | undefined> => {
      asked.push(`${offset}+${length}`);
      const part = { row: row(bytes), offset, bytes: bytes.slice(offset, offset + Math.min(length, 10)) };
      return Promise.resolve(lost ? undefined : part);
    };
  const failed = (error: unknown): void => assert.fail(String(error));

  it('fetches the first part, and the rest when it is asked for', async () => {
    const asked: string[] = [];
    const loaded = await loadPacket(3, inParts(asked), failed);
    assert.equal(loaded?.sequence, 3);
    assert.deepEqual(asked, [`0+${partLength}`]);
    assert.deepEqual(await loaded.bytes.read(5, 25), bytes.slice(5));
    assert.deepEqual(asked.slice(1), ['5+20', '15+10']);
  });

  it('has nothing where the log lost the packet', async () => {
    assert.equal(await loadPacket(3, inParts([], true), failed), undefined);
  });
});

describe('A long packet of which only the beginning is here', () => {
  const long = { ...publish, payload: new Uint8Array(3_000_000).fill(0x41) };

  it('has all its fields, with the whole span of its payload', async () => {
    const bytes = encode(long, 5);
    const head = bytes.slice(0, 1024 * 1024);
    const { tree, payload, notices } = packetContents(row(bytes), head, new WholeBytes(bytes));
    assert.deepEqual([tree.violations, notices], [[], []]);
    const { start, end } = tree.fields.at(-1) ?? {};
    assert.deepEqual([end, (end ?? 0) - (start ?? 0)], [bytes.length, 3_000_000]);
    assert.deepEqual(await payload?.bytes.read(2_999_999, 3_000_000), Uint8Array.of(0x41));
  });

  it('breaks no rule where the end of what is here cuts a character', () => {
    const euro = encodeUtf8('€'.repeat(1_000_000));
    const bytes = encode({ ...long, properties: { payloadFormatIndicator: 1 }, payload: euro }, 5);
    for (const cut of [0, 1, 2]) {
      const head = bytes.slice(0, 1024 * 1024 - cut);
      assert.deepEqual(packetContents(row(bytes), head, new WholeBytes(bytes)).tree.violations, []);
    }
  });
});
