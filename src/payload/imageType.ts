/** The kinds of images a browser shows that can do nothing but be shown. SVG may hold scripts and is text here. */
export type ImageType = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp' | 'image/bmp';

const signatures: readonly (readonly [ImageType, readonly (number | undefined)[]])[] = [
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/gif', [0x47, 0x49, 0x46, 0x38, undefined, 0x61]],
  // RIFF, its length, WEBP.
  ['image/webp', [0x52, 0x49, 0x46, 0x46, ...noMatter(4), 0x57, 0x45, 0x42, 0x50]],
];

/** Bytes of an image's beginning that tell what it is. */
export const imageSignatureLength = 26;

/** What kind of image bytes begin, by their look and never by what they are said to be. */
export function imageType(bytes: Uint8Array, length = bytes.length): ImageType | undefined {
  for (const [type, signature] of signatures) {
    if (signature.every((wanted, at) => wanted === undefined || wanted === bytes[at])) return type;
  }
  return isBitmap(bytes, length) ? 'image/bmp' : undefined;
}

/** Two letters are no proof: the header's own lengths have to fit as well. */
function isBitmap(bytes: Uint8Array, length: number): boolean {
  if (bytes[0] !== 0x42 || bytes[1] !== 0x4d || bytes.length < imageSignatureLength) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [size, pixels, header] = [
    view.getUint32(2, true),
    view.getUint32(10, true),
    view.getUint32(14, true),
  ];
  return size <= length && pixels < length && header >= 12 && header <= 124;
}

function noMatter(count: number): undefined[] {
  return Array.from({ length: count }, () => undefined);
}
