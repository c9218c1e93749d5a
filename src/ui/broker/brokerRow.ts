import { assertNever } from '../../base/assert';
import { grouped } from '../../base/grouped';
import type { Broker } from '../../broker/broker';
import type { RowContext } from '../../contributions/views';
import { addressText } from '../../transport/addressText';
import type { ListenerAddress } from '../../transport/machineAddresses';
import { counted } from './clientText';
import type { RunningListener } from './brokerStarter';
import type { BrokerState } from './localBroker';
import { explainStartFailure } from './startFailure';

/** What a row below the local broker shows, without VS Code's types. */
export interface BrokerRow {
  readonly label: string;
  readonly description: string;
  /** The first line of it stands out. */
  readonly tooltip: string;
  /** What a screen reader says instead of label and description. */
  readonly spoken: string;
  readonly icon?: readonly [codicon: string, color?: string];
  readonly context?: RowContext;
}

const name = 'Local broker';
const grey = 'disabledForeground';
const warning = 'list.warningForeground';

const protocolNames = {
  tcp: 'MQTT',
  tls: 'MQTT over TLS',
  ws: 'WebSocket',
  wss: 'secure WebSocket',
} as const;

export function brokerRow(
  state: BrokerState,
  counts: { readonly connected: number; readonly sessions: number },
): BrokerRow {
  switch (state.kind) {
    case 'stopped': {
      if (!state.failure) {
        return {
          label: name,
          description: 'not started',
          tooltip: `${name}: not started\nAn MQTT broker inside this window: start it, point a device at this computer, and see every packet it sends.`,
          spoken: `${name}, not started`,
          icon: ['circle-outline', grey],
          context: 'broker.stopped',
        };
      }
      const { short, text } = explainStartFailure(state.failure);
      return {
        label: name,
        description: short,
        tooltip: `${name}: ${short}\n${text}`,
        spoken: `${name}, not started, ${short}`,
        icon: ['warning', warning],
        context: 'broker.stopped',
      };
    }
    case 'starting':
    case 'stopping':
      return {
        label: name,
        description: `${state.kind}…`,
        tooltip: `${name}: ${state.kind}`,
        spoken: `${name}, ${state.kind}`,
        icon: ['loading~spin'],
        context: 'broker.working',
      };
    case 'running': {
      const { listeners, configuration, broker } = state;
      const isOpen = state.isOpen();
      const clients = counted(counts.connected, 'client');
      const away = counts.sessions - counts.connected;
      const where = listeners.map((listener, index) => listenerText(listener, index === 0)).join(', ');
      const open = 'Everybody in the network may connect: there is no password.';
      return {
        label: name,
        // A narrow sidebar cuts the end off.
        description: [...(isOpen ? ['open to the network'] : []), clients, where].join(' · '),
        tooltip: [
          `${name}: running`,
          ...(isOpen ? [open] : []),
          ...listeners.map(
            ({ protocol, host, port }) => `${protocolNames[protocol]} on ${addressText(host, port)}`,
          ),
          `${clients} connected${away > 0 ? `, ${counted(away, 'session')} without a connection` : ''}`,
          ...waitingLines(broker),
          configuration.keepState
            ? 'Sessions and retained messages are kept on the disk.'
            : 'Sessions and retained messages go when it stops.',
        ].join('\n'),
        spoken: `${name}, running, ${isOpen ? 'open to the network without a password, ' : ''}${clients} connected, ${where}`,
        icon: isOpen ? ['unlock', warning] : ['radio-tower', 'testing.iconPassed'],
        context: 'broker.running',
      };
    }
    default:
      return assertNever(state);
  }
}

/** What waits for all clients together, where anything does: beyond the bound nobody gets more than an equal part. */
function waitingLines({ queuedBytes, limits }: Pick<Broker, 'queuedBytes' | 'limits'>): readonly string[] {
  if (queuedBytes === 0) return [];
  const bound = counted(limits.totalQueueBytes, 'byte');
  const isBeyond = queuedBytes > limits.totalQueueBytes;
  const ofWhat = isBeyond
    ? `more than the bound of ${bound}, so that some is dropped`
    : `of ${bound} that may`;
  return [`${counted(queuedBytes, 'byte')} of messages wait for clients, ${ofWhat}.`];
}

/** An address to type into a device. */
export function addressRow({ url, interfaceName, isLoopback }: ListenerAddress): BrokerRow {
  const where = isLoopback ? 'this computer' : interfaceName;
  const lines = isLoopback
    ? ['Only programs on this computer reach this address.']
    : [`For devices in the network of ${interfaceName}.`];
  return {
    label: url,
    description: where,
    tooltip: [url, ...lines].join('\n'),
    spoken: `${url}, ${where}`,
    icon: ['link'],
    context: 'broker.address',
  };
}

export function addressesRow(addresses: readonly ListenerAddress[]): BrokerRow {
  const count = grouped(addresses.length);
  return {
    label: 'Addresses',
    description: count,
    tooltip: ['Addresses', ...addresses.map(({ url }) => url)].join('\n'),
    spoken: `Addresses, ${count}`,
    icon: ['link'],
  };
}

export function problemsRow(count: number): BrokerRow {
  const text = count === 0 ? 'none' : counted(count, 'problem');
  return {
    label: 'Problems',
    description: count === 0 ? 'none' : grouped(count),
    tooltip:
      'Problems\nWhat devices did that breaks the protocol or was refused, once for each device and kind.',
    spoken: `Problems, ${text}`,
    icon: count === 0 ? ['pass', grey] : ['warning', warning],
    context: 'broker.problems',
  };
}

/**
 * What stands for the rest of a long list.
 * @param count how many are not shown
 * @param next how many of them are shown when it is pressed, at most
 */
export function moreRow(count: number, next: number, noun: string): BrokerRow {
  const label = counted(count, `more ${noun}`);
  const description = count > next ? `show ${next} more` : 'show all';
  return {
    label,
    description,
    tooltip: `${label}\nPress to ${description}.`,
    spoken: `${label}, ${description}`,
    icon: ['ellipsis'],
  };
}

/** ":8883 tls" behind the first one, whose host it shares. */
function listenerText({ protocol, host, port }: RunningListener, isFirst: boolean): string {
  const address = isFirst ? addressText(host, port) : `:${port}`;
  return protocol === 'tcp' ? address : `${address} ${protocol}`;
}
