import { durationText } from '../../../src/base/duration';
import type { Exchange, LinkedPacket } from '../../../src/inspector/analysisContract';

const names: Readonly<Record<Exchange['kind'], string>> = {
  qos1: 'QoS 1 handshake',
  qos2: 'QoS 2 handshake',
  subscribe: 'Subscribing',
  unsubscribe: 'Unsubscribing',
  connect: 'Connecting',
  authenticate: 'Re-authentication',
  ping: 'Ping',
  request: 'Request and response',
};

/** What an exchange is called. */
export function exchangeName({ kind }: Exchange): string {
  return names[kind];
}

/** How an exchange ended, in a sentence without its full stop. */
export function exchangeOutcome(exchange: Exchange): string {
  const { kind, outcome, awaited, took, connectionEnded, searchEnded } = exchange;
  const missing = kind === 'request' ? 'response' : (awaited ?? 'answer');
  switch (outcome) {
    case 'complete':
      return took === 0 ? 'complete at once' : `complete in ${durationText(took)}`;
    case 'refused':
      return took === 0 ? 'refused at once' : `refused after ${durationText(took)}`;
    case 'unknown':
      return 'the packet that began it is not in the log';
    case 'absent':
      return `no ${missing} among the decoded bytes`;
    case 'waiting':
      return searchEnded
        ? `no ${missing} as far as was searched`
        : `waiting for ${missing} for ${durationText(took)}`;
    case 'unanswered':
      return connectionEnded
        ? `never answered: no ${missing} in ${durationText(took)}, then the connection ended`
        : `never answered: no ${missing}, and its Packet Identifier was used again`;
  }
}

/** What a packet is in its exchange, where that is not plain. */
export function roleText({ role }: LinkedPacket): string {
  return role === 'again' ? 'sent again' : role === 'repeated' ? 'once too often' : '';
}
