import { assertNever } from '../../base/assert';
import type { SocketFailure, TransportFailure } from '../../base/transportFailure';
import { defaultPorts } from '../../contributions/networkSettings';
import { addressOf, type ConnectionProfile } from '../connections/connectionProfile';
import { explainCertificateFile } from './certificateFileFailure';
import type { Explanation } from './explanation';
import { explainProxyFailure } from './proxyFailure';
import { explainTlsFailure } from './tlsFailure';
import { explainWebSocketFailure } from './webSocketFailure';

/**
 * Why there is no stream of bytes to the server, or why it broke, by the step that failed.
 * @param now milliseconds since the epoch, to tell which certificate of a chain has expired
 */
export function explainTransportFailure(
  failure: TransportFailure,
  profile: ConnectionProfile,
  now = Date.now(),
): Explanation {
  switch (failure.step) {
    case 'certificateFile':
      return explainCertificateFile(failure, profile);
    case 'nameResolution':
    case 'tcp':
      return explainSocketFailure(failure, profile);
    case 'proxy':
      return explainProxyFailure(failure, profile, now);
    case 'tls':
      return explainTlsFailure(failure, profile, now);
    case 'webSocket':
      return explainWebSocketFailure(failure, profile);
    default:
      return assertNever(failure);
  }
}

/** Where plain TCP goes to the port that is registered for MQTT over TLS, that is most likely what is wrong; else empty. */
export function usualTlsNote({ network, port }: ConnectionProfile): string {
  return network.transport === 'tcp' && port === defaultPorts.tls
    ? `Port ${port} is usually for TLS, and this connection speaks without it.`
    : '';
}

function explainSocketFailure(failure: SocketFailure, profile: ConnectionProfile): Explanation {
  const address = addressOf(profile);
  const { host, port, network } = profile;
  const isUnix = network.transport === 'unix';
  switch (failure.code) {
    case 'noSuchSocket':
      return {
        short: 'no such Unix socket',
        what: `There is no Unix socket at ${address}.`,
        why: 'The server does not run, makes its socket elsewhere, or the path leads to an ordinary file.',
        next: 'Start the server, or correct the path.',
        remedy: 'editConnection',
      };
    case 'refused':
      if (isUnix) {
        return {
          short: `refused: nothing listens on ${address}`,
          what: `${address} refused the connection.`,
          why: 'The socket is there, but no server listens on it any more.',
          next: 'Start the server, or correct the path.',
          remedy: 'editConnection',
        };
      }
      return {
        short: `refused: nothing listens on ${address}`,
        what: `${address} refused the connection.`,
        why: `The computer is there, but nothing listens on port ${port}.`,
        next: 'Start the server there, or correct the port.',
        remedy: 'editConnection',
      };
    case 'hostNotFound':
      return {
        short: `host not found: ${host}`,
        what: `There is no host called "${host}".`,
        why: 'The name is misspelt, or the name server of this network does not know it.',
        next: "Correct the name or use the server's address.",
        remedy: 'editConnection',
      };
    case 'unreachable':
      return {
        short: `unreachable: ${isUnix ? address : host}`,
        what: `${address} cannot be reached.`,
        why: 'This computer has no way to that network: the cable, Wi-Fi or VPN may be missing.',
        next: 'Check the network, then connect again.',
        remedy: 'connect',
      };
    case 'timedOut':
      if (failure.step === 'nameResolution') {
        return {
          short: `no address for ${host} in time`,
          what: `Nobody told the address of "${host}" in time.`,
          why: 'The name server of this network does not answer: it is down, or the network or VPN it belongs to is missing.',
          next: "Check the network, or use the server's address in place of its name.",
          remedy: 'connect',
        };
      }
      return {
        short: `no answer from ${address}`,
        what: `${address} did not answer in time.`,
        why: 'The host is switched off, in another network, or a firewall swallows the connection.',
        next: 'Check the address and the firewall, then connect again.',
        remedy: 'connect',
      };
    case 'closed':
    case 'reset': {
      const tls = usualTlsNote(profile);
      if (tls !== '') {
        return {
          short: 'connection dropped: reset by the server',
          what: `The connection to ${address} was reset.`,
          why: `${tls} If it is not, the server's process ended, or something between cut the connection.`,
          next: 'Choose TLS as the transport, or check that the server runs.',
          remedy: 'editConnection',
        };
      }
      return {
        short: 'connection dropped: reset by the server',
        what: `The connection to ${address} was reset.`,
        why:
          network.transport === 'tcp'
            ? "The server's process ended, something between cut the connection, or the port expects TLS."
            : "The server's process ended, or something between cut the connection.",
        next: 'Check that the server runs, then connect again.',
        remedy: 'connect',
      };
    }
    case 'notPermitted':
      return {
        short: `not permitted: ${address}`,
        what: `The system did not let VS Code connect to ${address}.`,
        why: isUnix
          ? 'The permissions of the socket do not let this user in.'
          : 'A firewall or policy of this computer forbids it.',
        next: 'Allow the connection there, then connect again.',
        remedy: 'connect',
      };
    case 'optionsInvalid':
      return {
        short: `cannot be tried: ${failure.detail}`,
        what: `The connection to ${address} cannot even be tried.`,
        why: `A setting of it makes no sense (${failure.detail}).`,
        next: 'Correct host and port, then connect again.',
        remedy: 'editConnection',
      };
    case 'addressInUse':
    case 'other':
      return {
        short: `connection failed: ${failure.detail}`,
        what: `The connection to ${address} failed.`,
        why: `The system says: ${failure.detail}.`,
        next: 'Check host, port and network, then connect again.',
        remedy: 'connect',
      };
    default:
      return assertNever(failure.code);
  }
}
