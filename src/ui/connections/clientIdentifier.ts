const digits = '0123456789abcdef';

/**
 * A Client Identifier that every server takes: at most 23 bytes of letters and digits [MQTT-3.1.3-5]. `random` fills an
 * array with random bytes.
 */
export function newClientIdentifier(random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array): string {
  const suffix = Array.from(random(new Uint8Array(10)), (byte) => digits[byte & 0x0f]).join('');
  return `mqttWorkbench${suffix}`;
}
