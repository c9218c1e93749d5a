import * as vscode from 'vscode';
import { proxyText } from '../../transport/endpoint';
import { parseProxyAddress, withoutCredentials } from '../../transport/proxyAddress';
import { agreesTo } from '../reporting/notifications';
import { addressOf, type ConnectionProfile } from './connectionProfile';
import { isInsecure } from './networkProfile';

/**
 * Whether a profile may connect. What the settings of an untrusted workspace say may come from anybody, so a person has
 * to agree to where it leads each time: to the server, and to the proxy that stands before it.
 */
export async function mayConnect(profile: ConnectionProfile): Promise<boolean> {
  if (vscode.workspace.isTrusted || profile.scope === 'user') return true;
  const proxy = ownProxyText(profile);
  const headers = headerNames(profile);
  return agreesTo(
    'Connect',
    `Connect to ${addressOf(profile)}${proxy === undefined ? '' : ` through the proxy ${proxy}`}?`,
    [
      `The connection "${profile.name}" comes from the settings of this workspace, which you have not trusted.`,
      'Connecting tells that server your address, and your user name and password if you stored them for it.',
      ...(proxy === undefined
        ? []
        : [
            `The connection is made by the proxy ${proxy}, which these settings name too: it learns the same of you, and what you stored for it${'tls' in profile.network ? '' : ', and reads everything that is sent'}.`,
          ]),
      ...(headers.length === 0
        ? []
        : [`HTTP headers that these settings contain are sent along: ${headers.join(', ')}.`]),
      ...(isInsecure(profile)
        ? ['Its certificate would not be verified, so anybody in between could read them too.']
        : []),
    ].join(' '),
  );
}

/** The proxy these settings choose, for people; undefined where they choose none and only VS Code's own counts. */
function ownProxyText({ network }: ConnectionProfile): string | undefined {
  if (network.transport === 'unix' || network.proxy === undefined || network.proxy === 'none')
    return undefined;
  const address = parseProxyAddress(network.proxy);
  // One that is not to be understood is not connected to either; the question is asked all the same.
  return typeof address === 'string' ? withoutCredentials(network.proxy) : proxyText(address);
}

function headerNames({ network }: ConnectionProfile): readonly string[] {
  return 'webSocket' in network ? Object.keys(network.webSocket.headers) : [];
}
