import { grouped } from '../../base/grouped';
import { showBytes, showDuration } from '../../protocol/show';
import type { ProtocolVersion } from '../../protocol/controlPacket';
import { largestPacket } from '../../protocol/packetFramer';
import { neverExpires, type Negotiated } from '../../session/negotiated';

/** What a server says of itself is shown up to here, in characters. */
const longestText = 200;

/** Lines that a tooltip shows of what the server wrote. */
const mostUserProperties = 10;

/**
 * What client and server have agreed on, and what the server takes, a line each: plain text for a tooltip. What only 5.0
 * tells is left out before.
 */
export function negotiatedText(
  negotiated: Negotiated,
  sessionPresent: boolean,
  version: ProtocolVersion,
): string {
  const { clientIdentifier, assignedClientIdentifier, keepAlive } = negotiated;
  const named = assignedClientIdentifier === undefined ? '' : ' (assigned by the server)';
  const lines = [
    `Client Identifier: ${plain(clientIdentifier)}${named}`,
    `Session: ${version === 3 ? 'the server does not say' : sessionPresent ? 'resumed' : 'new'}${expiryText(negotiated, version)}`,
    `Keep alive: ${keepAlive === 0 ? 'off' : showDuration(keepAlive)}${negotiated.properties.serverKeepAlive === undefined ? '' : ' (set by the server)'}`,
  ];
  return (version === 5 ? [...lines, ...limitLines(negotiated), ...remarks(negotiated)] : lines).join('\n');
}

function expiryText({ sessionExpiryInterval }: Negotiated, version: ProtocolVersion): string {
  if (sessionExpiryInterval === 0) return ', ends with the connection';
  if (sessionExpiryInterval === neverExpires)
    return version === 5 ? ', never expires' : ', kept by the server';
  return `, kept for ${showDuration(sessionExpiryInterval)}`;
}

function limitLines(negotiated: Negotiated): string[] {
  const { maximumPacketSize, topicAliasMaximum } = negotiated;
  const available = (name: string, isAvailable: boolean) => `${name}: ${isAvailable ? 'yes' : 'no'}`;
  return [
    `Maximum QoS: ${negotiated.maximumQoS}`,
    `Receive maximum: ${grouped(negotiated.receiveMaximum)}`,
    `Maximum packet size: ${maximumPacketSize >= largestPacket ? 'not limited' : showBytes(maximumPacketSize)}`,
    `Topic aliases: ${topicAliasMaximum === 0 ? 'none' : `up to ${grouped(topicAliasMaximum)}`}`,
    available('Retained messages', negotiated.retainAvailable),
    available('Wildcard subscriptions', negotiated.wildcardSubscriptionAvailable),
    available('Subscription identifiers', negotiated.subscriptionIdentifierAvailable),
    available('Shared subscriptions', negotiated.sharedSubscriptionAvailable),
  ];
}

/** What the server has to say besides. */
function remarks({ properties }: Negotiated): string[] {
  const { reasonString, serverReference, responseInformation, userProperties = [] } = properties;
  const line = (name: string, text: string | undefined) =>
    text === undefined || text === '' ? [] : [`${name}: ${plain(text)}`];
  const more = userProperties.length - mostUserProperties;
  return [
    ...line('The server says', reasonString),
    ...line('Other server', serverReference),
    ...line('Response information', responseInformation),
    ...userProperties
      .slice(0, mostUserProperties)
      .map(([name, value]) => `User property ${plain(name)}: ${plain(value)}`),
    ...(more > 0 ? [`and ${grouped(more)} more user properties`] : []),
  ];
}

/** Foreign text in one line of bounded length. */
function plain(text: string): string {
  const line = text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
  const characters = Array.from(line.slice(0, 2 * longestText));
  const isWhole = line.length <= 2 * longestText && characters.length <= longestText;
  return isWhole ? line : `${characters.slice(0, longestText).join('')}…`;
}
