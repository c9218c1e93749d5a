import { assertNever } from '../../base/assert';
import type { SessionStoreFailure } from '../../base/sessionStoreError';
import type { TransportFailure } from '../../base/transportFailure';
import { addressText } from '../../transport/addressText';
import type { BrokerStartFailure } from './brokerStarter';

/** What a person is told when the local broker does not start. */
export interface StartFailureText {
  /** A few words for the end of its row. */
  readonly short: string;
  /** What happened, why, and what to do next. */
  readonly text: string;
}

const listenerNames = {
  tcp: 'MQTT',
  tls: 'MQTT over TLS',
  ws: 'WebSocket',
  wss: 'secure WebSocket',
} as const;

export function explainStartFailure(failure: BrokerStartFailure): StartFailureText {
  switch (failure.kind) {
    case 'settings': {
      const [first] = failure.problems;
      const told = failure.problems.map(({ setting, problem }) => `"mqttWorkbench.${setting}": ${problem}`);
      return {
        short: `setting "${first?.setting ?? ''}" cannot be used`,
        text: `The local broker was not started, because its settings cannot be used. ${told.join(' ')} Correct that and start it again.`,
      };
    }
    case 'notTrusted':
      return {
        short: 'not in a workspace that is not trusted',
        text: `The local broker was not started: it would be reachable from the network on ${failure.host}, and this workspace is not trusted. Trust the workspace, or limit the broker to this computer.`,
      };
    case 'usersUnreadable':
      return {
        short: 'its users cannot be read',
        text: 'The local broker was not started: what the secret storage holds of its users cannot be read, and without them everybody would be let in. Remove all its users and add them again.',
      };
    case 'rulesWithoutUsers':
      return {
        short: 'its rules go by users, and there are none',
        text: 'The local broker was not started: "mqttWorkbench.broker.rules" tell users apart, by name or by %u, and there are no users, so that everybody could take any name. Add users with passwords, or have clients show certificates ("mqttWorkbench.broker.clientCertificates").',
      };
    case 'nobodyMayCome':
      return {
        short: 'nobody may connect',
        text: 'The local broker was not started: "mqttWorkbench.broker.anonymous" lets in users alone, and there are none, so that nobody could connect. Add users with passwords, or have clients show certificates ("mqttWorkbench.broker.clientCertificates").',
      };
    case 'store':
      return { short: 'its state cannot be kept', text: storeText(failure.failure) };
    case 'tls':
      return tlsText(failure.failure);
    case 'port':
      return portText(failure);
    default:
      return assertNever(failure);
  }
}

function portText(failure: Extract<BrokerStartFailure, { kind: 'port' }>): StartFailureText {
  const { host, listener, owner, nextFree } = failure;
  const { port, protocol } = listener;
  const setting = `"mqttWorkbench.broker.${protocol}Port"`;
  const elsewhere =
    nextFree === undefined ? `choose another port (${setting})` : `use port ${nextFree}, which is free`;
  const what = `The local broker was not started: port ${port} (${listenerNames[protocol]})`;
  switch (failure.failure.code) {
    case 'addressInUse': {
      const by = owner ? ` by ${owner.name} (process ${owner.pid})` : '';
      const end = owner ? `Stop ${owner.name}` : 'Stop the program that listens there';
      return {
        short: `port ${port} is in use${owner ? ` by ${owner.name}` : ''}`,
        text: `${what} is in use${by}. ${end}, or ${elsewhere}.`,
      };
    }
    case 'notPermitted':
      return {
        short: `port ${port} is not permitted`,
        text: `${what} may not be listened on by this user, as the system says. Ports above 1023 usually may: ${elsewhere}.`,
      };
    case 'hostNotFound':
    case 'unreachable':
      return {
        short: `no address "${host}"`,
        text: `The local broker was not started: "${host}" is no address of this computer. Correct "mqttWorkbench.broker.host": 127.0.0.1 for this computer alone, 0.0.0.0 for every network it is in.`,
      };
    default:
      return {
        short: `cannot listen on ${addressText(host, port)}`,
        text: `The local broker was not started: it cannot listen on ${addressText(host, port)}. The system says: ${failure.failure.detail}. Check "mqttWorkbench.broker.host" and ${setting}.`,
      };
  }
}

function tlsText(failure: TransportFailure): StartFailureText {
  if (failure.step !== 'certificateFile') {
    return {
      short: 'TLS cannot be set up',
      text: `The local broker was not started: TLS cannot be set up with its certificate and key. OpenSSL says: ${failure.detail}. Check the settings "mqttWorkbench.broker.certificate" and "mqttWorkbench.broker.key".`,
    };
  }
  const { path, setting, code, detail } = failure;
  const name = { certificate: 'certificate', key: 'key', ca: 'clientAuthorities', pfx: 'certificate' }[
    setting
  ];
  const why: Readonly<Record<typeof code, string>> = {
    missing: 'there is no such file',
    unreadable: `it cannot be read (${detail})`,
    invalid: `it does not hold what it should (${detail})`,
    keyMissing: 'there is no key in it, and "mqttWorkbench.broker.key" names no file',
    mismatch: 'the key does not belong to the certificate',
    passphraseMissing: 'the key is encrypted, which is not supported here',
    passphraseWrong: 'the key is encrypted, which is not supported here',
    notTrusted: 'the workspace is not trusted',
    noFolder: 'its path is not absolute',
  };
  return {
    short: `cannot use ${path}`,
    text: `The local broker was not started: the file "${path}" of "mqttWorkbench.broker.${name}" cannot be used, since ${why[code]}. Correct the setting or the file.`,
  };
}

function storeText(failure: SessionStoreFailure): string {
  const withoutIt = 'turn "mqttWorkbench.broker.keepState" off';
  switch (failure.code) {
    case 'inUse':
      return `The local broker was not started: another window's broker has the state that is kept. Stop it there, or ${withoutIt}.`;
    case 'newer':
      return `The local broker was not started: a newer version of this extension keeps its state. Update the extension, or ${withoutIt}.`;
    case 'full':
      return `The local broker was not started: there is no room on the disk for its state (${failure.detail}). Make room, or ${withoutIt}.`;
    case 'notPermitted':
      return `The local broker was not started: the folder for its state cannot be written (${failure.detail}). Let this user write there, or ${withoutIt}.`;
    case 'unusable':
      return `The local broker was not started: its state cannot be kept, as the disk says (${failure.detail}). Look after that, or ${withoutIt}.`;
    default:
      return assertNever(failure);
  }
}
