import {
  defaultPorts,
  defaultWebSocketPath,
  type TransportName,
  transportNames,
} from '../../contributions/networkSettings';
import type { PickStepItem, Step } from '../reporting/askSteps';
import type { ProfileScope } from './connectionProfile';
import { pathProblem, plainTcp, socketPathProblem, type Whereabouts } from './networkProfile';
import { hostProblem, isUrl, parseServerUrl, portProblem, type ServerUrl } from './serverAddress';
import { answeredTls, type TlsField, tlsSteps } from './tlsForm';

export type NetworkField = 'transport' | 'host' | 'socketPath' | 'port' | 'path' | TlsField;

type Answers = Readonly<Partial<Record<NetworkField, string>>>;

const transportItems: readonly (PickStepItem & { readonly value: TransportName })[] = [
  { value: 'tcp', label: 'MQTT over TCP', description: 'port 1883, in the clear' },
  { value: 'tls', label: 'MQTT over TLS', description: 'port 8883' },
  { value: 'ws', label: 'WebSocket', description: 'port 80, in the clear' },
  { value: 'wss', label: 'Secure WebSocket', description: 'port 443' },
  { value: 'unix', label: 'Unix socket', description: 'on this computer' },
];

/** Asks for the way to the server. A URL in the place of the host says transport, port and path at once. */
export function networkSteps(edited: Whereabouts | undefined): readonly Step<NetworkField>[] {
  const network = edited?.network ?? plainTcp;
  const overHost = (answers: Answers) => transportOf(answers) !== 'unix';
  return [
    {
      key: 'transport',
      label: 'Transport',
      prompt: 'How to get to the server',
      items: transportItems,
      initial: () => network.transport,
    },
    {
      key: 'host',
      label: 'Host',
      prompt: "Host: the server's name or address, or a URL such as mqtts://user:password@broker:8883",
      placeholder: '127.0.0.1',
      initial: () => (edited === undefined || edited.host === '' ? '127.0.0.1' : edited.host),
      problem: (host) => {
        if (!isUrl(host)) return hostProblem(host);
        const url = parseServerUrl(host);
        return typeof url === 'string' ? url : undefined;
      },
      when: overHost,
    },
    {
      key: 'socketPath',
      label: 'Path',
      prompt: 'Path of the Unix socket',
      placeholder: '/run/mosquitto.sock',
      initial: () => (network.transport === 'unix' ? network.socketPath : ''),
      problem: socketPathProblem,
      when: (answers) => !overHost(answers),
    },
    {
      key: 'port',
      label: 'Port',
      prompt: 'Port',
      placeholder: String(defaultPorts.tcp),
      initial: (answers) => {
        const transport = transportOf(answers);
        return String(edited?.network.transport === transport ? edited.port : defaultPorts[transport]);
      },
      problem: portProblem,
      when: (answers) => overHost(answers) && serverUrlOf(answers) === undefined,
    },
    {
      key: 'path',
      label: 'Path',
      prompt: 'Path of the WebSocket on the server',
      placeholder: defaultWebSocketPath,
      initial: () => ('webSocket' in network ? network.webSocket.path : defaultWebSocketPath),
      problem: pathProblem,
      when: (answers) => isWebSocket(transportOf(answers)) && serverUrlOf(answers)?.path === undefined,
    },
    ...tlsSteps<NetworkField>('tls' in network ? network.tls : undefined, (answers) =>
      hasTls(transportOf(answers)),
    ),
  ];
}

/** What was answered, on top of what the settings say and the form does not ask. */
export function answeredNetwork(
  answers: Readonly<Record<NetworkField, string>>,
  edited: Whereabouts | undefined,
  scope: ProfileScope,
): Whereabouts {
  const before = edited?.network;
  const transport = transportOf(answers);
  if (transport === 'unix') {
    return { host: '', port: 0, network: { transport, socketPath: answers.socketPath } };
  }
  const url = serverUrlOf(answers);
  const proxy = before !== undefined && 'proxy' in before ? before.proxy : undefined;
  const webSocket = {
    path: url?.path ?? answers.path,
    headers: before !== undefined && 'webSocket' in before ? before.webSocket.headers : {},
  };
  const tls = answeredTls(answers, before !== undefined && 'tls' in before ? before.tls : undefined, scope);
  const networks = {
    tcp: { transport: 'tcp', proxy },
    tls: { transport: 'tls', proxy, tls },
    ws: { transport: 'ws', proxy, webSocket },
    wss: { transport: 'wss', proxy, webSocket, tls },
  } as const;
  return {
    host: url?.host ?? answers.host,
    port: url?.port ?? Number(answers.port),
    network: networks[transport],
  };
}

/** The transport that was picked, or that the URL in the place of the host names. */
function transportOf(answers: Answers): TransportName {
  const picked = transportNames.find((name) => name === answers.transport) ?? 'tcp';
  return serverUrlOf(answers)?.transport ?? picked;
}

/** The URL in the place of the host, where one was entered and counts. */
export function serverUrlOf({
  transport,
  host = '',
}: Readonly<Partial<Record<'transport' | 'host', string>>>): ServerUrl | undefined {
  // An answer stays while going back and forth, also to a step that is not asked any more.
  if (transport === 'unix') return undefined;
  const url = isUrl(host) ? parseServerUrl(host) : undefined;
  return typeof url === 'object' ? url : undefined;
}

function isWebSocket(transport: TransportName): boolean {
  return transport === 'ws' || transport === 'wss';
}

function hasTls(transport: TransportName): boolean {
  return transport === 'tls' || transport === 'wss';
}
