import { hexByte } from '../../base/bytes';
import { grouped } from '../../base/grouped';
import type { ProtocolVersion } from '../../protocol/controlPacket';
import { reasonCodeName } from '../../protocol/reasonCodes';
import type { DisconnectCause } from '../../session/serverContract';
import type { ProblemText } from './endingText';

/** What a few words say of each cause, and whole sentences: what the client did, and what to do about it. */
const causes: Readonly<Record<DisconnectCause, readonly [short: string, text: string]>> = {
  topicLevels: [
    'topic with too many levels',
    'It published to a topic with more levels than "mqttWorkbench.broker.topicLevels" allows, which its version and QoS have no answer for.',
  ],
  maximumQoS: [
    'QoS above the maximum',
    'It published with a higher QoS than "mqttWorkbench.broker.maximumQoS" allows; before 5.0 CONNACK cannot tell a client which that is.',
  ],
  maximumPacketSize: [
    'packet that is too large',
    'It sent a packet that is larger than "mqttWorkbench.broker.maximumPacketSize" allows; before 5.0 CONNACK cannot tell a client which size that is.',
  ],
  unfinishedBytes: [
    'too much of an unfinished packet',
    'Packets that are not whole yet took more than "mqttWorkbench.broker.unfinishedBytes" allows, and most of it was its own. A wrong Remaining Length makes a packet that never ends, too.',
  ],
  takesNothing: [
    'takes no messages',
    'Others waited for it to take its messages, and it took none. It does not read from its connection or acknowledges nothing, or the network is gone.',
  ],
  fieldBytes: [
    'packet with too many fields',
    'It sent a packet with more than 2 MiB of topic filters or properties. Send several smaller ones.',
  ],
  authentication: ['could not authenticate again', 'It began to authenticate again (4.12.1), and failed.'],
};

interface Dismissal {
  readonly cause: DisconnectCause;
  readonly reasonCode: number;
  /** Of the packet that is too large, in bytes. */
  readonly packetSize?: number;
}

/** What is wrong with a client that was sent away for something that is no broken rule. */
export function causeText(
  { cause, reasonCode, packetSize }: Dismissal,
  version: ProtocolVersion | undefined,
): ProblemText {
  const [what, text] = causes[cause];
  const size = packetSize === undefined ? '' : ` It has ${grouped(packetSize)} bytes.`;
  return {
    kind: `sent away ${cause}`,
    short: `sent away: ${what}`,
    text: `${text}${size} ${toldText(reasonCode, version)}`,
    isTold: true,
  };
}

function toldText(reasonCode: number, version: ProtocolVersion | undefined): string {
  if (version === undefined) return 'Its connection was closed without a word: no CONNECT had come.';
  if (version < 5) return 'Its connection was closed without a word: before 5.0 a server has no DISCONNECT.';
  const name = reasonCodeName(reasonCode, 'DISCONNECT', 5)?.toLowerCase() ?? 'reason';
  return `It was sent away: ${name} (0x${hexByte(reasonCode).toUpperCase()}).`;
}
