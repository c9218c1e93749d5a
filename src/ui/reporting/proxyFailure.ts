import type { ProxyFailure } from '../../base/transportFailure';
import { addressOf, type ConnectionProfile } from '../connections/connectionProfile';
import type { Explanation, Remedy } from './explanation';
import { explainTlsFailure } from './tlsFailure';

/** Why SOCKS 5 proxies do not connect (RFC 1928, section 6). */
const socksReplies: Readonly<Record<number, string>> = {
  1: 'it failed in general',
  2: 'its rules do not allow it',
  3: 'it has no way to that network',
  4: 'it cannot reach that host, or does not know its name',
  5: 'the server refused the connection',
  6: 'the server is too far away',
  7: 'it makes no connections of this kind',
  8: 'it does not know addresses of this kind',
};

/** Why HTTP proxies do not connect, where their status tells. */
const httpStatuses: Readonly<Record<number, string>> = {
  403: 'its rules do not allow it; many let only port 443 through',
  405: 'it makes no tunnels (CONNECT)',
  502: 'it cannot reach the server, or does not know its name',
  503: 'it cannot reach the server, or does not know its name',
  504: 'the server did not answer it in time',
};

/** The way led through a proxy, and ended there. */
export function explainProxyFailure(
  failure: ProxyFailure,
  profile: ConnectionProfile,
  now: number,
): Explanation {
  const { proxy, detail } = failure;
  const address = addressOf(profile);
  const owner = proxyOwner(profile);
  const what = `${address} cannot be reached through the proxy ${proxy}.`;
  switch (failure.code) {
    case 'addressInvalid':
      return {
        short: 'proxy setting not usable',
        what: `Nothing was sent to ${address}: ${owner.setting} cannot be used.`,
        why: detail.endsWith('.') ? detail : `${detail}.`,
        next: `Correct ${owner.setting}.`,
        remedy: owner.remedy,
      };
    case 'authenticationRequired':
      return authenticationText(failure.sentCredentials, what, profile, owner);
    case 'connectRefused': {
      const reason = socksReplies[failure.status] ?? httpStatuses[failure.status];
      return {
        short: `proxy does not connect: ${detail}`,
        what,
        why: `The proxy answered "${detail}"${reason === undefined ? '' : `: ${reason}`}.`,
        next: `Check host and port, ask who runs the proxy, or go without it: "proxy": "none".`,
        remedy: 'editConnection',
      };
    }
    case 'notProxy':
      return {
        short: 'no proxy there',
        what,
        why: `What answers there is no proxy of that kind (${detail}).`,
        next: `Correct ${owner.setting}: an HTTP proxy starts with "http://", a SOCKS 5 proxy with "socks5://".`,
        remedy: owner.remedy,
      };
    case 'tlsFailed': {
      const { short, why } = explainTlsFailure(failure.failure, profile, now);
      return {
        short: `proxy: ${short}`,
        what: `The TLS connection to the proxy ${proxy} failed.`,
        why,
        next: `Correct the proxy's certificate or ${owner.setting}; "http.proxyStrictSSL" of VS Code's settings decides whether it is checked.`,
        remedy: owner.remedy,
      };
    }
    case 'hostNotFound':
      return {
        short: 'proxy not found',
        what,
        why: 'There is no host of that name: it is misspelt, or the name server of this network does not know it.',
        next: `Correct ${owner.setting}, or go without a proxy: "proxy": "none".`,
        remedy: owner.remedy,
      };
    default:
      return {
        short: `proxy failed: ${faultText(failure.code, detail)}`,
        what,
        why: `The connection to the proxy failed: ${faultText(failure.code, detail)}.`,
        next: `Check that the proxy runs, correct ${owner.setting}, or go without a proxy: "proxy": "none".`,
        remedy: owner.remedy,
      };
  }
}

interface ProxyOwner {
  /** How the setting that names the proxy is called, in quotes. */
  readonly setting: string;
  readonly remedy: Remedy;
  /** Whose name the proxy is told; only a connection's own has one in the settings. */
  readonly user: boolean;
}

function proxyOwner({ network }: ConnectionProfile): ProxyOwner {
  const own = 'proxy' in network ? network.proxy : undefined;
  return own === undefined
    ? { setting: '"http.proxy" of VS Code\'s settings', remedy: 'openProxySettings', user: false }
    : {
        setting: '"proxy" of the connection',
        remedy: 'openSettings',
        user: /^[^/]*\/\/[^/@]+@/.test(own),
      };
}

function authenticationText(
  sentCredentials: boolean,
  what: string,
  profile: ConnectionProfile,
  owner: ProxyOwner,
): Explanation {
  const short = sentCredentials ? 'proxy: wrong user name or password' : 'proxy wants a user name';
  const why = sentCredentials
    ? 'The proxy does not accept this user name with this password.'
    : 'The proxy lets only those through who say who they are.';
  if (owner.user) {
    return {
      short: sentCredentials ? short : 'proxy wants a password',
      what,
      why,
      next: "Enter the proxy's password; it is kept in the secret storage.",
      remedy: 'enterProxyPassword',
    };
  }
  const next =
    owner.remedy === 'openProxySettings'
      ? 'Write user name and password into "http.proxy" of VS Code\'s settings, or set "http.proxyAuthorization".'
      : `Write the user name into "proxy" of "${profile.name}", such as http://ada@proxy:3128; its password is asked for.`;
  return { short, what, why, next, remedy: owner.remedy };
}

function faultText(code: ProxyFailure['code'], detail: string): string {
  const texts: Readonly<Partial<Record<ProxyFailure['code'], string>>> = {
    refused: 'nothing listens there',
    unreachable: 'there is no way to that network',
    timedOut: 'it did not answer in time',
    reset: 'it was cut off',
    closed: 'the proxy ended it without an answer',
    notPermitted: 'the system does not permit it',
  };
  return texts[code] ?? detail;
}
