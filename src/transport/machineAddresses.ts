import { hostname, networkInterfaces } from 'node:os';
import { addressText } from './addressText';
import type { ListenerProtocol } from './listening/listener';

/** An address of this machine. */
export interface MachineAddress {
  readonly address: string;
  readonly family: 'IPv4' | 'IPv6';
  /** The name of its interface: `eth0`, `Wi-Fi`. */
  readonly interfaceName: string;
  /** Only this machine reaches it. */
  readonly isLoopback: boolean;
}

/** Where a listener is reached. */
export interface ListenerAddress extends MachineAddress {
  /** `mqtt://192.168.1.5:1883`, to type into a device. */
  readonly url: string;
}

export function machineAddresses(interfaces = networkInterfaces()): readonly MachineAddress[] {
  return Object.entries(interfaces).flatMap(([interfaceName, addresses = []]) =>
    addresses.map(({ address, family, internal }) => ({
      address: address.replace(/%.*$/, ''),
      family: family,
      interfaceName,
      isLoopback: internal,
    })),
  );
}

/** The names a certificate of this machine has to be good for: host names and addresses, each once. */
export function machineNames(addresses = machineAddresses(), host = hostname()): readonly string[] {
  const hosts = ['localhost', host, ...(host.includes('.') ? [] : [`${host}.local`])];
  // What is no host name cannot stand in a certificate.
  const names = hosts.filter((name) => /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(name));
  return [...new Set([...names, '127.0.0.1', '::1', ...addresses.map(({ address }) => address)])];
}

/** Of a URL to type into a device. */
const schemes: Readonly<Record<ListenerProtocol, string>> = {
  tcp: 'mqtt',
  tls: 'mqtts',
  ws: 'ws',
  wss: 'wss',
};

/** An IPv6 address that means nothing without its interface (RFC 4291, 2.5.6). */
const linkLocal = /^fe[89ab]/i;

/**
 * The addresses to type into a device, those of other machines' reach first, IPv4 before IPv6.
 * @param host what the listener is bound to; `0.0.0.0` and `::` are every address
 */
export function listenerAddresses(
  {
    protocol,
    host,
    port,
  }: { readonly protocol: ListenerProtocol; readonly host: string; readonly port: number },
  addresses = machineAddresses(),
): readonly ListenerAddress[] {
  const isEvery = host === '0.0.0.0' || host === '::';
  const path = protocol === 'ws' || protocol === 'wss' ? '/mqtt' : '';
  return addresses
    .filter(({ address, family }) =>
      isEvery ? (host === '::' || family === 'IPv4') && !linkLocal.test(address) : address === host,
    )
    .map((each) => ({ ...each, url: `${schemes[protocol]}://${addressText(each.address, port)}${path}` }))
    .sort(
      (one, other) =>
        Number(one.isLoopback) - Number(other.isLoopback) || one.family.localeCompare(other.family),
    );
}
