import type { Auth, Connect } from '../protocol/controlPacket';
import { serverDisconnectViolation } from '../session/disconnectPacket';
import type {
  AccessControl,
  AuthenticationStep,
  Credentials,
  Refusal,
  ServerAuthentication,
  Verdict,
} from './accessControl';
import type { BrokerConnection } from './brokerConnection';

const unspecifiedError = 0x80;
const badUserNameOrPassword = 0x86;
const notAuthorized = 0x87;
const badAuthenticationMethod = 0x8c;

/** A client that may come in. */
export interface Admitted {
  readonly clientIdentifier: string;
  /** It had no identifier of its own. */
  readonly isAssigned: boolean;
  readonly userName: string | undefined;
  /** What goes along with CONNACK (4.12). */
  readonly authenticationData: Uint8Array | undefined;
}

export interface DoorkeeperHost {
  admit(connection: BrokerConnection, packet: Connect, admitted: Admitted): void;
  /** Access control broke; the client was refused. */
  failed(connection: BrokerConnection, error: unknown): void;
  newIdentifier(): string;
}

/** Asks access control about a CONNECT, and leads exchanges of enhanced authentication (4.12). */
export class Doorkeeper {
  constructor(
    private readonly accessControl: AccessControl | undefined,
    private readonly host: DoorkeeperHost,
  ) {}

  connect(connection: BrokerConnection, packet: Connect): void {
    const isAssigned = packet.clientIdentifier === '';
    const clientIdentifier = isAssigned ? this.host.newIdentifier() : packet.clientIdentifier; // [MQTT-3.1.3-6]
    const credentials = credentialsOf(connection, packet, clientIdentifier);
    const admit = (userName: string | undefined, authenticationData?: Uint8Array) => {
      if (connection.hasEnded) return;
      this.host.admit(connection, packet, { clientIdentifier, isAssigned, userName, authenticationData });
    };
    const { authenticationMethod, authenticationData } = packet.properties;
    if (authenticationMethod !== undefined) {
      const method = this.accessControl?.methods?.find(({ method }) => method === authenticationMethod);
      if (!method) return refuse(connection, badAuthenticationMethod); // [MQTT-4.12.0-1]
      this.step(connection, method.begin(credentials), authenticationData, (step) =>
        admit(step.userName, step.data),
      );
      return;
    }
    if (!this.accessControl) return admit(packet.userName);
    const asked = this.accessControl.authenticate(credentials, () => !connection.hasEnded);
    this.settle(connection, asked, (verdict: Verdict) => {
      const answer = typeof verdict === 'boolean' ? undefined : verdict;
      if (verdict === true) admit(packet.userName);
      else if (answer?.isAllowed) admit(answer.userName ?? packet.userName);
      else refuse(connection, answer?.reasonCode ?? badUserNameOrPassword, answer); // [MQTT-3.1.4-2]
    });
  }

  /** AUTH in its turn: the exchange goes on, or the client authenticates again (4.12.1). */
  authenticate(connection: BrokerConnection, packet: Auth): void {
    const { connect, client, session } = connection;
    if (!connect) return;
    const data = packet.properties.authenticationData;
    const isAgain = session !== undefined && client !== undefined;
    if (!isAgain) {
      const exchange = connection.authentication;
      // Before CONNACK what success leads to is known to `connect`, which has begun it.
      if (exchange) this.step(connection, exchange, data, connection.whenAuthenticated);
      return;
    }
    const method = this.accessControl?.methods?.find(
      (each) => each.method === connect.properties.authenticationMethod,
    );
    if (!method) return connection.disconnectNow(notAuthorized, undefined, 'authentication');
    const exchange =
      connection.authentication ?? method.begin(credentialsOf(connection, connect, session.clientIdentifier));
    this.step(connection, exchange, data, (step) => {
      // Somebody else has no business on this connection.
      if (step.userName !== client.userName) return fail(connection, notAuthorized);
      connection.tell({ kind: 'reauthenticated', data: step.data });
    });
  }

  private step(
    connection: BrokerConnection,
    exchange: ServerAuthentication,
    data: Uint8Array | undefined,
    succeed: BrokerConnection['whenAuthenticated'],
  ): void {
    connection.authentication = exchange;
    connection.whenAuthenticated = succeed;
    this.settle(connection, exchange.respond(data), (step: AuthenticationStep) => {
      if (step.kind === 'continue') return connection.tell({ kind: 'challenge', data: step.data });
      connection.authentication = undefined;
      if (step.kind === 'success') succeed(step);
      else fail(connection, step.reasonCode ?? notAuthorized, step.reasonString);
    });
  }

  /** An answer that is there at once keeps nobody waiting for the next turn. */
  private settle<T extends boolean | object>(
    connection: BrokerConnection,
    answer: T | Promise<T>,
    then: (answer: T) => void,
  ): void {
    if (!(answer instanceof Promise)) return then(answer);
    answer.then(then).catch((error: unknown) => {
      fail(connection, unspecifiedError);
      this.host.failed(connection, error);
    });
  }
}

function credentialsOf(connection: BrokerConnection, packet: Connect, clientIdentifier: string): Credentials {
  const { protocolVersion: version, userName, password } = packet;
  return { ...connection.origin, version, clientIdentifier, userName, password };
}

function refuse(
  connection: BrokerConnection,
  reasonCode: number,
  { reasonString }: Partial<Refusal> = {},
): void {
  const properties = reasonString === undefined ? {} : { reasonString };
  connection.tell({ kind: 'refuse', reasonCode, properties });
}

/** [MQTT-4.12.0-4] [MQTT-4.12.1-2] */
function fail(connection: BrokerConnection, reasonCode: number, reasonString?: string): void {
  const cause = 'authentication';
  if (connection.session) {
    // What only CONNACK can say, such as 0x86, is said in the word that DISCONNECT has.
    const code = serverDisconnectViolation(reasonCode, undefined) ? notAuthorized : reasonCode;
    connection.tell({ kind: 'disconnect', reasonCode: code, reasonString, cause });
  } else refuse(connection, reasonCode, reasonString === undefined ? {} : { reasonString });
}
