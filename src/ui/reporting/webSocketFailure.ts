import { binaryFramesClause, type WebSocketFailure } from '../../base/transportFailure';
import { addressOf, type ConnectionProfile } from '../connections/connectionProfile';
import type { Explanation } from './explanation';

/** There is a stream to the server, but no WebSocket on it, or no longer. */
export function explainWebSocketFailure(failure: WebSocketFailure, profile: ConnectionProfile): Explanation {
  const address = addressOf(profile);
  const { detail } = failure;
  const what = `The WebSocket to ${address} was not opened.`;
  switch (failure.code) {
    case 'upgradeRefused': {
      const status = `HTTP ${failure.status} ${detail}`.trim();
      return {
        short: `WebSocket refused: ${status}`,
        what,
        ...upgradeAdvice(failure.status, status, profile),
      };
    }
    case 'notWebSocket':
      return {
        short: 'no WebSocket there',
        what,
        why: `What answers on port ${profile.port} speaks no WebSocket (${detail}).`,
        next: 'Correct the port, or choose another transport: MQTT over TCP usually listens on port 1883.',
        remedy: 'editConnection',
      };
    case 'subprotocolRefused':
      return {
        short: 'the WebSocket is not for MQTT',
        what,
        why: `The server did not agree to speak MQTT over it (${detail}).`,
        next: 'Correct the path: this one leads to something else.',
        remedy: 'editConnection',
      };
    case 'frameInvalid':
      return {
        short: 'WebSocket: invalid frame',
        what: `The WebSocket to ${address} was closed.`,
        why: `The server sent a frame that breaks the rules (${detail}).`,
        next: 'Correct the path, or the server.',
        remedy: 'editConnection',
      };
    case 'textFrame':
      return {
        short: 'WebSocket: text frame',
        what: `The WebSocket to ${address} was closed.`,
        why: `The server sent text in it (${detail}); MQTT goes in binary frames alone (${binaryFramesClause}).`,
        next: 'Correct the path, or the server.',
        remedy: 'editConnection',
      };
    case 'closedWithStatus':
      return {
        short: `WebSocket closed with status ${failure.status}`,
        what: `${address} closed the WebSocket with status ${failure.status}.`,
        why: detail === '' ? 'It gave no reason.' : `It says: "${detail}".`,
        next: "Connect again; if it happens again, the server's log names the reason.",
        remedy: 'connect',
      };
    case 'closed':
    case 'reset':
      return {
        short: 'WebSocket: closed by the server',
        what: `${address} closed the connection instead of opening a WebSocket.`,
        why: 'The port is not the one for WebSocket, or it wants TLS (wss).',
        next: 'Correct the port or the transport.',
        remedy: 'editConnection',
      };
    case 'timedOut':
      return {
        short: 'WebSocket: no answer',
        what: `${address} accepted the connection but did not answer the request for a WebSocket.`,
        why: 'The port is not the one for WebSocket, it wants TLS (wss), or the server hangs.',
        next: 'Correct the port or the transport, and check that the server is well.',
        remedy: 'editConnection',
      };
    case 'optionsInvalid':
      return {
        short: 'WebSocket: a header is invalid',
        what,
        why: `The request for it cannot be written (${detail}): a header or its name has characters that HTTP has no place for.`,
        next: 'Correct "headers" of the connection, then connect again.',
        remedy: 'openSettings',
      };
    default:
      return {
        short: `WebSocket failed: ${detail}`,
        what,
        why: `The system says: ${detail}.`,
        next: 'Check host, port and path, then connect again.',
        remedy: 'connect',
      };
  }
}

function upgradeAdvice(
  status: number,
  text: string,
  { network }: ConnectionProfile,
): Pick<Explanation, 'why' | 'next' | 'remedy'> {
  const path = 'webSocket' in network ? network.webSocket.path : '';
  if (status === 404 || status === 400 || status === 426 || (status >= 200 && status < 400)) {
    return {
      why: `The server answered "${text}", so it has no WebSocket at the path "${path}".`,
      next: 'Correct the path: it is often /mqtt, /ws or /.',
      remedy: 'editConnection',
    };
  }
  if (status === 401 || status === 403) {
    return {
      why: `The server answered "${text}": it does not let this client in before MQTT has begun.`,
      next: 'Add what it asks for to "headers", or correct the path.',
      remedy: 'openSettings',
    };
  }
  return {
    why: `The server answered "${text}".`,
    next: 'Check the path and the server; its log usually names the reason.',
    remedy: 'editConnection',
  };
}
