import { assertNever } from '../../base/assert';
import { hexByte } from '../../base/bytes';
import type { TransportFailure } from '../../base/transportFailure';
import type { ClientFailure } from '../../client/clientFailure';
import type { ProtocolVersion } from '../../protocol/controlPacket';
import { describeViolation } from '../../protocol/violations';
import type { ConnectionProfile } from '../connections/connectionProfile';
import { addressOf, mqttText, protocolVersionOf, versionName } from '../connections/connectionProfile';
import { explainAuthentication } from './authenticationFailure';
import type { Explanation } from './explanation';
import { recogniseServer } from './foreignServer';
import { explainConnectRefusal, explainServerDisconnect } from './serverReasons';
import { explainUnkept } from './sessionStoreFailure';
import { explainTransportFailure, usualTlsNote } from './transportFailure';

/** Turns why a connection failed or ended into sentences for the person who made it. */
export function explainClientFailure(failure: ClientFailure, profile: ConnectionProfile): Explanation {
  const address = addressOf(profile);
  switch (failure.kind) {
    case 'transport':
      return failure.duringConnect === true
        ? explainBreakDuringConnect(failure.failure, profile)
        : explainTransportFailure(failure.failure, profile);
    case 'refusedByServer':
      return explainConnectRefusal(failure, profile);
    case 'disconnectedByServer':
      return explainServerDisconnect(failure, profile);
    case 'notMqtt': {
      const { name, advice } = recogniseServer(failure.firstBytes);
      return {
        short: `not an MQTT server: ${name} answers`,
        what: `${address} does not speak MQTT.`,
        why: `It answered CONNECT with ${firstBytesText(failure.firstBytes)}, so ${name} listens there.`,
        next: advice,
        remedy: 'editConnection',
      };
    }
    case 'protocol':
      return explainViolation(failure, address, protocolVersionOf(profile.version));
    case 'connectNotSendable':
      return explainUnsendable(failure, profile);
    case 'connectUnencodable':
      return {
        short: 'not sent: CONNECT cannot be encoded',
        what: `Nothing was sent to ${address}: its CONNECT cannot be encoded.`,
        why: sentence(failure.detail),
        next: 'Check what the settings of this connection say.',
        remedy: 'openSettings',
      };
    case 'notDisconnected':
      return {
        short: 'connected already',
        what: `There is a connection to ${address} already, or one is being made.`,
        why: 'A client has one connection at a time.',
        next: 'Disconnect it first to connect anew.',
        remedy: 'connect',
      };
    case 'sessionUnknown':
      return {
        short: 'the server has an unknown session',
        what: `The connection to ${address} was closed because the server kept a session that this window knows nothing of.`,
        why: 'It is of an earlier window, or of another client with this Client Identifier. MQTT 5.0 lets no client go on with it (MQTT-3.2.2-4).',
        next: 'Set "cleanStart" to true to discard that session, or choose another "clientId".',
        remedy: 'openSettings',
      };
    case 'authenticationFailed':
      return explainAuthentication(failure.problem, profile);
    case 'connackTimeout':
      return {
        short: 'no answer to CONNECT',
        what: `${address} accepted the connection but never answered CONNECT.`,
        why: 'Something listens there that does not speak MQTT, waits for TLS, or hangs.',
        next: 'Check that the port is the MQTT port without TLS, and that the server is well.',
        remedy: 'editConnection',
      };
    case 'keepAliveTimeout':
      return {
        short: 'connection dropped: no answer to ping',
        what: `The connection to ${address} was given up.`,
        why: `The server did not answer PINGREQ within the keep alive of ${profile.keepAlive} s, so it or the network is gone.`,
        next: 'Check the network and the server, then connect again.',
        remedy: 'connect',
      };
    case 'closedByServer':
      if (failure.suspicion === 'takenOver') {
        return {
          short: 'another client uses this client identifier, as far as can be told',
          what: `${address} closed the connection again and again, each time soon after it had accepted it.`,
          why: 'Another client uses this Client Identifier, as far as can be told: the server then closes the earlier connection, and the two would throw each other out for ever. Some servers close so too when a client does what it may not.',
          next: 'Give each client an identifier of its own, then connect again.',
          remedy: 'connect',
        };
      }
      return failure.duringConnect
        ? {
            short: 'closed by the server without an answer',
            what: `${address} closed the connection without answering CONNECT.`,
            ...closedDuringConnect(profile),
            remedy: 'editConnection',
          }
        : {
            short: 'connection dropped by the server',
            what: `${address} closed the connection without a word.`,
            why: 'The server was stopped, lost the network, or another client connected with the same Client Identifier.',
            next: "Connect again; if it happens again, the server's log names the reason.",
            remedy: 'connect',
          };
    case 'storeFailed':
      return explainUnkept(failure.failure, address);
    case 'notConnected':
      return {
        short: 'not connected',
        what: `There is no connection to ${address}.`,
        why: 'It was not made, or ended on this side.',
        next: 'Connect first.',
        remedy: 'connect',
      };
    default:
      return assertNever(failure);
  }
}

/** A server that closes when it reads CONNECT gives no reason: the likely ones, the likeliest first. */
function closedDuringConnect(profile: ConnectionProfile): Pick<Explanation, 'why' | 'next'> {
  const { network, version } = profile;
  // Before it was up no other version was tried: only one that says so has the older one spoken.
  const tried = versionName(protocolVersionOf(version));
  const others = `when they do not speak MQTT ${tried}, or when they do not let this address or client in`;
  const log = "the server's log usually names the reason";
  if (network.transport === 'tcp') {
    const next = 'Choose TLS as the transport where the port is for it';
    const usual = usualTlsNote(profile);
    return usual === ''
      ? {
          why: `Servers do that when the port expects TLS, ${others}.`,
          next: `${next}, and check port and version; ${log}.`,
        }
      : { why: `${usual} Servers close also ${others}.`, next: `${next}; ${log}.` };
  }
  return { why: `Servers do that ${others}.`, next: `Check port and version; ${log}.` };
}

/** The transport broke after CONNECT was sent: what is there reads no CONNECT, rather than that it does not run. */
function explainBreakDuringConnect(failure: TransportFailure, profile: ConnectionProfile): Explanation {
  const isBroken = failure.step === 'tcp' && (failure.code === 'reset' || failure.code === 'closed');
  if (!isBroken || profile.network.transport !== 'tcp') return explainTransportFailure(failure, profile);
  return {
    short: 'reset by the server without an answer',
    what: `${addressOf(profile)} reset the connection without answering CONNECT.`,
    ...closedDuringConnect(profile),
    remedy: 'editConnection',
  };
}

function explainViolation(
  failure: Extract<ClientFailure, { kind: 'protocol' }>,
  address: string,
  version: ProtocolVersion,
): Explanation {
  const { message, cause, clause } = describeViolation(failure.violation, version);
  return {
    short: `protocol error: ${message}`,
    what: `The connection to ${address} was closed because of a packet that breaks the specification${clause === '' ? '' : ` (${clause})`}.`,
    why: `${sentence(message)} ${sentence(cause)}`.trim(),
    next: 'Open the inspector: the last packet shows the byte.',
    remedy: 'connect',
  };
}

/** What the settings ask for cannot be said in MQTT. */
function explainUnsendable(
  failure: Extract<ClientFailure, { kind: 'connectNotSendable' }>,
  profile: ConnectionProfile,
): Explanation {
  const { violation } = failure;
  // 5.0 takes a password alone: of an automatic version it is the older one that does not.
  const isOlder = profile.version === 'automatic' && violation.id === 'passwordWithoutUserName';
  const version = isOlder ? '3.1.1' : profile.version;
  const { message, clause } = describeViolation(violation, protocolVersionOf(version));
  const what = `Nothing was sent to ${addressOf(profile)}: ${mqttText(version)} has no such CONNECT${clause === '' ? '' : ` (${clause})`}.`;
  if (violation.id === 'passwordWithoutUserName') {
    return {
      short: 'a password needs a user name',
      what,
      why: 'A password is stored for this connection, and this version sends one only together with a user name.',
      next: 'Enter a user name, or forget the password.',
      remedy: 'editConnection',
    };
  }
  return {
    short: `not sent: ${message}`,
    what,
    why: sentence(message),
    next: 'Correct "userName", "clientId", "will", "userProperties" or the password of the connection.',
    remedy: 'openSettings',
  };
}

function sentence(text: string): string {
  return text === '' || /[.!?]$/.test(text) ? text : `${text}.`;
}

/** The first bytes for people: the first line where it is text, hexadecimal otherwise. */
function firstBytesText(bytes: Uint8Array): string {
  const line = bytes.findIndex((byte) => byte === 13 || byte === 10);
  const head = bytes.subarray(0, Math.min(line < 0 ? bytes.length : line, 40));
  const printable = head.length > 0 && head.every((byte) => byte >= 0x20 && byte < 0x7f);
  if (printable) return `"${String.fromCharCode(...head)}"`;
  return `the bytes ${Array.from(bytes.subarray(0, 8), (byte) => hexByte(byte).toUpperCase()).join(' ')}`;
}
