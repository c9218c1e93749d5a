import type { TransportSecurity } from '../base/certificate';
import type { ProtocolVersion } from '../protocol/controlPacket';

/** Where a client comes from, known before it has sent anything. */
export interface Origin {
  /** Its address. */
  readonly peer: string;
  /** The name of the listener it came in by. */
  readonly listener: string;
  /** What TLS came to, with the client's certificate where it has shown one; undefined without TLS. */
  readonly security: TransportSecurity | undefined;
}

/** Of a client whose last connection was before a restart. */
export const unknownOrigin: Origin = { peer: 'before the restart', listener: '', security: undefined };

/** What a client shows of itself in CONNECT. */
export interface Credentials extends Origin {
  readonly version: ProtocolVersion;
  /** The one in use: an assigned one where the client had none. */
  readonly clientIdentifier: string;
  readonly userName: string | undefined;
  readonly password: Uint8Array | undefined;
}

/** A client that was let in, as rules about topics see it. */
export interface AdmittedClient {
  readonly clientIdentifier: string;
  /** The one it was let in with, see {@link Admission}. */
  readonly userName: string | undefined;
  readonly origin: Origin;
}

/** Lets a client in. */
export interface Admission {
  readonly isAllowed: true;
  /** Who it is for rules and for people, where that is not the user name of CONNECT: the subject of its certificate, say. */
  readonly userName?: string;
}

/** Keeps a client out. */
export interface Refusal {
  readonly isAllowed: false;
  /** Of CONNACK in 5.0: 0x86 bad user name or password if absent, 0x87 not authorized, 0x8A banned. */
  readonly reasonCode?: number;
  /** For people; sent to clients that ask for such. */
  readonly reasonString?: string;
}

/** `true` admits as whom CONNECT names, `false` refuses with 0x86. */
export type Verdict = boolean | Admission | Refusal;

/** Says who may connect, and who may do what (5.4.1, 5.4.2). Without one everybody may do everything. */
export interface AccessControl {
  /**
   * Called for a CONNECT without an Authentication Method. What it throws or rejects with refuses the client and is reported.
   * @param isWanted whether the connection is still there, so that costly work can be left out where it is not
   */
  authenticate(credentials: Credentials, isWanted?: () => boolean): Verdict | Promise<Verdict>;
  /**
   * Whether the client may publish to this Topic Name; also asked of its will when it connects. Absent: everybody may to
   * everything. It is asked for every message, so it has to be quick.
   */
  mayPublish?(client: AdmittedClient, topicName: string): boolean;
  /** Whether it may have this subscription; the filter is that of a shared one without `$share/name/`. Absent: everybody any. */
  maySubscribe?(client: AdmittedClient, topicFilter: string): boolean;
  /**
   * Whether it may get messages of this Topic Name, whatever it has subscribed to: a Session may be older than the rules, or
   * have been another user's. Asked for every message and receiver; absent: nobody is asked, and everybody gets what it has
   * subscribed to.
   */
  readonly mayReceive?: ((client: AdmittedClient, topicName: string) => boolean) | undefined;
  /** Methods of enhanced authentication (4.12), by Authentication Method. */
  readonly methods?: readonly ServerAuthenticator[];
}

/** A method of enhanced authentication on the server's side (4.12). */
export interface ServerAuthenticator {
  /** The Authentication Method. */
  readonly method: string;
  /** A CONNECT or a re-authentication has begun. */
  begin(credentials: Credentials): ServerAuthentication;
}

/** One exchange of a method. What it throws or rejects with ends it with 0x80 and is reported. */
export interface ServerAuthentication {
  /** Answers what the client sent with CONNECT or AUTH. */
  respond(data: Uint8Array | undefined): AuthenticationStep | Promise<AuthenticationStep>;
}

export type AuthenticationStep =
  /** AUTH 0x18 asks the client to go on. */
  | { readonly kind: 'continue'; readonly data: Uint8Array | undefined }
  /** The client is who it says it is; `data` goes along with CONNACK or AUTH 0x00. */
  | {
      readonly kind: 'success';
      readonly data?: Uint8Array | undefined;
      readonly userName: string | undefined;
    }
  /** `reasonCode` is 0x87 if absent; of CONNACK, or of DISCONNECT when it was authenticated before. */
  | { readonly kind: 'failure'; readonly reasonCode?: number; readonly reasonString?: string };
