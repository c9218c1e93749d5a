import * as assert from 'node:assert/strict';
import type { ClientFailure } from '../../src/client/clientFailure';
import { explainClientFailure } from '../../src/ui/reporting/clientFailure';
import { failingProfile as profile } from '../support/failingProfile';
import { tellsEach } from '../support/toldFailures';

const elsewhere = { serverReference: 'other.local:1885' };

describe('A server that refuses a connection or ends it', () => {
  tellsEach([
    [
      { kind: 'refusedByServer', version: 5, reasonCode: 0x86 },
      'refused: bad user name or password (0x86)',
      /broker\.local:1884 refused the connection.*does not accept this user name with this password.*Enter the password again/,
      'setPassword',
    ],
    [
      { kind: 'refusedByServer', version: 4, reasonCode: 4 },
      'refused: bad user name or password (return code 4)',
      /does not accept this user name/,
      'setPassword',
    ],
    [
      { kind: 'refusedByServer', version: 4, reasonCode: 5 },
      'refused: not authorized (return code 5)',
      /wrong password/,
      'setPassword',
    ],
    [
      { kind: 'refusedByServer', version: 5, reasonCode: 0x87 },
      'refused: not authorized (0x87)',
      /does not let this user/,
      'setPassword',
    ],
    [
      { kind: 'refusedByServer', version: 4, reasonCode: 1 },
      'refused: protocol version not accepted (return code 1)',
      /does not speak this version.*Choose another version/,
      'editConnection',
    ],
    [
      { kind: 'refusedByServer', version: 5, reasonCode: 0x84 },
      'refused: protocol version not accepted (0x84)',
      /Choose another version/,
      'editConnection',
    ],
    [
      { kind: 'refusedByServer', version: 3, reasonCode: 2 },
      'refused: Client Identifier not accepted (return code 2)',
      /"clientId"/,
      'openSettings',
    ],
    [
      { kind: 'refusedByServer', version: 5, reasonCode: 0x89 },
      'refused: server busy (0x89)',
      /too much to do/,
      'connect',
    ],
    [
      { kind: 'refusedByServer', version: 5, reasonCode: 0x8a, reasonString: 'ask Bob' },
      'refused: Banned (0x8a)',
      /It says: "ask Bob"/,
      'connect',
    ],
    [
      { kind: 'refusedByServer', version: 4, reasonCode: 99 },
      'refused: reason not known (return code 99)',
      /no more than that code/,
      'connect',
    ],
    [
      { kind: 'refusedByServer', version: 5, reasonCode: 0x9c, serverReference: 'other.local:1885' },
      'refused: use another server (0x9c)',
      /names "other\.local:1885": connecting there changes host and port/,
      'connectElsewhere',
    ],
    [
      { kind: 'refusedByServer', version: 5, reasonCode: 0x9d },
      'refused: server moved (0x9d)',
      /does not name the other one/,
      'editConnection',
    ],
    [
      { kind: 'refusedByServer', version: 5, reasonCode: 0x8c },
      'refused: authentication method not accepted (0x8c)',
      /does not know this way to authenticate/,
      'openSettings',
    ],
    [
      { kind: 'refusedByServer', version: 5, reasonCode: 0x86, ...elsewhere },
      'refused: bad user name or password (0x86)',
      /Enter the password again, .*The server also names another one: "other\.local:1885"\./,
      'setPassword',
    ],
    [
      { kind: 'refusedByServer', version: 5, reasonCode: 0x85, ...elsewhere },
      'refused: Client Identifier not accepted (0x85)',
      /Change or remove "clientId".* also names another one/,
      'openSettings',
    ],
    [
      { kind: 'disconnectedByServer', reasonCode: 0x8e, ...elsewhere },
      'another client uses this Client Identifier (0x8e)',
      /an identifier of its own, .* also names another one/,
      'connect',
    ],
    [
      { kind: 'disconnectedByServer', reasonCode: 0x9d, serverReference: 'other.local' },
      'disconnected by the server: Server moved (0x9d)',
      /wants its clients to go to another one.*names "other\.local": connecting there changes/,
      'connectElsewhere',
    ],
    [
      { kind: 'disconnectedByServer', reasonCode: 0x8e },
      'another client uses this Client Identifier (0x8e)',
      /same Client Identifier/,
      'connect',
    ],
    [
      {
        kind: 'disconnectedByServer',
        reasonCode: 0x8b,
        reasonString: 'at noon',
        userProperties: Array.from({ length: 7 }, (_, index) => ['back', `in ${index}`] as const),
      },
      'disconnected by the server: Server shutting down (0x8b)',
      /It says: "at noon"\. It adds: "back" is "in 0", .*"in 4" and 2 more\./,
      'connect',
    ],
    [
      { kind: 'disconnectedByServer', reasonCode: 0x8b },
      'disconnected by the server: Server shutting down (0x8b)',
      /restarted/,
      'connect',
    ],
    [
      { kind: 'disconnectedByServer', reasonCode: 0x93 },
      'disconnected by the server: Receive Maximum exceeded (0x93)',
      /Open the inspector/,
      'connect',
    ],
  ]);

  for (const [version, reasonCode] of [
    [4, 4],
    [4, 5],
    [5, 0x86],
    [5, 0x87],
  ] as const) {
    it(`asks for a user name where there is none: version ${version}, code ${reasonCode}`, () => {
      const failure: ClientFailure = { kind: 'refusedByServer', version, reasonCode };
      const { next, remedy } = explainClientFailure(failure, { ...profile, userName: undefined });
      assert.match(next, /^Enter a user name/);
      assert.equal(remedy, 'editConnection');
    });
  }
});
