import { assertNever } from '../../base/assert';
import { clientCertificateText } from '../../base/rejectedCertificate';
import { grouped } from '../../base/grouped';
import { hexByte } from '../../base/bytes';
import { binaryFramesClause, type WebSocketFailure } from '../../base/transportFailure';
import type { RefusedConnection } from '../../session/effects';
import type { ProtocolVersion } from '../../protocol/controlPacket';
import { type ForeignProtocol, spokenThere } from '../../protocol/foreignProtocol';
import { versionNames } from '../../protocol/versionNames';
import { describeViolation, type Violation } from '../../protocol/violations';
import { connackWords } from '../../session/connackForVersion';
import type { RefusalCause, ServerEnding } from '../../session/serverContract';
import { causeText } from './causeText';
import { shownIdentifier } from './clientText';

/** Something of a client that is worth a look. */
export interface ProblemText {
  /** The same for what is the same mistake. */
  readonly kind: string;
  /** A few words for a row. */
  readonly short: string;
  /** Whole sentences: what happened, why, and what usually causes it. */
  readonly text: string;
  /**
   * Whether its people are told at once: it breaks a rule of the protocol, or is sent away for a limit, which before 5.0 it
   * cannot know.
   */
  readonly isTold: boolean;
}

/**
 * What is wrong with how a connection ended; undefined where that is nothing.
 * @param named the version that its CONNECT names; undefined where none came
 * @param userName that of its CONNECT
 */
export function problemOf(
  ending: ServerEnding,
  named: ProtocolVersion | undefined,
  userName?: string,
): ProblemText | undefined {
  const version = named ?? 4;
  switch (ending.kind) {
    case 'disconnectedByClient':
      return undefined;
    case 'dropped':
      return (
        (ending.failure?.step === 'webSocket' ? frameText(ending.failure) : undefined) ??
        (ending.lacking === undefined ? undefined : cutOffText(ending.lacking, named))
      );
    case 'disconnectedByServer':
      return ending.cause && causeText({ ...ending, cause: ending.cause }, named);
    case 'refused': {
      const reason = refusalText(ending.reasonCode, named ?? ending.version ?? 4);
      return {
        kind: `refused ${ending.reasonCode}`,
        short: `refused: ${reason}`,
        text: `Its CONNECT ${userName === undefined ? '' : `as "${shownIdentifier(userName)}" `}was refused: ${reason}. ${refusalAdvice(ending)}`.trim(),
        // Which size it may have nobody has told it.
        isTold: ending.cause === 'maximumPacketSize',
      };
    }
    case 'protocol': {
      const text = violationText(ending.violation, named ?? ending.version ?? 4);
      return { ...text, short: foreignText(ending) ?? text.short };
    }
    case 'connectTimeout':
      return {
        kind: ending.kind,
        short: 'no whole CONNECT in time',
        text: 'It connected and sent no whole CONNECT in time, so the connection was closed. A device that is only probing the port does that, one that waits to be spoken to first, or one whose Remaining Length announces more than it sends.',
        isTold: false,
      };
    case 'keepAliveTimeout':
      return {
        kind: ending.kind,
        short: 'keep alive ran out',
        text: `Nothing was heard of it for one and a half times its Keep Alive, so it was sent away. [${version === 5 ? 'MQTT-3.1.2-22' : 'MQTT-3.1.2-24'}] It has to send PINGREQ when it has nothing else to send; or the network or its power is gone.`,
        isTold: false,
      };
    default:
      return assertNever(ending);
  }
}

function cutOffText(lacking: number, named: ProtocolVersion | undefined): ProblemText {
  const packet = named === undefined ? 'its CONNECT' : 'a packet';
  const missing =
    lacking === 0
      ? 'the rest of it is'
      : lacking === 1
        ? '1 byte of it is'
        : `${grouped(lacking)} bytes of it are`;
  return {
    kind: `cut off ${named === undefined ? 'CONNECT' : 'packet'}`,
    short: `left in the middle of ${packet}`,
    text: `Its connection ended in the middle of ${packet}: ${missing} missing. Usual cause: a Remaining Length that is too large, so that the device waits for an answer to a packet that is not whole yet; or its network or its power was gone.`,
    isTold: false,
  };
}

/** Frames that a WebSocket ends on; other ends of it are nobody's mistake. */
function frameText({ step, code, detail }: WebSocketFailure): ProblemText | undefined {
  const problem = (short: string, text: string): ProblemText => ({
    kind: `${step} ${code}`,
    short,
    text,
    isTold: true,
  });
  if (code === 'textFrame') {
    return problem(
      'text frame in its WebSocket',
      `It sent a WebSocket frame of text (${detail}), and MQTT goes in binary frames alone. [${binaryFramesClause}] Have its library send bytes instead of a string.`,
    );
  }
  if (code === 'frameInvalid') {
    return problem(
      'invalid WebSocket frame',
      `It sent a frame that breaks the rules of WebSocket (${detail}).`,
    );
  }
  return undefined;
}

function violationText(violation: Violation, version: ProtocolVersion): ProblemText {
  const { message, cause, clause } = describeViolation(violation, version);
  return {
    kind: violation.id,
    short: message.replace(/\.$/, ''),
    text: `${sentence(message)} [${clause}]${cause === '' ? '' : ` Usual cause: ${cause}`}`,
    isTold: true,
  };
}

/** A broken rule for which the broker does not close. */
export function mistakeText(violation: Violation, version: ProtocolVersion): ProblemText {
  const found = violationText(violation, version);
  if (violation.id !== 'packetIdentifierInUse') return found;
  const loss =
    'At QoS 2 the broker has to take such a message for a repetition: if it was another one, it is lost.';
  return { ...found, text: `${found.text} ${loss}` };
}

const foreignTexts: Readonly<Record<ForeignProtocol, string>> = {
  tls: 'TLS hello on a plain port',
  http: 'HTTP on an MQTT port',
  ssh: 'SSH on an MQTT port',
  proxy: 'PROXY protocol on an MQTT port',
  amqp: 'AMQP on an MQTT port',
};

/** What to call a connection that never became MQTT; undefined where that is not known. */
export function foreignText(ending: Extract<ServerEnding, { kind: 'protocol' }>): string | undefined {
  return ending.foreign && foreignTexts[ending.foreign];
}

/**
 * What is wrong with a connection whose handshake of TLS or WebSocket came to nothing.
 * @param now in milliseconds since the epoch
 */
export function refusedText({ failure, received }: RefusedConnection, now: number): ProblemText {
  const { step, code, detail } = failure;
  const where = step === 'webSocket' ? 'WebSocket' : 'TLS';
  const kind = `${step} ${code}`;
  const problem = (short: string, text: string): ProblemText => ({ kind, short, text, isTold: true });
  const spoken = spokenThere(received);
  if (code === 'notTls') {
    const what = spoken ?? 'no TLS';
    return problem(
      `${what} on the TLS port`,
      `What it sent is ${what}, and this port is for TLS. Turn TLS on in the device, or use the plain port.`,
    );
  }
  if (code === 'notWebSocket' && spoken !== undefined && spoken !== 'HTTP') {
    return problem(
      `${spoken} on the WebSocket port`,
      `What it sent is ${spoken}, and this port is for ${spoken === 'TLS' ? 'WebSocket without TLS' : 'MQTT over WebSocket'}. Set the transport of the device, or use the port for what it speaks.`,
    );
  }
  if (code === 'certificateRejected') {
    const why = clientCertificateText(failure, now, (name) => `"${shownIdentifier(name)}"`);
    return problem(
      failure.certificate === undefined ? 'no certificate' : 'certificate not accepted',
      `${why.replace(/^i/, 'I')}. Give the device one that the authorities of "mqttWorkbench.broker.clientAuthorities" signed.`,
    );
  }
  if (step === 'tls' && (code === 'closed' || code === 'reset')) {
    return problem(
      'the device ended the TLS handshake',
      'It ended the TLS handshake without saying why. Most often it does not trust this broker: put its CA certificate into the device, and use a name or address that is in the certificate.',
    );
  }
  if (code === 'alert') {
    return problem(
      'the device ended the TLS handshake',
      `It ended the TLS handshake with an alert (${detail}). Most often it does not trust this broker: put its CA certificate into the device, and use a name or address that is in the certificate.`,
    );
  }
  if (code === 'upgradeRefused' || code === 'notWebSocket') {
    return problem(
      'HTTP on the WebSocket port',
      `It speaks HTTP and no WebSocket (${detail}). A browser on that port does that; MQTT needs a WebSocket with the subprotocol "mqtt".`,
    );
  }
  if (code === 'subprotocolRefused') {
    return problem(
      'WebSocket without subprotocol "mqtt"',
      `Its WebSocket does not offer the subprotocol "mqtt" (${detail}). [MQTT-6.0.0-3] Tell its library to.`,
    );
  }
  return {
    kind,
    short: `${where}: ${detail}`,
    text: `Its ${where} handshake came to nothing: ${sentence(detail)}`,
    isTold: false,
  };
}

/** The reason with the code that is in the packet. */
function refusalText(reason: number, version: ProtocolVersion): string {
  const { name, code } = connackWords(reason, version);
  return code === undefined
    ? `${name}, without CONNACK: ${versionNames[version]} has no code for it`
    : `${name} (0x${hexByte(code).toUpperCase()})`;
}

type Refused = Extract<ServerEnding, { kind: 'refused' }>;

/** What CONNECT asks for and does not get, or of what there is no more. */
const refusalCauses: Readonly<Record<RefusalCause, string>> = {
  maximumConnections: 'As many clients are connected as "mqttWorkbench.broker.maximumConnections" allows.',
  sessions: 'There are as many sessions as "mqttWorkbench.broker.sessions" allows.',
  topicLevels: 'The topic of its will has more levels than "mqttWorkbench.broker.topicLevels" allows.',
  maximumQoS: 'Its will has a higher QoS than "mqttWorkbench.broker.maximumQoS" allows.',
  retainAvailable: 'Its will is to be retained, and the broker retains nothing.',
  maximumPacketSize:
    'It is larger than "mqttWorkbench.broker.maximumPacketSize" allows, which a client cannot know before CONNACK.',
  tooMuchAhead: 'It sent more than 1 MiB before it was let in.',
  serverTopic: "Its will is for a topic below $SYS, which is for the broker's own figures.",
};

function refusalAdvice({ reasonCode, cause, packetSize }: Refused): string {
  if (cause)
    return `${packetSize === undefined ? '' : `It has ${grouped(packetSize)} bytes. `}${refusalCauses[cause]}`;
  switch (reasonCode) {
    case 0x86:
      return 'Check user name and password in the device, or set the password of the user anew.';
    case 0x87:
      return 'It came without a user name, or may not publish its will; "mqttWorkbench.broker.anonymous" and "mqttWorkbench.broker.rules" decide.';
    case 0x85:
      return 'Before 5.0 a client without an identifier has to ask for a clean session.';
    case 0x95:
      return 'The Maximum Packet Size in its CONNECT is smaller than the CONNACK it would get; it has to take more.';
    default:
      return '';
  }
}

function sentence(text: string): string {
  return text === '' || /[.!?]$/.test(text) ? text : `${text}.`;
}
