import { encodeUtf8 } from '../base/utf8';

/** Where MQTT over WebSocket is spoken beside the listener that was asked. */
export interface WebSocketPort {
  readonly scheme: 'ws' | 'wss';
  readonly port: number;
}

export interface HttpReferral {
  /** Where clients are sent that speak HTTP here. */
  webSocketPorts?(): readonly WebSocketPort[];
}

/** What a client gets that speaks HTTP where MQTT is expected: a short answer that names the ports it may have meant. */
export function httpAnswer(referral: HttpReferral): Uint8Array {
  const ports = referral.webSocketPorts?.() ?? [];
  const places = ports.map(({ scheme, port }) => `port ${port} (${scheme})`).join(' and ');
  const instead =
    places === ''
      ? 'This broker does not listen for MQTT over WebSocket.'
      : `MQTT over WebSocket is spoken at ${places}.`;
  const text = `This port is for MQTT, not for HTTP. ${instead}\n`;
  return encodeUtf8(
    'HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n' +
      `Content-Length: ${encodeUtf8(text).length}\r\nConnection: close\r\n\r\n${text}`,
  );
}
