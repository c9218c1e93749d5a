import type { ListenerProtocol } from '../../transport/listening/listener';
import { usualPorts } from '../../transport/listening/listener';
import { UsageError } from '../terminal';
import type { GivenSettings } from './settings';

/** Where to listen for what. */
export interface ListenerSetting {
  readonly protocol: ListenerProtocol;
  readonly host: string;
  readonly port: number;
}

const protocols: Readonly<Record<string, ListenerProtocol>> = {
  mqtt: 'tcp',
  tcp: 'tcp',
  mqtts: 'tls',
  tls: 'tls',
  ssl: 'tls',
  ws: 'ws',
  wss: 'wss',
};

/** The listeners that are asked for, by `--listen` and by `--port`; plain MQTT on 1883 where there is neither. */
export function listenersOf(given: GivenSettings): readonly ListenerSetting[] {
  const host = given.get('host')?.[0] ?? '127.0.0.1';
  const port = given.get('port')?.[0];
  const listed = (given.get('listen') ?? []).map((url) => listenerOf(url, host));
  if (port === undefined && listed.length > 0) return listed;
  return [{ protocol: 'tcp', host, port: Number(port ?? usualPorts.tcp) }, ...listed];
}

function listenerOf(url: string, usualHost: string): ListenerSetting {
  const [, scheme = '', bracketed, plain = '', portText] =
    /^([a-z]+):\/\/(?:\[([0-9a-fA-F:.]+)\]|([^:/[\]]*))(?::(\d{1,5}))?\/?$/.exec(url) ?? [];
  const protocol = Object.hasOwn(protocols, scheme) ? protocols[scheme] : undefined;
  const port = portText === undefined ? protocol && usualPorts[protocol] : Number(portText);
  if (!protocol || port === undefined || port > 65_535) {
    throw new UsageError(
      `--listen: "${url}" is no place to listen; write mqtt://, mqtts://, ws:// or wss:// with an address and a port, such as mqtts://127.0.0.1:8883`,
    );
  }
  const host = bracketed ?? (plain === '' ? usualHost : plain);
  return { protocol, host, port };
}
