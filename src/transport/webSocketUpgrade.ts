import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { WebSocketFailure } from '../base/transportFailure';
import { addressText } from './addressText';
import type { HostEndpoint, WebSocketOptions } from './endpoint';
import { type Deadline, endedFault, takeStep } from './openingStep';
import { errorCode, socketFault } from './socketFailure';

/** The largest message that is taken, in bytes: a whole MQTT packet at its largest, which a server may send as one. */
const largestMessage = 268_435_455 + 5;

/**
 * Opens a WebSocket over a stream that is connected, through TLS and proxies as it may be. The message frames carry
 * nothing compressed: what a device sends is seldom worth it, and each connection would take 300 KiB for it.
 */
export function openWebSocket(
  stream: Duplex,
  { host, port }: HostEndpoint,
  { path, headers, subprotocol }: WebSocketOptions,
  scheme: 'ws' | 'wss',
  deadline: Deadline,
): Promise<WebSocket> {
  return takeStep<WebSocket>({
    stream,
    deadline,
    failure: upgradeFailure,
    run: (done, failed) => {
      // Only the path of this address counts, as the stream is there already. In this form VS Code leaves the request
      // alone; it sends those of extensions through a proxy of its own choice otherwise.
      const socket = new WebSocket(`ws+unix:${scheme}:${path}`, [subprotocol], {
        createConnection: () => stream,
        // A caller's header may replace the first, but none of those that make the WebSocket.
        headers: { Host: hostHeader(host, port, scheme), ...headers },
        perMessageDeflate: false,
        maxPayload: largestMessage,
        // Text is refused whatever it is, and told by its bytes.
        skipUTF8Validation: true,
      });
      socket.binaryType = 'fragments';
      socket.on('error', (error) => failed(upgradeFailure(error)));
      socket.once('unexpected-response', (_, { statusCode = 0, statusMessage = '' }) =>
        failed({ step: 'webSocket', code: 'upgradeRefused', status: statusCode, detail: statusMessage }),
      );
      socket.once('open', () => {
        // [MQTT-6.0.0-4]: ws has made sure that nothing else was selected than what was offered.
        done(socket);
      });
    },
  });
}

/** What is wrong with the answer, or failed below it. */
function upgradeFailure(error: unknown): WebSocketFailure {
  const message = error instanceof Error ? error.message : String(error);
  const code = errorCode(error);
  if (/subprotocol/i.test(message)) {
    return { step: 'webSocket', code: 'subprotocolRefused', detail: message };
  }
  if (/Sec-WebSocket|Upgrade header/i.test(message) || code.startsWith('HPE_')) {
    return { step: 'webSocket', code: 'notWebSocket', detail: code === '' ? message : code };
  }
  return { step: 'webSocket', ...(endedFault(error) ?? socketFault(error)) };
}

/** The default ports are left out, as browsers do. */
function hostHeader(host: string, port: number, scheme: 'ws' | 'wss'): string {
  const address = addressText(host, port);
  return port === (scheme === 'ws' ? 80 : 443) ? address.slice(0, address.lastIndexOf(':')) : address;
}
