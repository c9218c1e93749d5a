import type { ConnectionProfile } from './connectionProfile';
import { secretFileOf } from './tlsProfile';

/** What is kept in the secret storage for a connection: its own password, the passphrase of its key, the proxy's password. */
export const secretKinds = ['password', 'passphrase', 'proxyPassword'] as const;
export type SecretKind = (typeof secretKinds)[number];

/**
 * The key of a connection's password in the secret storage. It binds the password to everything that decides who gets
 * it: a profile of the same name in other settings, or one whose host, port, way to the server, user name or authentication
 * somebody changed by hand, has another key and so no password until a person enters one. `workspace` is the URI of the workspace,
 * which a profile of workspace settings carries along.
 */
export function passwordKey(profile: ConnectionProfile, workspace: string): string {
  const { host, port, userName, connect } = profile;
  // What was entered for a proof alone is not to be sent because somebody takes the proof away.
  const proof = connect?.authentication;
  return keyOf(profile, workspace, 'password', [
    ...[host.toLowerCase(), port, userName ?? ''],
    ...wayOf(profile),
    ...(proof === undefined ? [] : [proof]),
  ]);
}

/** The key of any secret of a connection; undefined where it has no use for one of that kind. */
export function secretKey(
  kind: SecretKind,
  profile: ConnectionProfile,
  workspace: string,
): string | undefined {
  if (kind === 'password') return passwordKey(profile, workspace);
  const { network } = profile;
  if (kind === 'passphrase') {
    const file = 'tls' in network ? secretFileOf(network.tls) : undefined;
    return file === undefined ? undefined : keyOf(profile, workspace, kind, [file]);
  }
  // The URL names the user, whose password it is.
  const proxy = 'proxy' in network ? network.proxy : undefined;
  return proxy?.includes('@') === true ? keyOf(profile, workspace, kind, [proxy]) : undefined;
}

function keyOf(
  { scope, name }: ConnectionProfile,
  workspace: string,
  kind: SecretKind,
  parts: readonly unknown[],
): string {
  const owner = scope === 'workspace' ? workspace : '';
  return `mqttWorkbench.${kind}.${JSON.stringify([scope, owner, name, ...parts])}`;
}

/** What protects a password on its way, in the form it counts in; nothing for plain TCP, which protects nothing. */
function wayOf({ network }: ConnectionProfile): readonly unknown[] {
  if (network.transport === 'unix') return [network.transport, network.socketPath];
  const { transport, proxy = '' } = network;
  if (!('tls' in network)) return transport === 'tcp' && proxy === '' ? [] : [transport, proxy];
  const { verify, ca, systemCertificates, serverName = '' } = network.tls;
  return [transport, proxy, verify, ca, systemCertificates, serverName];
}
