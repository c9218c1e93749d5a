import assert from 'node:assert/strict';
import type { ClientFailure, PublishFailure } from '../../src/client/mqttClient';
import { ClientError, PublishError, RequestError } from '../../src/client/mqttClient';

const reason = { reasonCode: 0x87, reasonString: 'secret' } as const;

describe('The message of an error of the client', () => {
  const clientFailures: readonly (readonly [ClientFailure, message: string])[] = [
    [{ kind: 'notConnected' }, 'not connected'],
    [{ kind: 'refusedByServer', version: 5, ...reason }, 'refused by the server: 0x87 Not authorized'],
    [
      { kind: 'refusedByServer', version: 4, reasonCode: 5 },
      'refused by the server: return code 5 Connection Refused, not authorized',
    ],
    [{ kind: 'refusedByServer', version: 5, reasonCode: 0xfe }, 'refused by the server: 0xfe unknown'],
    [
      { kind: 'disconnectedByServer', reasonCode: 0x8e, reasonString: 'secret' },
      'disconnected by the server: 0x8e Session taken over',
    ],
    [
      { kind: 'transport', failure: { step: 'nameResolution', code: 'hostNotFound', detail: 'secret' } },
      'the connection failed (nameResolution): host not found',
    ],
    [
      {
        kind: 'transport',
        failure: {
          ...{ step: 'tls', code: 'certificateRejected', detail: 'CERT_HAS_EXPIRED' },
          certificate: undefined,
        },
      },
      'the connection failed (tls): certificate rejected (CERT_HAS_EXPIRED)',
    ],
    [
      {
        kind: 'transport',
        failure: { step: 'webSocket', code: 'upgradeRefused', status: 404, detail: 'secret' },
      },
      'the connection failed (webSocket): upgrade refused (404)',
    ],
    [
      {
        kind: 'transport',
        failure: {
          ...{ step: 'proxy', code: 'tlsFailed', detail: 'secret', proxy: 'https://secret' },
          failure: { step: 'tls', code: 'alert', alert: 48, detail: 'secret' },
        },
      },
      'the connection failed (proxy): tls failed: alert (48)',
    ],
    [{ kind: 'closedByServer', duringConnect: false }, 'closed by the server'],
    [{ kind: 'closedByServer', duringConnect: true }, 'closed by the server without an answer to CONNECT'],
    [
      { kind: 'storeFailed', failure: { code: 'full', detail: '/home/secret' } },
      'the session cannot be kept: full',
    ],
    [
      { kind: 'authenticationFailed', problem: { code: 'refusedByMethod', detail: 'secret' } },
      'the authentication failed: refused by method',
    ],
  ];
  const publishFailures: readonly (readonly [PublishFailure, message: string])[] = [
    [
      { kind: 'queueFull', bound: { messages: 10, bytes: 2560 } },
      'the queue is full: 10 messages or 2560 bytes',
    ],
    [{ kind: 'tooManyRequests', outstanding: 65_535 }, '65535 requests wait already'],
    [{ kind: 'expired' }, 'the message expired before it could be sent'],
    [{ kind: 'unencodable', detail: 'secret' }, 'the message cannot be put into a packet'],
  ];
  const errors = [
    ...clientFailures.map(([failure, message]) => [new ClientError(failure), message] as const),
    ...publishFailures.map(([failure, message]) => [new PublishError(failure), message] as const),
    [
      new RequestError({ kind: 'requestRefused', ...reason }),
      'the request was refused: 0x87 Not authorized',
    ] as const,
    [new RequestError({ kind: 'timedOut', milliseconds: 5 }), 'no response within 5 ms'] as const,
  ];
  for (const [error, message] of errors) {
    it(`says "${message}", and nothing that somebody else wrote`, () => {
      assert.equal(error.message, message);
      assert.ok(!error.message.includes('secret'));
    });
  }

  it('names the rule that is broken without what broke it', () => {
    const violation = { id: 'topicNameWildcard', offset: 2, value: 'secret' } as const;
    for (const kind of ['protocol', 'connectNotSendable'] as const) {
      const { message } = new ClientError({ kind, violation });
      assert.match(message, /^(protocol error|CONNECT cannot be sent): .*[Tt]opic/);
      assert.ok(!message.includes('secret'));
    }
  });
});
