import { strict as assert } from 'node:assert';
import { shortMargin } from '../../media/inspector/timeline/keepAliveMargin';
import { zoomCenter } from '../../media/inspector/timeline/timeScale';
import { itemsOf } from '../../media/inspector/timeline/timelineItems';
import { violationAt } from '../../src/protocol/violations';
import type { TimelineConnection, TimelineMark } from '../../src/inspector/analysisContract';

const at = Date.UTC(2026, 10, 22, 14);

const connection = (more: Partial<TimelineConnection>): TimelineConnection => ({
  ...{ number: 1, name: 'esp', start: { sequence: 1, at }, end: { sequence: 9, at: at + 60_000 } },
  connect: { sequence: 1, cleanStart: true, sessionExpiry: 0 },
  connack: { sequence: 2, reasonCode: 0, sessionPresent: false },
  ...{ disconnect: undefined, hasWill: false, takenOverBy: undefined, keepAlive: 10 },
  ...{ longestSilence: undefined, ...more },
});

/** What the timeline says of one connection, or mark. */
function textOf(connections: readonly TimelineConnection[], marks: readonly TimelineMark[] = []): string {
  const lane = {
    key: 'k',
    label: 'esp',
    identifiers: [],
    moreIdentifiers: false,
    handshakes: [],
    inFlight: [],
  };
  const [item, ...others] = itemsOf({ ...lane, connections, marks }, at + 90_000);
  assert.equal(others.length, 0);
  return item?.text ?? '';
}

describe('What the timeline says of a connection', () => {
  const silence = (milliseconds: number): Partial<TimelineConnection> => ({
    longestSilence: { milliseconds, sequence: 5, at: at + 50_000 },
  });
  const disconnect = (by: 'client' | 'server', reasonCode: number): Partial<TimelineConnection> => ({
    disconnect: { sequence: 9, at, by, reasonCode },
  });
  const cases: readonly (readonly [what: string, more: Partial<TimelineConnection>, said: RegExp])[] = [
    [
      'how much of the Keep Alive was left',
      silence(9_000),
      /keep alive 10 s, silent for at most 9 s, 6 s left/,
    ],
    ['that nothing was left', silence(15_000), /silent for at most 15 s, 0 .*left/],
    ['how late it was', silence(20_500), /silent for at most 20\.5 s, 5\.5 s too late/],
    ['the Keep Alive alone where it was never silent', {}, /· keep alive 10 s ·/],
    ['that there is no Keep Alive', { keepAlive: 0, ...silence(90_000) }, /· no keep alive ·/],
    [
      'no Keep Alive that nobody saw',
      { keepAlive: undefined, connect: undefined },
      /· its CONNECT is not in the log · new session · ended/,
    ],
    ['that it ended without DISCONNECT', {}, /ended without DISCONNECT$/],
    ['that the client left', disconnect('client', 0), /DISCONNECT by the client$/],
    [
      'why the server closed it',
      disconnect('server', 0x8d),
      /DISCONNECT by the server \(Keep Alive timeout\)$/,
    ],
    [
      'a reason that has no name, by its code',
      disconnect('server', 0xee),
      /DISCONNECT by the server \(0xEE\)$/,
    ],
    ['who took it over', { takenOverBy: { sequence: 77, at } }, /taken over by packet #77$/],
    ['that it has a will', { hasWill: true }, /· has a will ·/],
    [
      'that it was refused',
      { connack: { sequence: 2, reasonCode: 0x87, sessionPresent: false } },
      /· refused with 0x87 ·/,
    ],
    ['that it is open', { end: undefined }, /, open for 90 s · .*keep alive 10 s$/],
  ];
  for (const [what, more, said] of cases) {
    it(`is ${what}`, () => assert.match(textOf([connection(more)]), said));
  }
});

describe('How much of its Keep Alive a client left', () => {
  const cases: readonly (readonly [
    string,
    keepAlive: number | undefined,
    seconds: number,
    string | undefined,
  ])[] = [
    ['is drawn where it was missed', 10, 15.1, 'missed'],
    ['is drawn where it was kept by little', 10, 13, 'near'],
    ['is not where PINGREQ came in time', 10, 10.5, undefined],
    ['is not where it is off', 0, 5_000, undefined],
    ['is not where nobody knows it', undefined, 5_000, undefined],
  ];
  for (const [what, keepAlive, seconds, margin] of cases) {
    it(what, () => {
      const milliseconds = seconds * 1_000;
      const longestSilence = { milliseconds, sequence: 5, at };
      const short = shortMargin(connection({ keepAlive, longestSilence }));
      assert.deepEqual(short, margin && { margin, from: at - milliseconds, to: at });
    });
  }
});

describe('What the timeline says of what stands out', () => {
  const mark = (kind: TimelineMark['kind'], more: Partial<TimelineMark> = {}): TimelineMark => ({
    ...{ kind, at, sequence: 3, count: 1, violation: undefined, ...more },
  });
  const cases: readonly (readonly [TimelineMark, RegExp])[] = [
    [mark('will'), /: Will Message published$/],
    [mark('takeover', { count: 3 }), /: session taken over, and 2 more$/],
    [mark('refused'), /: connection refused$/],
    [mark('violation', { violation: violationAt('keepAliveZero', 10) }), /: Keep Alive is 0/],
    [
      mark('violation', { violation: violationAt('trailingBytes', 1, 3), count: 2 }),
      /: The Remaining Length counts 3 bytes after the last field, and 1 more$/,
    ],
  ];
  for (const [one, said] of cases) {
    it(`is told of a ${one.kind}`, () => assert.match(textOf([], [one]), said));
  }
});

describe('The timeline zooms', () => {
  const shown = { from: 1000, to: 2000 };

  it('about what is chosen, as far as it is in sight', () => {
    assert.equal(zoomCenter(shown, [{ start: 1900, end: 2500 }]), 1950);
    assert.equal(
      zoomCenter(shown, [
        { start: 500, end: 700 },
        { start: 1800, end: 1900 },
      ]),
      1850,
    );
  });

  it('about the middle where nothing is chosen that is in sight', () => {
    assert.equal(zoomCenter(shown, []), 1500);
    assert.equal(zoomCenter(shown, [{ start: 100, end: 200 }]), 1500);
  });
});
