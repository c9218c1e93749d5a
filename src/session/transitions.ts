import type { PacketType, ProtocolVersion } from '../protocol/controlPacket';
import type { ViolationId } from '../protocol/violations';

/**
 * `idle` before CONNECT was sent, `closed` once nothing may be sent or is listened to any more. `authenticating`: the server
 * has asked for more than CONNECT before its CONNACK. `verifying`: CONNACK accepts, and what it brings to prove the server is
 * looked at; what arrives meanwhile waits. `reauthenticating`: connected, with an exchange of AUTH going on.
 */
export type ClientPhase =
  'idle' | 'awaitingConnack' | 'authenticating' | 'verifying' | 'connected' | 'reauthenticating' | 'closed';

/** The phases in which a client hears packets. */
export type ListeningPhase = Extract<
  ClientPhase,
  'awaitingConnack' | 'authenticating' | 'connected' | 'reauthenticating'
>;

/**
 * `deciding`: CONNECT, or AUTH before CONNACK, was handed on and its answer is not known; what arrives meanwhile waits.
 * `authenticating`: the client was asked for more than CONNECT before its CONNACK.
 */
export type ServerPhase = 'awaitingConnect' | 'deciding' | 'authenticating' | 'connected' | 'closed';

/** The phases in which a server hears packets. */
export type ServerListeningPhase = Exclude<ServerPhase, 'deciding' | 'closed'>;

/** What a packet leads to in a phase: the next phase, or the rule it breaks. */
export type Transition<Phase> = { readonly to: Phase } | { readonly violation: ViolationId };

/** What each packet leads to in one phase. */
export type Row<Phase> = Readonly<Record<PacketType, Transition<Phase>>>;

const breaks = (violation: ViolationId) => ({ violation });

function everyPacket<Phase>(transition: Transition<Phase>): Row<Phase> {
  return {
    CONNECT: transition,
    CONNACK: transition,
    PUBLISH: transition,
    PUBACK: transition,
    PUBREC: transition,
    PUBREL: transition,
    PUBCOMP: transition,
    SUBSCRIBE: transition,
    SUBACK: transition,
    UNSUBSCRIBE: transition,
    UNSUBACK: transition,
    PINGREQ: transition,
    PINGRESP: transition,
    DISCONNECT: transition,
    AUTH: transition,
  };
}

const authenticationNotAgreed = breaks('authenticationNotAgreed'); // [MQTT-4.12.0-6] [MQTT-4.12.0-7]
const onlyClientsSend = breaks('packetFromClientToClient');
const onlyServersSend = breaks('packetFromServerToServer');

const clientConnected: Row<ClientPhase> = {
  ...everyPacket<ClientPhase>({ to: 'connected' }),
  CONNACK: breaks('secondConnack'), // [MQTT-3.2.0-2]
  CONNECT: onlyClientsSend,
  SUBSCRIBE: onlyClientsSend,
  UNSUBSCRIBE: onlyClientsSend,
  PINGREQ: onlyClientsSend,
  DISCONNECT: { to: 'closed' },
  AUTH: authenticationNotAgreed,
};

/** What a client does with each packet from the server. */
const clientTable = {
  awaitingConnack: {
    ...everyPacket<ClientPhase>(breaks('packetBeforeConnack')), // [MQTT-3.2.0-1]
    CONNACK: { to: 'connected' },
    AUTH: authenticationNotAgreed,
  },
  // CONNECT named an Authentication Method (4.12).
  authenticating: {
    ...everyPacket<ClientPhase>(breaks('packetBeforeConnack')),
    CONNACK: { to: 'verifying' },
    AUTH: { to: 'authenticating' },
  },
  // Only 5.0 lets a server say why it goes (3.14).
  connected: { ...clientConnected, DISCONNECT: onlyClientsSend },
  connected5: clientConnected,
  // Only a client begins to authenticate again (4.12.1).
  authenticated: { ...clientConnected, AUTH: breaks('authenticationOutOfTurn') },
  reauthenticating: {
    ...everyPacket<ClientPhase>({ to: 'reauthenticating' }),
    CONNACK: clientConnected.CONNACK,
    CONNECT: onlyClientsSend,
    SUBSCRIBE: onlyClientsSend,
    UNSUBSCRIBE: onlyClientsSend,
    PINGREQ: onlyClientsSend,
    DISCONNECT: { to: 'closed' },
  },
} as const satisfies Record<string, Row<ClientPhase>>;

/** What a server does with each packet from a client. */
const serverTable: Readonly<Record<ServerListeningPhase, Row<ServerPhase>>> = {
  awaitingConnect: {
    ...everyPacket<ServerPhase>(breaks('firstPacketNotConnect')), // [MQTT-3.1.0-1]
    CONNECT: { to: 'deciding' },
  },
  authenticating: {
    ...everyPacket<ServerPhase>(breaks('packetBeforeAuthenticated')), // [MQTT-3.1.2-30]
    CONNECT: breaks('secondConnect'),
    CONNACK: onlyServersSend,
    SUBACK: onlyServersSend,
    UNSUBACK: onlyServersSend,
    PINGRESP: onlyServersSend,
    DISCONNECT: { to: 'closed' },
    AUTH: { to: 'deciding' },
  },
  // Whether AUTH is agreed on, and whose turn it is, the exchange itself knows.
  connected: {
    ...everyPacket<ServerPhase>({ to: 'connected' }),
    CONNECT: breaks('secondConnect'), // [MQTT-3.1.0-2]
    CONNACK: onlyServersSend,
    SUBACK: onlyServersSend,
    UNSUBACK: onlyServersSend,
    PINGRESP: onlyServersSend,
    DISCONNECT: { to: 'closed' },
  },
};

/** @param authenticates CONNECT named an Authentication Method, which exists in 5.0 only */
export function clientTransitions(
  phase: ListeningPhase,
  version: ProtocolVersion,
  authenticates = false,
): Row<ClientPhase> {
  return clientTable[clientRow(phase, version, authenticates)];
}

function clientRow(
  phase: ListeningPhase,
  version: ProtocolVersion,
  authenticates: boolean,
): keyof typeof clientTable {
  if (phase === 'awaitingConnack') return authenticates ? 'authenticating' : phase;
  if (phase !== 'connected' || version !== 5) return phase;
  return authenticates ? 'authenticated' : 'connected5';
}

export function serverTransition(phase: ServerListeningPhase, packet: PacketType): Transition<ServerPhase> {
  return serverTable[phase][packet];
}
