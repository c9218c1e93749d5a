import * as assert from 'node:assert/strict';
import { fakeVscode } from '../support/vscodeFake';
import type * as vscode from 'vscode';
import { ClientError } from '../../src/client/clientFailure';
import { ProtocolViolation } from '../../src/protocol/violations';
import { errorSink } from '../../src/ui/reporting/errorSink';

const cases: readonly (readonly [error: unknown, told: string])[] = [
  [
    new ProtocolViolation({ id: 'sharedSubscriptionNotSupported', offset: 0, value: '$share/g/a' }),
    'The shared subscription "$share/g/a" was sent to a server without them. The Shared Subscription Available of CONNACK is ignored.',
  ],
  [
    new ClientError({
      kind: 'transport',
      failure: { step: 'tcp', code: 'reset', detail: 'read ECONNRESET' },
    }),
    'The connection broke: read ECONNRESET.',
  ],
  [new ClientError({ kind: 'closedByServer', duringConnect: false }), 'The server ended the connection.'],
  [new ClientError({ kind: 'notConnected' }), 'There is no connection, or it ended meanwhile.'],
  [new Error('The disk is full'), 'The disk is full.'],
  ['odd', 'odd.'],
];

describe('An error that nobody foresaw', () => {
  for (const [error, told] of cases) {
    it(`is told in words: ${told}`, () => {
      const { messages } = fakeVscode.window;
      messages.length = 0;
      const logged: string[] = [];
      const log = { error: (text: string) => logged.push(text), show: () => undefined };
      errorSink(log as unknown as vscode.LogOutputChannel)('Subscribe', error);
      assert.equal(messages[0]?.text, `Subscribe failed: ${told} The log has the details.`);
      assert.deepEqual(messages[0].buttons, ['Show Log']);
      assert.match(logged[0] ?? '', /^Subscribe: /);
    });
  }
});
