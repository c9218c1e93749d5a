/** One end of a network connection. */
export interface Endpoint {
  /** 4 or 16 bytes. */
  readonly address: Uint8Array;
  readonly port: number;
}

/** Both ends of a connection of MQTT. */
export interface Endpoints {
  readonly client: Endpoint;
  readonly server: Endpoint;
}

/** `10.0.0.7:50123`, `[fe80::1]:1883`. */
export function endpointText({ address, port }: Endpoint): string {
  return address.length === 4 ? `${address.join('.')}:${port}` : `[${ipv6Text(address)}]:${port}`;
}

/** As RFC 5952 has it: the longest run of zero groups is left out. */
function ipv6Text(address: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((address[2 * index] ?? 0) << 8) | (address[2 * index + 1] ?? 0)).toString(16),
  );
  let best = { start: 0, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (groups[start + length] === '0') length++;
    if (length > best.length) best = { start, length };
  }
  if (best.length < 2) return groups.join(':');
  return `${groups.slice(0, best.start).join(':')}::${groups.slice(best.start + best.length).join(':')}`;
}
