import { concatBytes } from '../../src/base/bytes';

const enhancedPacket = 6;

/** A little-endian pcapng file with the frames alone that are wanted by their numbers, from 1: as editcap cuts them out. */
export function withFrames(file: Uint8Array, isWanted: (frame: number) => boolean): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const kept: Uint8Array[] = [];
  let frame = 0;
  for (let at = 0; at < file.length;) {
    const length = view.getUint32(at + 4, true);
    const isFrame = view.getUint32(at, true) === enhancedPacket;
    if (!isFrame || isWanted(++frame)) kept.push(file.subarray(at, at + length));
    at += length;
  }
  return concatBytes(kept);
}
