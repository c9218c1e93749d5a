import assert from 'node:assert/strict';
import { concatBytes, fromHex } from '../../src/base/bytes';
import type { ProtocolVersion } from '../../src/protocol/controlPacket';
import { dissectStream } from '../../src/protocol/dissectStream';
import { loadVectors } from '../support/vectors';

const connect311 = '10 10 0004 4d515454 04 02 003c 0004 64657631';
const connect5 = '10 11 0004 4d515454 05 02 003c 00 0004 64657631';
const publish311 = '30 09 0003 742f31 32312e35';
const publish5 = '30 0a 0003 742f31 00 32312e35';
const subscribe5 = '82 09 000a 00 0003 612f62 01';

interface Expected {
  readonly version: ProtocolVersion;
  readonly from: 'connect' | 'given' | 'guess';
  readonly packets: readonly (readonly [start: number, type: string, version: ProtocolVersion])[];
  readonly skipped?: readonly (readonly [start: number, end: number])[];
}

const cases: readonly (readonly [what: string, hex: string, expected: Expected, given?: ProtocolVersion])[] =
  [
    ['nothing', '', { version: 4, from: 'guess', packets: [] }],
    [
      'a CONNECT says the version of what follows',
      `${connect5} ${publish5}`,
      {
        version: 5,
        from: 'connect',
        packets: [
          [0, 'CONNECT', 5],
          [19, 'PUBLISH', 5],
        ],
      },
    ],
    [
      'a later CONNECT changes it',
      `${connect5} ${publish5} ${connect311} ${publish311}`,
      {
        ...{ version: 5, from: 'connect' },
        packets: [
          [0, 'CONNECT', 5],
          [19, 'PUBLISH', 5],
          [31, 'CONNECT', 4],
          [49, 'PUBLISH', 4],
        ],
      },
    ],
    [
      'a version that is given is taken',
      publish311,
      { version: 3, from: 'given', packets: [[0, 'PUBLISH', 3]] },
      3,
    ],
    [
      'packets of 5.0 are guessed by what parses',
      `${subscribe5} 90 04 000a 00 01`,
      {
        version: 5,
        from: 'guess',
        packets: [
          [0, 'SUBSCRIBE', 5],
          [11, 'SUBACK', 5],
        ],
      },
    ],
    [
      'packets of 3.1.1 are guessed by what parses',
      '82 08 000a 0003 612f62 01 90 03 000a 01',
      {
        version: 4,
        from: 'guess',
        packets: [
          [0, 'SUBSCRIBE', 4],
          [10, 'SUBACK', 4],
        ],
      },
    ],
    [
      'packets that look alike are taken for 3.1.1',
      'c0 00 d0 00 40 02 0001',
      {
        version: 4,
        from: 'guess',
        packets: [
          [0, 'PINGREQ', 4],
          [2, 'PINGRESP', 4],
          [4, 'PUBACK', 4],
        ],
      },
    ],
    [
      'a capture that starts in the middle of a packet',
      `32312e35 ${connect311} ${publish311}`,
      {
        version: 4,
        from: 'connect',
        packets: [
          [4, 'CONNECT', 4],
          [22, 'PUBLISH', 4],
        ],
        skipped: [[0, 4]],
      },
    ],
    [
      'a capture that stops in the middle of a packet',
      `${connect311} 30 09 0003 742f`,
      {
        version: 4,
        from: 'connect',
        packets: [
          [0, 'CONNECT', 4],
          [18, 'PUBLISH', 4],
        ],
      },
    ],
  ];

describe('A stream out of nowhere', () => {
  for (const [what, hex, expected, given] of cases) {
    it(what, () => {
      const bytes = fromHex(hex) ?? assert.fail(hex);
      const { version, versionSource, packets, skipped } = dissectStream(bytes, given);
      assert.deepEqual(
        {
          ...{ version, from: versionSource.from },
          packets: packets.map(({ start, dissection }) => [start, dissection.packetType, dissection.version]),
          skipped: skipped.map(({ start, end }) => [start, end]),
        },
        { skipped: [], ...expected },
      );
    });
  }

  it('remembers the topics that aliases stand for', () => {
    const [, second] = dissectStream(
      fromHex('30 09 0003 612f62 03 230001 30 06 0000 03 230001') ?? assert.fail(),
      5,
    ).packets;
    assert.deepEqual(second?.dissection.violations, []);
  });

  it('finds every packet of the vectors behind a CONNECT of its version, with its violations', () => {
    const connects = { 3: '10 12 0006 4d5149736470 03 02 003c 0004 64657631', 4: connect311, 5: connect5 };
    const wellFormed = loadVectors().filter(
      ({ packet, context }) => packet && Object.keys(context).length === 1,
    );
    for (const { name, version, bytes, packet } of wellFormed) {
      const connect = fromHex(connects[version]) ?? assert.fail();
      const { packets, skipped } = dissectStream(concatBytes([connect, bytes, connect]));
      assert.deepEqual(
        packets.map(({ dissection }) => dissection.packet),
        [packets[0]?.dissection.packet, packet, packets[0]?.dissection.packet],
        name,
      );
      assert.deepEqual(skipped, [], name);
    }
  });

  it('takes bytes that lead it astray in time that grows with their number only', () => {
    // Every offset looks like a packet of the whole rest, so that each attempt could read it all.
    const bytes = new Uint8Array(300_000).fill(0x30);
    const { packets, skipped } = dissectStream(bytes);
    const covered = [...packets, ...skipped].reduce((sum, { start, end }) => sum + end - start, 0);
    assert.equal(covered, bytes.length);
  });
});

describe('A stream of both sides', () => {
  const connack = '20 0c 00 00 09 27 0000000a 24 00 25 00';

  it('is held against what CONNACK announced', () => {
    const bytes = fromHex(`${connect5} ${connack} 33 0a 0003 742f31 0001 00 31 32`) ?? assert.fail();
    const { packets } = dissectStream(bytes);
    assert.deepEqual(
      packets.at(-1)?.dissection.violations.map(({ id }) => id),
      ['qosNotSupported', 'retainNotSupported', 'packetTooLarge'],
    );
  });

  it('forgets what was agreed at the next CONNECT', () => {
    const bytes = fromHex(`${connect5} ${connack} ${connect5} ${publish5}`) ?? assert.fail();
    const { packets } = dissectStream(bytes);
    assert.deepEqual(
      packets.flatMap(({ dissection }) => dissection.violations),
      [],
    );
  });

  it('takes time linear in its bytes where boundaries are hard to find', () => {
    // Each position looks like a PUBLISH of 33 KB whose last byte is wrong.
    const pattern = [0x32, 0xc2, 0x80, 0x02, 0x7f, 0x7f, 0x23];
    const bytes = Uint8Array.from({ length: 80_000 }, (_, index) => pattern[index % pattern.length] ?? 0);
    const { packets, skipped } = dissectStream(bytes);
    const covered = [...packets, ...skipped].reduce((sum, { start, end }) => sum + end - start, 0);
    assert.equal(covered, bytes.length);
  });
});
