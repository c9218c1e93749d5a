import assert from 'node:assert/strict';
import { packetTypeNames } from '../../src/protocol/controlPacket';
import type { PacketType, ProtocolVersion } from '../../src/protocol/controlPacket';
import type { ListeningPhase } from '../../src/session/transitions';
import type { ServerListeningPhase } from '../../src/session/transitions';
import { clientTransitions, serverTransition } from '../../src/session/transitions';

const packetTypes = packetTypeNames.filter((name): name is PacketType => name !== 'RESERVED');

/** The packets that lead somewhere, and the rule that all others break, except for those that are named. */
interface Row {
  readonly accepted: string;
  readonly otherwise: string;
  readonly exceptions?: Readonly<Partial<Record<PacketType, string>>>;
}

const both = 'PUBLISH PUBACK PUBREC PUBREL PUBCOMP';

const clientRows: readonly (readonly [phase: ListeningPhase, ProtocolVersion, Row, authenticates?: true])[] =
  [
    ...([3, 4, 5] as const).map(
      (version) =>
        [
          'awaitingConnack',
          version,
          {
            accepted: 'CONNACK',
            otherwise: 'packetBeforeConnack',
            exceptions: { AUTH: 'authenticationNotAgreed' }, // [MQTT-4.12.0-6]
          },
        ] as const,
    ),
    ...([3, 4, 5] as const).map(
      (version) =>
        [
          'connected',
          version,
          {
            accepted: `${both} SUBACK UNSUBACK PINGRESP${version === 5 ? ' DISCONNECT' : ''}`,
            otherwise: 'packetFromClientToClient',
            exceptions: { CONNACK: 'secondConnack', AUTH: 'authenticationNotAgreed' }, // [MQTT-3.2.0-2] [MQTT-4.12.0-6]
          },
        ] as const,
    ),
  ];

const authenticatingRow: Row = { accepted: 'CONNACK AUTH', otherwise: 'packetBeforeConnack' };
const connectedAccepts = `${both} SUBACK UNSUBACK PINGRESP DISCONNECT`;
/** Where CONNECT named an Authentication Method (4.12). */
const authenticatingRows: typeof clientRows = [
  ['awaitingConnack', 5, authenticatingRow, true],
  ['authenticating', 5, authenticatingRow, true],
  [
    'connected',
    5,
    {
      accepted: connectedAccepts,
      otherwise: 'packetFromClientToClient',
      exceptions: { CONNACK: 'secondConnack', AUTH: 'authenticationOutOfTurn' },
    },
    true,
  ],
  [
    'reauthenticating',
    5,
    {
      accepted: `${connectedAccepts} AUTH`,
      otherwise: 'packetFromClientToClient',
      exceptions: { CONNACK: 'secondConnack' },
    },
    true,
  ],
];

const serverRows: readonly (readonly [ServerListeningPhase, Row])[] = [
  ['awaitingConnect', { accepted: 'CONNECT', otherwise: 'firstPacketNotConnect' }],
  [
    'connected',
    {
      accepted: `${both} SUBSCRIBE UNSUBSCRIBE PINGREQ DISCONNECT AUTH`,
      otherwise: 'packetFromServerToServer',
      exceptions: { CONNECT: 'secondConnect' }, // [MQTT-3.1.0-2]
    },
  ],
  [
    'authenticating',
    {
      accepted: 'AUTH DISCONNECT',
      otherwise: 'packetBeforeAuthenticated', // [MQTT-3.1.2-30]
      exceptions: {
        CONNECT: 'secondConnect',
        CONNACK: 'packetFromServerToServer',
        SUBACK: 'packetFromServerToServer',
        UNSUBACK: 'packetFromServerToServer',
        PINGRESP: 'packetFromServerToServer',
      },
    },
  ],
];

function verdicts({ accepted, otherwise, exceptions }: Row): Record<string, string> {
  return Object.fromEntries(
    packetTypes.map((type) => [
      type,
      accepted.split(' ').includes(type) ? 'accepted' : (exceptions?.[type] ?? otherwise),
    ]),
  );
}

describe('The table of transitions', () => {
  for (const [phase, version, row, authenticates] of [...clientRows, ...authenticatingRows]) {
    const how = authenticates ? ' with a method' : '';
    it(`says for a client that is ${phase} in version ${version}${how} what each packet leads to`, () => {
      const actual = packetTypes.map((type) => {
        const transition = clientTransitions(phase, version, authenticates)[type];
        return [type, 'violation' in transition ? transition.violation : 'accepted'];
      });
      assert.deepEqual(Object.fromEntries(actual), verdicts(row));
    });
  }

  for (const [phase, row] of serverRows) {
    it(`says for a server that is ${phase} what each packet leads to`, () => {
      const actual = packetTypes.map((type) => {
        const transition = serverTransition(phase, type);
        return [type, 'violation' in transition ? transition.violation : 'accepted'];
      });
      assert.deepEqual(Object.fromEntries(actual), verdicts(row));
    });
  }

  it('ends a connection with DISCONNECT, and begins one with CONNECT and CONNACK', () => {
    assert.deepEqual(
      [
        clientTransitions('awaitingConnack', 5).CONNACK,
        clientTransitions('connected', 5).DISCONNECT,
        serverTransition('awaitingConnect', 'CONNECT'),
        serverTransition('connected', 'DISCONNECT'),
      ],
      [{ to: 'connected' }, { to: 'closed' }, { to: 'deciding' }, { to: 'closed' }],
    );
  });
});
