import type { Auth, Connect } from '../protocol/controlPacket';
import type { Properties } from '../protocol/properties';
import { showHex } from '../protocol/show';
import { ProtocolViolation } from '../protocol/violations';

const success = 0x00;
const continueAuthentication = 0x18;
const reAuthenticate = 0x19;

/** A server's half of enhanced authentication on one Network Connection (4.12): whose turn it is, and in which words. */
export class ServerAuthentication {
  /** The Authentication Method of CONNECT; undefined where there is none, so that nobody may send AUTH. */
  readonly method: string | undefined;
  /** Who has to speak next while an exchange goes on. */
  private turn: 'client' | 'server' | undefined;

  constructor(connect: Connect) {
    this.method = connect.protocolVersion === 5 ? connect.properties.authenticationMethod : undefined;
    if (this.method !== undefined) this.turn = 'server';
  }

  /**
   * Takes an AUTH of the client, and returns it with bytes of its own: a method may take its time.
   * @throws ProtocolViolation where it is not its turn or not its word
   */
  received(packet: Auth, isConnected: boolean): Auth {
    const { reasonCode, properties } = packet;
    if (this.method === undefined) {
      // [MQTT-4.12.0-7]
      throw new ProtocolViolation({ id: 'authenticationNotAgreed', offset: 0, subject: 'client' });
    }
    if (properties.authenticationMethod !== this.method) {
      const value = properties.authenticationMethod ?? 'none';
      throw new ProtocolViolation({ id: 'authenticationMethodChanged', offset: 0, value }); // [MQTT-4.12.0-5] [MQTT-4.12.1-1]
    }
    const value = showHex(reasonCode);
    if (reasonCode === success) {
      throw new ProtocolViolation({ id: 'reasonCodeOfOtherSide', offset: 2, value });
    }
    if (!isConnected && reasonCode !== continueAuthentication) {
      // [MQTT-4.12.0-3]
      throw new ProtocolViolation({ id: 'authenticationReasonCode', offset: 2, value, subject: 'client' });
    }
    const isDue = reasonCode === reAuthenticate ? this.turn === undefined : this.turn === 'client';
    if (!isDue) {
      const value = this.turn === 'server' ? 'the one before is not answered yet' : 'nothing was asked for';
      throw new ProtocolViolation({ id: 'authenticationOutOfTurn', offset: 0, value });
    }
    this.turn = 'server';
    const { authenticationData } = properties;
    const own = authenticationData && { authenticationData: new Uint8Array(authenticationData) };
    return { ...packet, properties: { ...properties, ...own } };
  }

  /** Asks the client to go on [MQTT-4.12.0-2]. */
  challenge(data: Uint8Array | undefined): Auth {
    this.turn = 'client';
    return { type: 'AUTH', reasonCode: continueAuthentication, properties: this.properties(data) };
  }

  /** The client has authenticated again. */
  completed(data: Uint8Array | undefined): Auth {
    this.turn = undefined;
    return { type: 'AUTH', reasonCode: success, properties: this.properties(data) };
  }

  /** What CONNACK carries of it; the exchange is over [MQTT-4.12.0-5] [MQTT-4.12.0-6]. */
  accepted(data: Uint8Array | undefined): Properties {
    this.turn = undefined;
    return this.method === undefined ? {} : this.properties(data);
  }

  private properties(authenticationData: Uint8Array | undefined): Properties {
    const { method } = this;
    if (method === undefined) throw new Error('an authentication nobody has asked for');
    return { authenticationMethod: method, ...(authenticationData && { authenticationData }) };
  }
}
