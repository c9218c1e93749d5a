import type { PacketType, ProtocolVersion } from '../protocol/controlPacket';
import type { ViolationId } from '../protocol/violations';

/** `idle` before CONNECT was sent, `closed` once nothing may be sent or is listened to any more. */
export type ClientPhase = 'idle' | 'awaitingConnack' | 'connected' | 'closed';

/** `deciding`: CONNECT was handed on and its answer is not known; what arrives meanwhile waits. */
export type ServerPhase = 'awaitingConnect' | 'deciding' | 'connected' | 'closed';

/** What a packet leads to in a phase: the next phase, or the rule it breaks. */
export type Transition<Phase> = { readonly to: Phase } | { readonly violation: ViolationId };

type Row<Phase> = Readonly<Record<PacketType, Transition<Phase>>>;

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
const clientTable: Readonly<Record<'awaitingConnack' | 'connected' | 'connected5', Row<ClientPhase>>> = {
  awaitingConnack: {
    ...everyPacket<ClientPhase>(breaks('packetBeforeConnack')), // [MQTT-3.2.0-1]
    CONNACK: { to: 'connected' },
    AUTH: authenticationNotAgreed,
  },
  // Only 5.0 lets a server say why it goes (3.14).
  connected: { ...clientConnected, DISCONNECT: onlyClientsSend },
  connected5: clientConnected,
};

/** What a server does with each packet from a client. */
const serverTable: Readonly<Record<'awaitingConnect' | 'connected', Row<ServerPhase>>> = {
  awaitingConnect: {
    ...everyPacket<ServerPhase>(breaks('firstPacketNotConnect')), // [MQTT-3.1.0-1]
    CONNECT: { to: 'deciding' },
  },
  connected: {
    ...everyPacket<ServerPhase>({ to: 'connected' }),
    CONNECT: breaks('secondConnect'), // [MQTT-3.1.0-2]
    CONNACK: onlyServersSend,
    SUBACK: onlyServersSend,
    UNSUBACK: onlyServersSend,
    PINGRESP: onlyServersSend,
    DISCONNECT: { to: 'closed' },
    AUTH: authenticationNotAgreed,
  },
};

export function clientTransition(
  phase: 'awaitingConnack' | 'connected',
  packet: PacketType,
  version: ProtocolVersion,
): Transition<ClientPhase> {
  return clientTable[phase === 'connected' && version === 5 ? 'connected5' : phase][packet];
}

export function serverTransition(
  phase: 'awaitingConnect' | 'connected',
  packet: PacketType,
): Transition<ServerPhase> {
  return serverTable[phase][packet];
}
