import assert from 'node:assert/strict';
import { directionText, rowText, shownClient, timeOfDay } from '../../media/inspector/rowText';
import { encodeNote } from '../../src/base/captureNote';
import { encodeUtf8 } from '../../src/base/utf8';
import { excerptLength, type LogRow } from '../../src/inspector/contract';
import { encode } from '../../src/protocol/codec';
import type { Publish } from '../../src/protocol/controlPacket';

function row(bytes: Uint8Array, more: Partial<LogRow> = {}): LogRow {
  return {
    at: 0,
    direction: 'in',
    client: 'bench',
    version: 4,
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

function publish(more: Partial<Publish> = {}): Uint8Array {
  const packet: Publish = {
    type: 'PUBLISH',
    dup: false,
    qos: 1,
    retain: false,
    topicName: 'a/b',
    packetIdentifier: 17,
    properties: {},
    payload: encodeUtf8('21.5'),
    ...more,
  };
  return encode(packet, more.properties ? 5 : 4);
}

describe('rowText', () => {
  it('warns of what the receiver of a packet found wrong with it', () => {
    const inUse = { id: 'packetIdentifierInUse', offset: 0, value: 17 } as const;
    assert.equal(rowText(row(publish())).warning, undefined);
    assert.match(
      rowText(row(publish(), { context: { remarks: [inUse] } })).warning?.message ?? '',
      /^Packet Identifier 17 is in use.*\[MQTT-2\.3\.1-2\]/,
    );
  });

  it('has dots in place of what is concealed, not the bytes that stand there instead', () => {
    const bytes = Uint8Array.of(0xf2, 0x24, 0x2a, 0x2a);
    const concealed = [{ start: 2, end: 4 }];
    assert.equal(rowText(row(bytes, { kind: 'unframed', cut: true, concealed })).summary, 'f2 24 •• ••');
    const words = encodeUtf8('user****');
    const summary = rowText(row(words, { kind: 'unframed', concealed: [{ start: 4, end: 8 }] })).summary;
    assert.equal(summary, '75 73 65 72 •• •• •• ••');
  });

  it('names which way a row went, and no way where it came over no connection', () => {
    const names = (['in', 'out', undefined] as const).map((direction) => directionText({ direction }).name);
    assert.deepEqual(names, ['received', 'sent', 'decoded']);
  });

  it('warns of nothing where only the capture lacks the rest of a packet, or its beginning', () => {
    const start = publish().subarray(0, 9);
    const [told, cut] = [
      rowText(row(start, { kind: 'incomplete' })),
      row(start, { kind: 'incomplete', cut: true }),
    ];
    assert.deepEqual([told.packet, told.warning?.severity], ['PUBLISH (cut off)', 'violation']);
    assert.deepEqual([rowText(cut).packet, rowText(cut).warning], ['PUBLISH (cut off)', undefined]);
    const rest = rowText(row(encodeUtf8('xyz'), { kind: 'unframed', cut: true }));
    assert.deepEqual([rest.packet, rest.summary, rest.warning], ['Rest of packet', 'xyz', undefined]);
  });

  it('says that bytes are the end of the packet before, and by how much its length is too small', () => {
    const rest = row(encodeUtf8('xyz'), { kind: 'unframed', direction: undefined, endsPrevious: true });
    assert.match(
      rowText(rest).warning?.message ?? '',
      /end of the packet before, whose Remaining Length is 3 too/,
    );
  });

  it('has what a note of a capture says as its summary', () => {
    assert.deepEqual(rowText(row(encodeNote({ code: 'snapLength', bytes: 3 }), { kind: 'note' })), {
      packet: 'Note',
      summary:
        '3 bytes are missing here: the capture kept only the beginning of each frame. Capture with tcpdump -s 0, or without a limit in Wireshark.',
      warning: undefined,
    });
  });

  it('summarises a packet', () => {
    assert.deepEqual(rowText(row(publish())), {
      packet: 'PUBLISH',
      summary: 'a/b · QoS 1 · id 17 · 4 B',
      warning: undefined,
    });
  });

  it('tells the payload of a packet of which it has only the beginning, and finds no fault in the cut', () => {
    const long = row(publish({ payload: new Uint8Array(10_000) }));
    assert.ok(long.excerpt.length < long.length);
    assert.deepEqual(rowText(long), {
      packet: 'PUBLISH',
      summary: 'a/b · QoS 1 · id 17 · 10,000 B',
      warning: undefined,
    });
  });

  it('finds no fault in the cut of a long SUBSCRIBE', () => {
    const subscriptions = Array.from({ length: 500 }, (_, index) => ({
      topicFilter: `devices/${index}/#`,
      qos: 0 as const,
      noLocal: false,
      retainAsPublished: false,
      retainHandling: 0 as const,
    }));
    const text = rowText(
      row(encode({ type: 'SUBSCRIBE', packetIdentifier: 1, properties: {}, subscriptions }, 4)),
    );
    assert.equal(text.warning, undefined);
    assert.match(text.summary, /^id 1 · devices\/0\/# QoS 0 · .* …$/);
  });

  it('names the topic a Topic Alias stands for', () => {
    const aliased = row(publish({ topicName: '', properties: { topicAlias: 3 } }), {
      version: 5,
      topic: 'a/b',
    });
    assert.match(rowText(aliased).summary, /^a\/b · /);
  });

  it('warns of a broken rule with its clause', () => {
    const bytes = publish();
    bytes[0] = 0x36;
    const { warning } = rowText(row(bytes));
    assert.equal(warning?.severity, 'violation');
    assert.match(warning?.message ?? '', /QoS.*\[MQTT-3\.3\.1-4\]$/);
  });

  it('says that a packet was cut off by the end of the connection', () => {
    const { packet, warning } = rowText(row(publish().slice(0, 6), { kind: 'incomplete' }));
    assert.equal(packet, 'PUBLISH (cut off)');
    assert.equal(warning?.severity, 'violation');
  });

  const unframed: [string, Uint8Array, string][] = [
    ['words', encodeUtf8('HTTP/1.1 400 Bad Request\r\n\r\n'), 'HTTP/1.1 400 Bad Request …'],
    ['bytes', Uint8Array.of(0x15, 3, 1, 0, 2), '15 03 01 00 02'],
  ];
  for (const [what, bytes, summary] of unframed) {
    it(`shows ${what} that are no packet as they are`, () => {
      const text = rowText(row(bytes, { kind: 'unframed' }));
      assert.equal(text.packet, 'Not MQTT');
      assert.equal(text.summary, summary);
      assert.equal(text.warning?.message, 'These bytes are not an MQTT packet');
    });
  }

  const foreign: [string, Uint8Array][] = [
    ['TLS hello', Uint8Array.of(0x16, 3, 1, 2, 0, 1)],
    ['HTTP request', encodeUtf8('GET / HTTP/1.1\r\n')],
    ['SSH', encodeUtf8('SSH-2.0-x\r\n')],
    ['PROXY header', encodeUtf8('PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n')],
    ['AMQP', encodeUtf8('AMQP\0\0\t\x01')],
  ];
  for (const [label, bytes] of foreign) {
    it(`names what begins as another protocol does: ${label}`, () => {
      const shown = (more: Partial<LogRow>) => rowText(row(bytes, { kind: 'unframed', ...more }));
      // A file of another program has what a device sent as sent, the broker as received.
      for (const direction of ['in', 'out'] as const) {
        const { packet, warning } = shown({ direction });
        assert.equal(packet, label);
        assert.match(warning?.message ?? '', / instead of CONNECT$/);
      }
      // Behind a CONNECT it is the server that speaks so; and in the middle of packets the like is nothing but bytes.
      for (const more of [
        { context: { sender: 'server' } },
        { endsFraming: true },
        { endsPrevious: true },
      ] as const)
        assert.equal(shown({ direction: 'in', ...more }).packet, 'Not MQTT');
    });
  }

  it("shows a broker's answer in HTTP as what it is, which breaks no rule", () => {
    const bytes = encodeUtf8('HTTP/1.1 400 Bad Request\r\n\r\n');
    const { packet, summary, warning } = rowText(row(bytes, { kind: 'unframed', direction: 'out' }));
    assert.deepEqual([packet, summary, warning], ['HTTP answer', 'HTTP/1.1 400 Bad Request …', undefined]);
    const request = rowText(row(encodeUtf8('GET / HTTP/1.1\r\n'), { kind: 'unframed', direction: 'out' }));
    assert.equal(request.warning?.severity, 'violation');
  });

  it('reads a row once', () => {
    const once = row(publish());
    assert.equal(rowText(once), rowText(once));
  });
});

describe('The client of a row', () => {
  const shownOf = (client: string): string => shownClient({ client });

  it('is its identifier, without where it comes from', () => {
    assert.equal(shownOf('esp32 (192.168.1.31:50123)'), 'esp32');
    assert.equal(shownOf('esp32 ([fe80::1]:50123)'), 'esp32');
    assert.equal(shownOf('192.168.1.31:50123'), '192.168.1.31:50123');
    assert.equal(
      shownOf('192.168.1.31:50123 (HTTP on an MQTT port)'),
      '192.168.1.31:50123 (HTTP on an MQTT port)',
    );
    assert.equal(shownOf('bench (lab)'), 'bench (lab)');
  });
});

describe('timeOfDay', () => {
  it('has microseconds', () => {
    const at = new Date(2026, 10, 22, 4, 2, 11, 42).getTime();
    assert.equal(timeOfDay(at), '04:02:11.042000');
    assert.equal(timeOfDay(at + 0.5), '04:02:11.042500');
    // The nearest double lies below it.
    assert.equal(timeOfDay(at + 0.38), '04:02:11.042380');
    assert.equal(timeOfDay(at + 957.9999), '04:02:12.000000');
  });

  it('is the whole name of a connection of our own, whatever that looks like', () => {
    const name = 'lab (10.0.0.5:1883)';
    assert.equal(shownClient({ client: name, isWholeName: true }), name);
  });
});
