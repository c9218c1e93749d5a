import type { Clock } from '../base/clock';
import { PacketWriter } from '../protocol/codec';
import type { Connect, ProtocolVersion, WillMessage } from '../protocol/controlPacket';
import type { Properties } from '../protocol/properties';
import { noProperties } from '../protocol/properties';
import { ProtocolViolation, type Violation } from '../protocol/violations';
import type { CaptureTap, Transport } from '../session/effects';
import type { Negotiated } from '../session/negotiated';
import type { ClientFailure } from './clientFailure';

export interface ClientOptions {
  readonly version: ProtocolVersion;
  readonly clientIdentifier: string;
  /** With false the Session of an earlier connection goes on, if there is one on the server. */
  readonly cleanStart: boolean;
  /** Seconds; 0 is off. */
  readonly keepAlive: number;
  readonly userName?: string;
  readonly password?: Uint8Array;
  readonly will?: WillMessage;
  /** Properties of CONNECT, 5.0 only. */
  readonly properties?: Properties;
  /** How long CONNACK may take, in milliseconds; 10,000 if absent. */
  readonly connectTimeout?: number;
}

export interface ClientDependencies {
  /** Opens a new connection; rejects with a {@link TransportFailureError}. */
  open(): Promise<Transport>;
  readonly clock: Clock;
  /** Called once for each connection. */
  tap?(): CaptureTap;
}

export type ClientState =
  | { readonly state: 'disconnected'; readonly failure?: ClientFailure }
  | { readonly state: 'connecting' }
  | { readonly state: 'connected'; readonly sessionPresent: boolean; readonly negotiated: Negotiated }
  | { readonly state: 'disconnecting' };

/** The CONNECT these options ask for. */
export function connectPacket(options: ClientOptions): Connect {
  const { version, cleanStart, keepAlive, clientIdentifier, will, userName, password, properties } = options;
  return {
    type: 'CONNECT',
    protocolName: version === 3 ? 'MQIsdp' : 'MQTT',
    protocolVersion: version,
    cleanStart,
    keepAlive,
    properties: properties ?? noProperties,
    clientIdentifier,
    will,
    userName,
    password,
  };
}

/** The rule that the CONNECT of these options breaks, so that there is no use in opening a connection for it. */
export function connectViolation(options: ClientOptions): Violation | undefined {
  try {
    new PacketWriter().write(connectPacket(options), options.version);
    return undefined;
  } catch (error) {
    if (error instanceof ProtocolViolation) return error.violation;
    throw error;
  }
}
