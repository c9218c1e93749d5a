import assert from 'node:assert/strict';
import { FragmentReassembly } from '../../../src/capture/pcap/fragments';
import type { InternetPacket } from '../../../src/capture/pcap/internetPacket';

/** Part of a datagram, whose bytes are their places in the whole. */
function part(
  reassembly: FragmentReassembly,
  offset: number,
  length: number,
  more = true,
  identification = 1,
): Uint8Array | undefined {
  const bytes = Uint8Array.from({ length }, (_, index) => offset + index);
  const packet: InternetPacket = {
    source: Uint8Array.of(10, 0, 0, 7),
    destination: Uint8Array.of(10, 0, 0, 1),
    protocol: 6,
    ...{ start: 0, end: length, missing: 0 },
    fragment: { identification, offset, more },
  };
  return reassembly.add(packet, bytes);
}

describe('Fragments of an IP packet', () => {
  it('are put together where one lies within another', () => {
    const reassembly = new FragmentReassembly();
    assert.equal(part(reassembly, 0, 24), undefined);
    assert.equal(part(reassembly, 8, 8), undefined);
    const whole = part(reassembly, 24, 8, false);
    assert.deepEqual(
      whole,
      Uint8Array.from({ length: 32 }, (_, index) => index),
    );
    assert.equal(reassembly.incomplete, 0);
  });

  it('are not put together where they leave a hole', () => {
    const reassembly = new FragmentReassembly();
    part(reassembly, 8, 24);
    assert.equal(part(reassembly, 24, 8, false), undefined);
    assert.equal(reassembly.incomplete, 1);
  });

  it('are given up where they have more bytes together than a packet can have: they lie over one another', () => {
    const reassembly = new FragmentReassembly();
    for (let offset = 8; offset < 32_000; offset += 2_000) part(reassembly, offset, 32_000);
    assert.ok(reassembly.heldBytes <= 65_535, `${reassembly.heldBytes} bytes wait`);
    assert.ok(reassembly.incomplete > 0);
  });

  it('wait in a bound of so many packets, the oldest of which go', () => {
    const reassembly = new FragmentReassembly();
    for (let identification = 0; identification < 1_000; identification++)
      part(reassembly, 8, 8, true, identification);
    assert.equal(reassembly.incomplete, 1_000);
    assert.equal(reassembly.heldBytes, 256 * 8);
  });
});
