/** Inputs longer than this are cut: mistakes of a wire format show in short ones. */
export const longestInput = 16 * 1024;

const interestingBytes = [0x00, 0x01, 0x7f, 0x80, 0xff, 0x10, 0x20, 0x30, 0x62, 0x82, 0xc0, 0xd8, 0xef, 0xf0];

type Mutation = (bytes: number[], random: () => number, other: Uint8Array) => void;

const place = (bytes: readonly number[], random: () => number) => Math.floor(random() * (bytes.length + 1));

/** What goes wrong with packets on their way out of a device, and what an attacker tries. */
const mutations: readonly Mutation[] = [
  (bytes, random) => {
    const at = place(bytes, random);
    if (at < bytes.length) bytes[at] = (bytes[at] as number) ^ (1 << Math.floor(random() * 8));
  },
  (bytes, random) => {
    const at = place(bytes, random);
    if (at < bytes.length)
      bytes[at] = interestingBytes[Math.floor(random() * interestingBytes.length)] as number;
  },
  (bytes, random) => {
    const at = place(bytes, random);
    if (at < bytes.length) bytes[at] = Math.floor(random() * 256);
  },
  (bytes, random) => bytes.splice(place(bytes, random), 1 + Math.floor(random() * 4)),
  (bytes, random) => bytes.splice(place(bytes, random), bytes.length),
  (bytes, random) => bytes.splice(place(bytes, random), 0, Math.floor(random() * 256)),
  (bytes, random) => {
    const from = place(bytes, random);
    bytes.splice(place(bytes, random), 0, ...bytes.slice(from, from + Math.floor(random() * 16)));
  },
  (bytes, random, other) =>
    bytes.splice(place(bytes, random), bytes.length, ...other.subarray(Math.floor(random() * other.length))),
  (bytes, _random, other) => bytes.push(...other),
];

/** `seed` with one to eight things wrong with it; `other` is what it may be mixed with. */
export function mutate(seed: Uint8Array, other: Uint8Array, random: () => number): Uint8Array {
  const bytes = Array.from(seed.subarray(0, longestInput / 2));
  const short = other.subarray(0, longestInput / 4);
  const count = 1 + Math.floor(random() * 8);
  for (let index = 0; index < count; index++) {
    mutations[Math.floor(random() * mutations.length)]?.(bytes, random, short);
  }
  return Uint8Array.from(bytes.slice(0, longestInput));
}
