/** What a client shows of itself in CONNECT. */
export interface Credentials {
  readonly clientIdentifier: string;
  readonly userName: string | undefined;
  readonly password: Uint8Array | undefined;
  /** Where it connects from. */
  readonly peer: string;
}

/** Says who may connect (5.4.1). Without one everybody may. */
export interface AccessControl {
  authenticate(credentials: Credentials): boolean | Promise<boolean>;
}
