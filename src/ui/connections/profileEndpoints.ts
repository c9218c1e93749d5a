import { assertNever } from '../../base/assert';
import type { CertificateSetting } from '../../base/transportFailure';
import type { Endpoint, HostEndpoint, Proxy, TlsOptions, WebSocketOptions } from '../../transport/endpoint';
import { certificatePath } from './certificatePath';
import type { ConnectionProfile } from './connectionProfile';
import { editorProxy, proxyOf, verifiesProxy } from './editorProxy';
import type { Passwords } from './passwords';
import type { TlsProfile } from './tlsProfile';

/** Turns what a profile says into where to connect and how, with the secrets that takes. */
export class ProfileEndpoints {
  constructor(private readonly secrets: Pick<Passwords, 'get'>) {}

  /** Rejects with a {@link TransportFailureError} where a file or proxy cannot be used as it is written. */
  async of(profile: ConnectionProfile): Promise<Endpoint> {
    const { network } = profile;
    switch (network.transport) {
      case 'unix':
        return { kind: 'unix', path: network.socketPath };
      case 'tcp':
        return { kind: 'tcp', ...(await this.way(profile, network.proxy)) };
      case 'tls':
        return {
          kind: 'tls',
          tls: await this.tls(profile, network.tls),
          ...(await this.way(profile, network.proxy)),
        };
      case 'ws':
        return {
          kind: 'ws',
          webSocket: webSocket(profile, network.webSocket),
          ...(await this.way(profile, network.proxy)),
        };
      case 'wss':
        return {
          kind: 'wss',
          webSocket: webSocket(profile, network.webSocket),
          tls: await this.tls(profile, network.tls),
          ...(await this.way(profile, network.proxy)),
        };
      default:
        return assertNever(network);
    }
  }

  private async way(profile: ConnectionProfile, choice: string | undefined): Promise<HostEndpoint> {
    const { host, port } = profile;
    const proxy =
      choice === 'none'
        ? undefined
        : choice === undefined
          ? editorProxy(host, port)
          : await this.ownProxy(profile, choice);
    return { host, port, ...(proxy !== undefined && { proxy }) };
  }

  private async ownProxy(profile: ConnectionProfile, url: string): Promise<Proxy> {
    const password = await this.secrets.get(profile, 'proxyPassword');
    return { ...proxyOf(url), ...(password !== undefined && { password }), verify: verifiesProxy() };
  }

  private async tls(profile: ConnectionProfile, tls: TlsProfile): Promise<TlsOptions> {
    const { serverName, ciphers, alpn, minimumVersion, verify, systemCertificates } = tls;
    const path = (setting: CertificateSetting, written: string) =>
      certificatePath(setting, written, profile.scope);
    const { certificate, key, pfx } = tls;
    const ca = tls.ca.map((file) => path('ca', file));
    const own = {
      ...(certificate !== undefined && { certificate: path('certificate', certificate) }),
      ...(key !== undefined && { key: path('key', key) }),
      ...(pfx !== undefined && { pfx: path('pfx', pfx) }),
    };
    const passphrase = await this.secrets.get(profile, 'passphrase');
    return {
      ...own,
      ca,
      systemCertificates,
      ...(passphrase !== undefined && { passphrase }),
      ...(serverName !== undefined && { serverName }),
      applicationProtocols: alpn,
      minimumVersion,
      ...(ciphers !== undefined && { ciphers }),
      verify,
    };
  }
}

function webSocket(
  { version }: ConnectionProfile,
  { path, headers }: Pick<WebSocketOptions, 'path' | 'headers'>,
): WebSocketOptions {
  return { path, headers, subprotocol: version === '3.1' ? 'mqttv3.1' : 'mqtt' };
}
