import assert from 'node:assert/strict';
import fc from 'fast-check';
import { concatBytes, fromHex, toHex } from '../../src/base/bytes';
import { encodeUtf8 } from '../../src/base/utf8';
import { ConnectionCapture } from '../../src/capture/connectionCapture';
import { PacketLog } from '../../src/capture/packetLog';
import type { ControlPacket, ProtocolVersion } from '../../src/protocol/controlPacket';
import { encode } from '../../src/protocol/codec';
import { noProperties, type Properties } from '../../src/protocol/properties';
import type { Direction } from '../../src/session/effects';

const bytes = (hex: string): Uint8Array => {
  const value = fromHex(hex);
  assert.ok(value, `${hex} is hexadecimal`);
  return value;
};

const connect = (version: ProtocolVersion): Uint8Array =>
  encode(
    {
      type: 'CONNECT',
      protocolName: version === 3 ? 'MQIsdp' : 'MQTT',
      protocolVersion: version,
      cleanStart: true,
      keepAlive: 60,
      properties: noProperties,
      clientIdentifier: 'bench',
      will: undefined,
      userName: undefined,
      password: undefined,
    },
    version,
  );

const publish = (
  topicName: string,
  properties: Properties = noProperties,
  qos: 0 | 1 | 2 = 0,
): Uint8Array => {
  const packet: ControlPacket = {
    type: 'PUBLISH',
    dup: false,
    qos,
    retain: false,
    topicName,
    packetIdentifier: qos === 0 ? 0 : 17,
    properties,
    payload: Uint8Array.of(1, 2, 3),
  };
  return encode(packet, 5);
};

const pingreq = Uint8Array.of(0xc0, 0);

function capturing(): { log: PacketLog; capture: ConnectionCapture } {
  const log = new PacketLog({ byteBudget: 16 * 1024 * 1024, segmentBytes: 4096 });
  return { log, capture: new ConnectionCapture(log, 'bench') };
}

function rows(log: PacketLog): string[] {
  const lines: string[] = [];
  for (let sequence = log.first; sequence < log.end; sequence++) {
    const row = log.row(sequence);
    assert.ok(row);
    const parts = [
      row.direction,
      row.kind,
      row.packetType ?? '-',
      row.topic ?? '-',
      toHex(log.bytesAt(sequence) as Uint8Array),
    ];
    lines.push(parts.join(' '));
  }
  return lines;
}

describe('A connection capture', () => {
  const cases: readonly {
    readonly name: string;
    readonly chunks: readonly (readonly [Direction, string])[];
    readonly rows: readonly string[];
  }[] = [
    {
      name: 'enters each packet of a chunk as a row',
      chunks: [['out', 'c000 c000 e000']],
      rows: ['out packet PINGREQ - c000', 'out packet PINGREQ - c000', 'out packet DISCONNECT - e000'],
    },
    {
      name: 'puts a packet together that comes in pieces, each way by itself',
      chunks: [
        ['in', '3005'],
        ['out', 'c0'],
        ['in', '0001'],
        ['out', '00'],
        ['in', '61 6869'],
      ],
      rows: ['out packet PINGREQ - c000', 'in packet PUBLISH a 30050001616869'],
    },
    {
      name: 'keeps the answer of an HTTP server whole though it looks like a packet',
      chunks: [
        ['in', toHex(encodeUtf8('HTTP/1.1 400 Bad Request\r\n'))],
        ['in', toHex(encodeUtf8('Connection: close\r\n\r\n'))],
      ],
      rows: [
        `in unframed - - ${toHex(encodeUtf8('HTTP/1.1 400 Bad Request\r\n'))}`,
        `in unframed - - ${toHex(encodeUtf8('Connection: close\r\n\r\n'))}`,
      ],
    },
    {
      name: 'keeps a TLS record, whose first byte is that of a CONNECT with flags, as unframed bytes',
      chunks: [['in', '160301 0005 0100000100']],
      rows: ['in unframed - - 16030100050100000100'],
    },
    {
      name: 'enters what follows a Remaining Length of five bytes as unframed from its first byte on',
      chunks: [
        ['in', '2002 0000 d0 ffffffff01 aa'],
        ['in', 'd000'],
      ],
      rows: ['in packet CONNACK - 20020000', 'in unframed - - d0ffffffff01aa', 'in unframed - - d000'],
    },
    {
      name: 'loses no byte of a fixed header that breaks off before it turns out to be none',
      chunks: [
        ['in', '20020000 d0ffff'],
        ['in', 'ff'],
        ['in', 'ff99'],
      ],
      rows: ['in packet CONNACK - 20020000', 'in unframed - - d0ffffffff99'],
    },
    {
      name: 'takes a first PUBLISH for a packet, which breaks the protocol but is one',
      chunks: [['in', '3003 0001 61']],
      rows: ['in packet PUBLISH a 3003000161'],
    },
    {
      name: 'shows a packet of the forbidden type 0 without a type',
      chunks: [['in', '20020000 0000']],
      rows: ['in packet CONNACK - 20020000', 'in packet - - 0000'],
    },
    {
      name: 'knows no topic where the length of the Topic Name goes beyond the packet',
      chunks: [['in', '3003 ffff 61']],
      rows: ['in packet PUBLISH - 3003ffff61'],
    },
    {
      name: 'knows no topic where it is not UTF-8',
      chunks: [['in', '3003 0001 ff']],
      rows: ['in packet PUBLISH - 30030001ff'],
    },
    {
      name: 'takes a CONNECT with wrong flags for a packet',
      chunks: [['in', '1100']],
      rows: ['in packet CONNECT - 1100'],
    },
    { name: 'enters nothing for an empty chunk', chunks: [['in', '']], rows: [] },
  ];
  for (const { name, chunks, rows: expected } of cases) {
    it(name, () => {
      const { log, capture } = capturing();
      for (const [direction, hex] of chunks) capture.chunk(direction, bytes(hex), 1);
      assert.deepEqual(rows(log), expected);
    });
  }

  it('enters an unfinished packet of either way when the connection ends', () => {
    const { log, capture } = capturing();
    capture.chunk('out', bytes('100c00044d51'), 1);
    capture.chunk('in', bytes('20'), 2);
    capture.closed(3);
    assert.deepEqual(rows(log), ['in incomplete CONNACK - 20', 'out incomplete CONNECT - 100c00044d51']);
    assert.equal(log.row(1)?.at, 3);
  });

  it('gives a packet the time of the chunk that completed it', () => {
    const { log, capture } = capturing();
    capture.chunk('in', bytes('c0'), 10.25);
    capture.chunk('in', bytes('00 c000'), 11.5);
    capture.closed(12);
    assert.deepEqual([log.row(1)?.at, log.row(2)?.at, log.end], [11.5, 11.5, 3]);
  });

  for (const version of [3, 4, 5] as const) {
    it(`knows from CONNECT that both ways speak protocol version ${version}`, () => {
      const { log, capture } = capturing();
      capture.chunk('in', connect(version), 1);
      capture.chunk('out', bytes('20020000'), 2);
      assert.deepEqual(
        [log.row(1), log.row(2)].map((row) => [row?.packetType, row?.version]),
        [
          ['CONNECT', version],
          ['CONNACK', version],
        ],
      );
    });
  }

  it('takes the protocol level without the mark of a bridge', () => {
    const { log, capture } = capturing();
    const bridge = connect(4).slice();
    const levelAt = 8;
    assert.equal(bridge[levelAt], 4);
    bridge[levelAt] = 0x85;
    capture.chunk('in', bridge, 1);
    assert.equal(log.row(1)?.version, 5);
  });

  it('resolves Topic Aliases, each way and each connection by itself', () => {
    const { log, capture } = capturing();
    const other = new ConnectionCapture(log, 'other');
    const steps: readonly (readonly [ConnectionCapture, Direction, Uint8Array, string | undefined])[] = [
      [capture, 'out', connect(5), undefined],
      [other, 'out', connect(5), undefined],
      [capture, 'in', bytes('2003000000'), undefined],
      [
        capture,
        'in',
        publish('devices/a', { contentType: 'x', userProperties: [['k', 'v']], topicAlias: 7 }),
        'devices/a',
      ],
      [capture, 'in', publish('', { topicAlias: 7 }), 'devices/a'],
      [
        capture,
        'in',
        publish('', { topicAlias: 7, messageExpiryInterval: 9, correlationData: pingreq }, 1),
        'devices/a',
      ],
      [capture, 'out', publish('', { topicAlias: 7 }), undefined],
      [capture, 'in', publish('', { topicAlias: 8 }), undefined],
      [capture, 'in', publish('devices/b', { topicAlias: 7 }, 2), 'devices/b'],
      [capture, 'in', publish('', { topicAlias: 7 }), 'devices/b'],
      [other, 'out', publish('', { topicAlias: 7 }), undefined],
    ];
    for (const [tap, direction, packet, topic] of steps) {
      tap.chunk(direction, packet, 1);
      assert.equal(log.row(log.end - 1)?.topic, topic);
    }
  });

  for (const version of [4, 5] as const) {
    it(`enters the same rows of version ${version} however the packets share chunks`, () => {
      const conversation = [
        connect(version),
        ...(version === 5
          ? [
              publish('named', { topicAlias: 7 }),
              publish('', { topicAlias: 7 }, 1),
              publish('', { topicAlias: 7 }),
            ]
          : [bytes('3003000161'), bytes('3206000162000107')]),
        ...[pingreq, pingreq, bytes('40020001'), bytes('f000'), bytes('820800020003613f2301'), bytes('e000')],
      ];
      const enteredBy = (chunks: readonly Uint8Array[]) => {
        const { log, capture } = capturing();
        for (const chunk of chunks) capture.chunk('out', chunk, 1);
        return { rows: rows(log), milestones: log.milestones(capture.connection) };
      };
      const whole = concatBytes(conversation);
      const alone = enteredBy(conversation);
      assert.equal(alone.rows.length, conversation.length);
      assert.equal(alone.milestones.length, 2);
      for (const size of [1, 7, 20, whole.length]) {
        const chunks: Uint8Array[] = [new Uint8Array(0)];
        for (let at = 0; at < whole.length; at += size)
          chunks.push(whole.subarray(at, at + size), new Uint8Array(0));
        assert.deepEqual(enteredBy(chunks), alone);
      }
    });
  }

  it('does not look for a Topic Alias in the payload of version 3.1.1', () => {
    const { log, capture } = capturing();
    capture.chunk('out', connect(4), 1);
    capture.chunk('out', bytes('3008 000161 03 23 0007 00'), 1);
    capture.chunk('out', bytes('3006 0000 03 23 0007'), 1);
    assert.deepEqual([log.row(2)?.topic, log.row(3)?.topic], ['a', undefined]);
  });

  it('forgets an alias whose topic there is no room for rather than show the one before', () => {
    const { log, capture } = capturing();
    capture.chunk('out', connect(5), 1);
    capture.chunk('out', publish('short', { topicAlias: 1 }), 1);
    for (let alias = 2; alias < 18; alias++) {
      capture.chunk('out', publish('x'.repeat(65_000), { topicAlias: alias }), 1);
    }
    capture.chunk('out', publish('y'.repeat(65_000), { topicAlias: 1 }), 1);
    capture.chunk('out', publish('', { topicAlias: 1 }), 1);
    assert.equal(log.row(log.end - 1)?.topic, undefined);
    capture.chunk('out', publish('', { topicAlias: 17 }), 1);
    assert.equal(log.row(log.end - 1)?.topic, 'x'.repeat(65_000));
  });

  it('enters its connection under a name that the log keeps after it is closed', () => {
    const { log, capture } = capturing();
    capture.chunk('out', connect(4), 1);
    capture.closed(2);
    assert.equal(log.connectionName(capture.connection), 'bench');
    assert.equal(log.row(1)?.connection, capture.connection);
  });

  it('leaves nothing behind of a connection on which nothing was sent, of which there may be millions', () => {
    const { log, capture } = capturing();
    for (let time = 0; time < 1_000; time++) {
      const empty = new ConnectionCapture(log, 'a look whether the port is open');
      const address = '127.0.0.1';
      empty.ends({ local: { address, port: 1883 }, remote: { address, port: 40_000 + time } });
      empty.chunk('in', new Uint8Array(0), 1);
      empty.closed(2);
    }
    assert.deepEqual(
      log.connections.map(({ number }) => number),
      [capture.connection],
    );
    const noted = new ConnectionCapture(log, 'noted');
    noted.enterNote('in', { code: 'midConnection' }, 1);
    noted.closed(2);
    assert.equal(log.connectionName(noted.connection), 'noted');
  });

  it('is one event for the listeners of the log however many packets a chunk holds', () => {
    const { log, capture } = capturing();
    let events = 0;
    log.onDidChange(() => events++);
    capture.chunk('out', concatBytes(Array.from({ length: 100 }, () => pingreq)), 1);
    capture.chunk('out', bytes('c0'), 2);
    assert.deepEqual([events, log.end - log.first], [1, 100]);
  });

  const chunk = fc.tuple(
    fc.constantFrom<Direction>('in', 'out'),
    fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom(
        connect(4),
        connect(5),
        pingreq,
        bytes('20020000'),
        bytes('d0ffffffff'),
        publish('a', { topicAlias: 1 }),
      ),
      fc.uint8Array({ maxLength: 12 }).map((rest) => concatBytes([Uint8Array.of(0x34, rest.length), rest])),
    ),
  );
  it('never throws and leaves out no byte, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 12 }), (chunks) => {
        const { log, capture } = capturing();
        for (const [direction, part] of chunks) capture.chunk(direction, part, 1);
        capture.closed(2);
        for (const direction of ['in', 'out'] as const) {
          const sent = concatBytes(chunks.filter(([way]) => way === direction).map(([, part]) => part));
          const kept: Uint8Array[] = [];
          for (let sequence = log.first; sequence < log.end; sequence++) {
            if (log.row(sequence)?.direction === direction) kept.push(log.bytesAt(sequence) as Uint8Array);
          }
          assert.equal(toHex(concatBytes(kept)), toHex(sent));
        }
      }),
    );
  });
});
