import assert from 'node:assert/strict';
import { concatBytes, fromHex } from '../../src/base/bytes';
import type { ProtocolVersion } from '../../src/protocol/controlPacket';
import type { Sender } from '../../src/protocol/dissectionContext';
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

  const tiny: readonly (readonly [type: string, hex: string, version: ProtocolVersion])[] = [
    ['PINGREQ', 'c0 00', 4],
    ['PINGRESP', 'd0 00', 4],
    ['DISCONNECT', 'e0 00', 4],
    ['AUTH', 'f0 00', 5],
    ['PUBACK', '40 02 0001', 4],
    ['PUBREC', '50 02 0001', 4],
    ['PUBREL', '62 02 0001', 4],
    ['PUBCOMP', '70 02 0001', 4],
    ['CONNACK', '20 02 0000', 4],
    ['UNSUBACK', 'b0 02 0001', 4],
    ['SUBACK', '90 03 0001 00', 4],
    ['PUBLISH', '30 03 0001 61', 4],
    ['PUBLISH', '30 05 0003 612f62', 4],
    ['SUBSCRIBE', '82 06 0001 0001 61 00', 4],
    ['UNSUBSCRIBE', 'a2 05 0001 0001 61', 4],
    ['CONNECT', connect311, 4],
    ['PINGREQ with wrong flags between others', 'c1 00 c0 00', 4],
    ['PUBACK for nothing between others', '40 02 0000 40 02 0001', 4],
  ];
  for (const [type, hex, version] of tiny) {
    it(`has no end for 5,000 packets: ${type}`, () => {
      const bytes = fromHex(hex.repeat(5000)) ?? assert.fail();
      const { packets, skipped } = dissectStream(bytes, version);
      assert.deepEqual(skipped, []);
      const expected = dissectStream(fromHex(hex) ?? assert.fail(), version).packets.length;
      assert.equal(packets.length, 5000 * expected);
    });
  }

  it('looks for boundaries as hard as the bytes deserve, however many packets came before', () => {
    const garbage = 'ff fe 00 32 7f';
    const bytes = fromHex(`${connect311} ${publish311}${' c0 00'.repeat(2000)} ${garbage} ${publish311}`);
    const { packets, skipped } = dissectStream(bytes ?? assert.fail());
    assert.equal(packets.length, 2003);
    assert.deepEqual(
      skipped.map(({ start, end }) => end - start),
      [5],
    );
  });

  // What is not linear in these does not come to an end within the time that a test has.
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

  it('shows the topics of thousands of aliases without going through them for each packet', () => {
    const alias = (value: number) => value.toString(16).padStart(4, '0');
    const aliases = Array.from({ length: 20_000 }, (_, index) => alias(index + 1));
    const hex = aliases.map((value) => `30 07 0001 61 03 23 ${value}`).join(' ');
    const { packets } = dissectStream(fromHex(`${hex} 30 06 0000 03 23 ${alias(1)}`) ?? assert.fail(), 5);
    assert.deepEqual(packets.at(-1)?.dissection.violations, []);
  });
});

describe('The sender in a stream of both sides', () => {
  const resumed5 = `${connect5.replace('05 02', '05 00')} 20 03 01 00 00`;
  const new311 = `${connect311} 20 02 0000`;
  const subscribe311 = '82 06 000a 0001 61 00';
  const subscribed311 = `${new311} ${subscribe311}`;
  const senders: readonly (readonly [
    what: string,
    hex: string,
    sender: Sender | undefined,
    ...violations: readonly string[],
  ])[] = [
    ['is the client where nothing is subscribed to', `${new311} 32 07 0001 61 0005 6869`, 'client'],
    ['is not known of PUBLISH after SUBSCRIBE', `${subscribed311} 30 05 0001 61 6869`, undefined],
    ['is not known of PUBLISH in a session that was resumed', `${resumed5} 30 06 0001 61 00 6869`, undefined],
    [
      'is not known of an alias in a session that was resumed',
      '10 14 0004 4d515454 05 00 003c 03 22000a 0004 64657631 20 03 01 00 00 30 0b 0003 612f62 03 230003 6869',
      undefined,
    ],
    [
      'is not known where only CONNECT tells of 3.1',
      '10 12 0006 4d5149736470 03 00 003c 0004 64657631 20 02 0000 30 05 0001 61 6869',
      undefined,
    ],
    ['is the server where it names a subscription', `${resumed5} 30 08 0001 61 02 0b05 6869`, 'server'],
    [
      'is the server of PUBACK where nothing is subscribed to',
      `${new311} 32 05 0001 61 0005 40 02 0005`,
      'server',
    ],
    [
      'of an acknowledgement is told by who waits for it',
      `${new311} 32 05 0001 61 0005 82 06 000a 0001 61 00 40 02 0005`,
      'server',
    ],
    ['of an acknowledgement is not known where nobody waits', `${subscribed311} 40 02 0005`, undefined],
    [
      'of PUBACK for another identifier is told, and the identifier is wrong',
      `${new311} 32 05 0001 61 0005 40 02 0006`,
      'server',
      'acknowledgementUnmatched',
    ],
    [
      'of PUBREC for QoS 1 is told, and it is not of that QoS',
      `${new311} 32 05 0001 61 0005 50 02 0005`,
      'server',
      'acknowledgementOfOtherQos',
    ],
    [
      'of SUBACK is told, and the identifier is wrong',
      `${subscribed311} 90 03 000b 00`,
      'server',
      'acknowledgementUnmatched',
    ],
    [
      'of PUBLISH is told where it is sent twice without DUP',
      `${new311} 32 05 0001 61 0005 32 05 0001 61 0005`,
      'client',
      'packetIdentifierInUse',
    ],
  ];
  for (const [what, hex, sender, ...violations] of senders) {
    it(what, () => {
      const last = dissectStream(fromHex(hex) ?? assert.fail(hex)).packets.at(-1);
      assert.equal(last?.sender, sender);
      assert.deepEqual(
        last?.dissection.violations.map(({ id }) => id),
        violations,
      );
    });
  }

  it('holds nobody to an answer where one side is missing', () => {
    const hex = `${connect311} 32 05 0001 61 0005 32 05 0001 61 0005 62 02 0009 40 02 0008`;
    const { packets, oneSided } = dissectStream(fromHex(hex) ?? assert.fail());
    assert.ok(oneSided);
    assert.deepEqual(
      packets.flatMap(({ dissection }) => dissection.violations),
      [],
    );
  });

  it('takes bytes that are no packet for packets that nobody saw', () => {
    const twice = '32 05 0001 61 0005';
    const { packets, skipped } = dissectStream(
      fromHex(`${new311} ${twice} 00ff ${subscribe311} ${twice} 90 03 000b 00`) ?? assert.fail(),
    );
    assert.equal(skipped.length, 1);
    assert.deepEqual(
      packets.flatMap(({ dissection }) => dissection.violations.map(({ id }) => id)),
      ['acknowledgementOfUnknown'],
    );
  });

  it('does not take a field that could not be read for one that was left out', () => {
    const { packets } = dissectStream(
      fromHex('10 0d 0004 4d515454 05 02 003c 00 0000 20 00') ?? assert.fail(),
    );
    assert.deepEqual(
      packets.at(-1)?.dissection.violations.map(({ id }) => id),
      ['truncated'],
    );
  });
});
