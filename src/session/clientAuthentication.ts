import type { Auth, Connack, Connect } from '../protocol/controlPacket';
import type { Properties } from '../protocol/properties';
import { showHex } from '../protocol/show';
import { ProtocolViolation } from '../protocol/violations';

const success = 0x00;
const continueAuthentication = 0x18;
const reAuthenticate = 0x19;

/** What the server sent of its Authentication Method, for whoever knows that. */
export interface Challenge {
  readonly type: 'challenge';
  /** The server is content: CONNACK, or AUTH with Success. What it sends along may have to prove that it is the server. */
  readonly final: boolean;
  /** Belongs to the receiver. */
  readonly data: Uint8Array | undefined;
  /** Of AUTH or CONNACK. */
  readonly properties: Properties;
}

/** Why an authentication was given up on this side. */
export interface AuthenticationProblem {
  readonly code: AuthenticationProblemCode;
  /** What was found, for people. */
  readonly detail?: string | number;
}

export type AuthenticationProblemCode =
  /** What the server sent is not what the method has it send. */
  | 'malformedChallenge'
  /** The server did not go on from the nonce of this side, which means that it answers somebody else. */
  | 'nonceMismatch'
  /** So few iterations that passwords are guessed from what goes over the wire; `detail` is their number. */
  | 'tooFewIterations'
  /** So many that they are meant to keep this side busy; `detail` is their number. */
  | 'tooManyIterations'
  /** The server did not show that it knows the password. */
  | 'serverNotProven'
  /** The server says in words of the method what is wrong; `detail` has them. */
  | 'refusedByMethod'
  /** User name or password have characters that no two systems would read alike (RFC 4013); `detail` says which. */
  | 'credentialsNotUsable'
  /** The server asks for more, and nobody here can answer. */
  | 'noAuthenticator'
  | 'timedOut'
  /** The authenticator failed in a way of its own; `detail` is its message. */
  | 'failed';

/** The Reason Code of DISCONNECT: a client has no word for a server that is not to be trusted (table 3-10). */
export function reasonCodeOf({ code }: AuthenticationProblem): number {
  return code === 'malformedChallenge' || code === 'nonceMismatch' ? 0x82 : 0x80;
}

interface Completed {
  /** Of the re-authentication that is over, whose last packet had these Properties. */
  readonly ticket: number;
  readonly properties: Properties;
  /** The connection begins with this CONNACK, and goes on with the packets behind it. */
  readonly connack: Connack | undefined;
  readonly backlog: readonly Uint8Array[];
}

/** A client's half of enhanced authentication on one Network Connection (4.12): whose turn it is, and in which words. */
export class ClientAuthentication {
  /** The Authentication Method of CONNECT; undefined where there is none, so that nobody may send AUTH. */
  readonly method: string | undefined;
  /** The server has asked and waits. */
  private owesAnswer = false;
  /** Of the re-authentication that goes on. */
  private ticket = 0;
  /** What the server was content with, until it has proven that it may. */
  private unproven: Connack | Auth | undefined;
  /** Packets behind such a CONNACK: at most what a chunk holds, since no more is read meanwhile. */
  private backlog: Uint8Array[] = [];

  constructor(connect: Connect) {
    this.method = connect.protocolVersion === 5 ? connect.properties.authenticationMethod : undefined;
  }

  get isAgreed(): boolean {
    return this.method !== undefined;
  }

  /** It is this side that keeps the other waiting. */
  get isOwing(): boolean {
    return this.owesAnswer;
  }

  /** Takes a CONNACK that accepts. Throws {@link ProtocolViolation} where it breaks what CONNECT asked for. */
  accepted(packet: Connack): Challenge | undefined {
    const { properties } = packet;
    const { authenticationMethod } = properties;
    if (this.method === undefined) {
      if (authenticationMethod === undefined) return undefined;
      // [MQTT-4.12.0-6]
      throw new ProtocolViolation({
        id: 'authenticationMethodUnasked',
        offset: 0,
        value: authenticationMethod,
      });
    }
    this.checkMethod(authenticationMethod);
    this.takeTurn();
    this.unproven = packet;
    return challenge(true, properties);
  }

  /**
   * Takes an AUTH packet. Throws {@link ProtocolViolation} where it is not the server's turn or not its word.
   * @param connecting CONNACK has not come yet
   */
  challenged(packet: Auth, connecting: boolean): Challenge {
    const { reasonCode, properties } = packet;
    if (reasonCode === reAuthenticate) {
      throw new ProtocolViolation({ id: 'reasonCodeOfOtherSide', offset: 2, value: showHex(reasonCode) });
    }
    if (connecting && reasonCode !== continueAuthentication) {
      // [MQTT-4.12.0-2]
      throw new ProtocolViolation({
        id: 'authenticationReasonCode',
        offset: 2,
        value: showHex(reasonCode),
        subject: 'server',
      });
    }
    // Success that says nothing else may leave everything out (3.15.2.1).
    const short = reasonCode === success && Object.keys(properties).length === 0;
    if (!short) this.checkMethod(properties.authenticationMethod);
    this.takeTurn();
    if (reasonCode === success) this.unproven = packet;
    return challenge(reasonCode === success, properties);
  }

  /** The answer to a challenge [MQTT-4.12.0-3] [MQTT-4.12.0-5]. */
  answer(data: Uint8Array | undefined): Auth {
    if (!this.owesAnswer || this.unproven) throw new Error('an answer to no challenge');
    this.owesAnswer = false;
    return this.packet(continueAuthentication, data);
  }

  /** Begins again; the method stays that of CONNECT [MQTT-4.12.1-1]. */
  begin(ticket: number, data: Uint8Array | undefined): Auth {
    this.ticket = ticket;
    return this.packet(reAuthenticate, data);
  }

  /** Keeps a packet that came behind the CONNACK that is looked at. */
  hold(packet: Uint8Array): void {
    this.backlog.push(packet);
  }

  /** What the server sent last is as it has to be. Returns what goes on: the connection, or the request to authenticate again. */
  completed(): Completed {
    const { ticket, unproven, backlog } = this;
    if (!unproven) throw new Error('nothing to complete');
    this.owesAnswer = false;
    this.unproven = undefined;
    this.ticket = 0;
    this.backlog = [];
    const connack = unproven.type === 'CONNACK' ? unproven : undefined;
    return { ticket, properties: unproven.properties, connack, backlog };
  }

  /** Now this side has to say something; the server must not go on meanwhile. */
  private takeTurn(): void {
    if (this.owesAnswer) {
      const value = 'the one before is not answered yet';
      throw new ProtocolViolation({ id: 'authenticationOutOfTurn', offset: 0, value });
    }
    this.owesAnswer = true;
  }

  private packet(reasonCode: number, authenticationData: Uint8Array | undefined): Auth {
    const { method } = this;
    if (method === undefined)
      throw new ProtocolViolation({ id: 'authenticationNotAgreed', offset: 0, subject: 'client' }); // [MQTT-4.12.0-7]
    return {
      type: 'AUTH',
      reasonCode,
      properties: { authenticationMethod: method, ...(authenticationData && { authenticationData }) },
    };
  }

  private checkMethod(method: string | undefined): void {
    if (method === this.method) return;
    // [MQTT-4.12.0-5]
    throw new ProtocolViolation({ id: 'authenticationMethodChanged', offset: 0, value: method ?? 'none' });
  }
}

/** A challenge with bytes of its own: those it was decoded from are gone after the call. */
function challenge(final: boolean, properties: Properties): Challenge {
  const { authenticationData } = properties;
  const data = authenticationData && new Uint8Array(authenticationData);
  return {
    type: 'challenge',
    final,
    data,
    properties: data ? { ...properties, authenticationData: data } : properties,
  };
}
