import assert from 'node:assert/strict';
import { packetContents } from '../../media/inspector/packetContents';
import { loadPacket } from '../../media/inspector/packetLoader';
import { encodeNote } from '../../src/base/captureNote';
import { encodeUtf8 } from '../../src/base/utf8';
import { concealSecrets } from '../../src/inspector/concealment';
import { excerptLength, type LogRow, type PacketPart } from '../../src/inspector/contract';
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
  it('has the payload of a PUBLISH', () => {
    const bytes = encode(publish, 5);
    const { payload, notices, version } = packetContents(row(bytes), bytes);
    assert.deepEqual(payload, { label: 'Payload', bytes: publish.payload });
    assert.deepEqual(notices, []);
    assert.equal(version, 5);
  });

  it('has the Will Payload of a CONNECT and reads it by its own version', () => {
    const bytes = encode(connect, 5);
    const { payload, version } = packetContents(row(bytes, { version: 4 }), bytes);
    assert.deepEqual(payload, { label: 'Will Payload', bytes: encodeUtf8('bye') });
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

  it('shows what is no packet as one field, with what may have happened', () => {
    const bytes = encodeUtf8('HTTP/1.1 400 Bad Request\r\n\r\n');
    const { tree, payload, notices } = packetContents(row(bytes, { kind: 'unframed' }), bytes);
    assert.deepEqual(
      tree.fields.map(({ start, end }) => [start, end]),
      [[0, bytes.length]],
    );
    assert.equal(payload?.bytes, bytes);
    assert.match(notices.join(), /not MQTT/);
  });

  it('shows what a note says, and no fields', () => {
    const bytes = encodeNote({ code: 'gap', bytes: 1460 });
    const { tree, payload, notices } = packetContents(row(bytes, { kind: 'note' }), bytes);
    assert.deepEqual([tree.fields, payload], [[], undefined]);
    assert.deepEqual(notices, ['1,460 bytes are missing here: no frame of the capture holds them.']);
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
    (lostAfter = Infinity) =>
    (_: number, offset: number): Promise<PacketPart | undefined> =>
      Promise.resolve(
        offset >= lostAfter
          ? undefined
          : { row: row(bytes), offset, bytes: bytes.slice(offset, offset + 10) },
      );

  it('puts a packet together from its parts and tells how far it is', async () => {
    const progress: [number, number][] = [];
    const loaded = await loadPacket(3, inParts(), (...at) => progress.push(at) > 0);
    assert.equal(loaded?.sequence, 3);
    assert.deepEqual(loaded?.bytes, bytes);
    assert.deepEqual(progress, [
      [10, 25],
      [20, 25],
    ]);
  });

  it('stops when nobody wants the packet any more', async () => {
    let asked = 0;
    const loaded = await loadPacket(
      3,
      (sequence, offset) => {
        asked++;
        return inParts()(sequence, offset);
      },
      () => false,
    );
    assert.equal(loaded, undefined);
    assert.equal(asked, 1);
  });

  for (const lostAfter of [0, 10]) {
    it(`has nothing where the log lost the packet before byte ${lostAfter} was asked for`, async () => {
      assert.equal(await loadPacket(3, inParts(lostAfter), () => true), undefined);
    });
  }
});
