import type { ConnectionProfile } from './connectionProfile';

/**
 * The key of a connection's password in the secret storage. It binds the password to everything that decides who gets
 * it: a profile of the same name in other settings, or one whose host, port or user name somebody changed by hand, has
 * another key and so no password until a person enters one. `workspace` is the URI of the workspace, which a profile of
 * workspace settings carries along.
 */
export function passwordKey(profile: ConnectionProfile, workspace: string): string {
  const { scope, name, host, port, userName } = profile;
  const owner = scope === 'workspace' ? workspace : '';
  return `mqttWorkbench.password.${JSON.stringify([scope, owner, name, host.toLowerCase(), port, userName ?? ''])}`;
}
