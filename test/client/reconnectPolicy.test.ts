import assert from 'node:assert/strict';
import type { TransportFailure } from '../../src/base/transportFailure';
import type { ClientFailure } from '../../src/client/mqttClient';
import { afterFailure, canHeal, noAttempts, refusesVersion } from '../../src/client/reconnectPolicy';
import type { ReconnectHistory } from '../../src/client/reconnectPolicy';

const dropped = { kind: 'closedByServer', duringConnect: false } as const;
const refused = (reasonCode: number, version: 4 | 5 = 5): ClientFailure => ({
  kind: 'refusedByServer',
  version,
  reasonCode,
});
const disconnected = (reasonCode: number): ClientFailure => ({ kind: 'disconnectedByServer', reasonCode });
const transport = (failure: TransportFailure): ClientFailure => ({ kind: 'transport', failure });
const options = { when: 'afterConnected', random: () => 0.999_999 } as const;

describe('Another attempt', () => {
  it('is made after twice as long each time, up to a minute, and at any moment until then', () => {
    let history: ReconnectHistory = noAttempts;
    const longest: number[] = [];
    for (let attempt = 1; attempt <= 40; attempt++) {
      const verdict = afterFailure(dropped, undefined, 5, history, options, 0);
      assert.ok(verdict.kind === 'retry');
      assert.equal(verdict.history.attempts, attempt);
      longest.push(Math.round(verdict.delay));
      const early = afterFailure(dropped, undefined, 5, history, { ...options, random: () => 0 }, 0);
      assert.ok(early.kind === 'retry');
      assert.equal(early.delay, 0);
      ({ history } = verdict);
    }
    assert.deepEqual(longest.slice(0, 8), [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    assert.equal(longest.at(-1), 60_000);
  });

  it('is the first again once a connection held for a minute', () => {
    const history = { ...noAttempts, attempts: 9 };
    const attempts = (connectedFor: number) => {
      const verdict = afterFailure(dropped, connectedFor, 5, history, options, 0);
      return verdict.kind === 'retry' && verdict.history.attempts;
    };
    assert.deepEqual([attempts(59_999), attempts(60_000)], [10, 1]);
  });

  const cases: readonly (readonly [what: string, failure: ClientFailure, heals: boolean])[] = [
    ...([0x80, 0x83, 0x88, 0x89, 0x97, 0x9f] as const).map(
      (code) => [`a refusal with 0x${code.toString(16)}`, refused(code), true] as const,
    ),
    ...([0x81, 0x82, 0x84, 0x85, 0x86, 0x87, 0x8a, 0x8c, 0x90, 0x95, 0x9a, 0x9b, 0x9c, 0x9d] as const).map(
      (code) => [`a refusal with 0x${code.toString(16)}`, refused(code), false] as const,
    ),
    ...([1, 2, 4, 5] as const).map(
      (code) => [`a refusal with return code ${code}`, refused(code, 4), false] as const,
    ),
    ['a refusal with return code 3', refused(3, 4), true],
    ...([0x80, 0x89, 0x8b, 0x8d, 0x96, 0x97, 0xa0] as const).map(
      (code) => [`a disconnect with 0x${code.toString(16)}`, disconnected(code), true] as const,
    ),
    ...([0x81, 0x82, 0x87, 0x8e, 0x93, 0x95, 0x98, 0x9c] as const).map(
      (code) => [`a disconnect with 0x${code.toString(16)}`, disconnected(code), false] as const,
    ),
    ['a drop', dropped, true],
    ['no answer to CONNECT', { kind: 'connackTimeout' }, true],
    ['no answer to PINGREQ', { kind: 'keepAliveTimeout' }, true],
    ...(['refused', 'hostNotFound', 'unreachable', 'timedOut', 'reset', 'other'] as const).map(
      (code) => [`the transport's ${code}`, transport({ step: 'tcp', code, detail: '' }), true] as const,
    ),
    [
      'a connection that the system forbids',
      transport({ step: 'tcp', code: 'notPermitted', detail: 'EACCES' }),
      false,
    ],
    [
      'a certificate that was rejected',
      transport({
        step: 'tls',
        code: 'certificateRejected',
        detail: 'CERT_HAS_EXPIRED',
        certificate: undefined,
      }),
      false,
    ],
    [
      'a certificate file that is missing',
      transport({
        step: 'certificateFile',
        code: 'missing',
        detail: 'ENOENT',
        setting: 'ca',
        path: '/ca.pem',
      }),
      false,
    ],
    ...([404, 429, 503] as const).map(
      (status) =>
        [
          `a WebSocket refused with ${status}`,
          transport({ step: 'webSocket', code: 'upgradeRefused', detail: '', status }),
          status !== 404,
        ] as const,
    ),
    ...([true, false] as const).map(
      (heals) =>
        [
          `TLS to a proxy that ${heals ? 'broke' : 'is none'}`,
          transport({
            ...{ step: 'proxy', code: 'tlsFailed', detail: '', proxy: 'https://p' },
            failure: { step: 'tls', code: heals ? 'reset' : 'notTls', detail: '' },
          }),
          heals,
        ] as const,
    ),
    ['something that is not MQTT', { kind: 'notMqtt', firstBytes: Uint8Array.of(72) }, false],
    ['a CONNACK that broke off', { kind: 'notMqtt', firstBytes: Uint8Array.of(0x20, 3, 0) }, true],
    [
      'a packet that breaks a rule',
      { kind: 'protocol', violation: { id: 'secondConnack', offset: 0 } },
      false,
    ],
    ['a CONNECT that cannot be encoded', { kind: 'connectUnencodable', detail: 'd' }, false],
    ['a Session that is not known', { kind: 'sessionUnknown' }, false],
    ['a Session that another window has', { kind: 'storeFailed', failure: { code: 'inUse' } }, true],
    ['a full disk', { kind: 'storeFailed', failure: { code: 'unusable', detail: 'ENOSPC' } }, false],
  ];
  for (const [what, failure, heals] of cases) {
    it(`is ${heals ? 'made' : 'not made'} after ${what}`, () => {
      assert.equal(canHeal(failure, 5), heals);
      assert.equal(afterFailure(failure, 5, 5, noAttempts, options, 0).kind, heals ? 'retry' : 'stop');
    });
  }

  /** What the failures of connections that were up so long come to, one a second. */
  const verdictAfter = (
    drops: readonly (number | undefined)[],
    failure: ClientFailure = dropped,
    version: 4 | 5 = 4,
    every = 1_000,
  ) => {
    let history: ReconnectHistory = noAttempts;
    let told = 'none';
    for (const [index, connectedFor] of drops.entries()) {
      assert.ok(!told.startsWith('stop'), 'there is nothing after the end');
      const verdict = afterFailure(failure, connectedFor, version, history, options, index * every);
      const suspicion = verdict.kind === 'retry' ? verdict.suspicion : undefined;
      if (verdict.kind === 'retry') ({ history } = verdict);
      else assert.deepEqual(verdict.failure, { ...failure, suspicion: 'takenOver' });
      told = `${verdict.kind} ${suspicion ?? ''}`.trim();
    }
    return told;
  };
  const reset = transport({ step: 'tcp', code: 'reset', detail: 'ECONNRESET' });

  it('comes with a suspicion where the server drops each connection soon after it accepted it', () => {
    assert.equal(verdictAfter([100, 200], reset), 'retry');
    assert.equal(verdictAfter([100, 200, 300], reset), 'retry takenOver');
    // Attempts that got nowhere in between do not weaken it; a connection that held does.
    assert.equal(verdictAfter([100, undefined, 200, 300], reset), 'retry takenOver');
    assert.equal(verdictAfter([100, 200, 30_000, 300], reset), 'retry');
    assert.equal(verdictAfter([100, 200, 300], { kind: 'keepAliveTimeout' }), 'retry');
  });

  it('is not made where another client throws this one out again and again [MQTT-3.1.4-3]', () => {
    // 5.0 has a word for it, which some servers do not say.
    for (const version of [4, 5] as const) {
      assert.equal(verdictAfter([100, 200], dropped, version), 'retry');
      assert.equal(verdictAfter([100, 200, 10_000], dropped, version), 'stop');
      // What had held for long was thrown out once, which begins the fight and is none yet.
      assert.equal(verdictAfter([900_000, 100, 200], dropped, version), 'retry');
      assert.equal(verdictAfter([900_000, 100, 200, 300], dropped, version), 'stop');
    }
  });

  it('is made all the same where it may be the network, or a server that is restarted', () => {
    assert.equal(verdictAfter([100, 200, 300, 400, 500, 600], reset), 'retry takenOver');
    assert.equal(verdictAfter([100, 200, undefined, 300, undefined, 400]), 'retry takenOver');
    assert.equal(verdictAfter([100, 200, 10_001, 300, 400]), 'retry');
    // Three that are further apart than a minute.
    assert.equal(verdictAfter([100, 200, 300], dropped, 4, 30_000), 'stop');
    assert.equal(verdictAfter([100, 200, 300, 400], dropped, 4, 30_001), 'retry takenOver');
    assert.equal(
      verdictAfter([undefined, undefined, undefined], { kind: 'closedByServer', duringConnect: true }),
      'retry',
    );
  });
});

describe('A refusal of the version', () => {
  it('is said in the words of 5.0 or of 3.1.1, and is nothing else', () => {
    assert.deepEqual(
      [refused(0x84), refused(1, 4), refused(0x80), refused(5, 4), dropped, refused(0x87)].map(
        refusesVersion,
      ),
      [true, true, false, false, false, false],
    );
  });
});
