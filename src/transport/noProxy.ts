import { BlockList, isIP } from 'node:net';

const localHosts = new Set(['localhost', '127.0.0.1', '::1']);

/**
 * Whether a server is to be reached without a proxy: this computer always, and what VS Code's `http.noProxy` lists - names
 * with everything below them, `host:port`, addresses, networks such as `10.0.0.0/8`, and `*` for everything.
 */
export function bypassesProxy(host: string, port: number, noProxy: readonly string[]): boolean {
  const name = host.toLowerCase();
  return localHosts.has(name) || noProxy.some((entry) => matches(entry.trim().toLowerCase(), name, port));
}

function matches(entry: string, name: string, port: number): boolean {
  if (entry === '') return false;
  if (entry === '*' || entry === name || entry === `${name}:${port}`) return true;
  if (isIP(name) !== 0) return holds(entry, name);
  return name.endsWith(entry.startsWith('.') ? entry : `.${entry}`);
}

/** Whether a network in the notation `address/bits` holds an address. */
function holds(network: string, address: string): boolean {
  const [, base = '', bits = ''] = /^(.+)\/(\d{1,3})$/.exec(network) ?? [];
  const family = isIP(base);
  if (family === 0 || Number(bits) > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(base, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  return list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
}
