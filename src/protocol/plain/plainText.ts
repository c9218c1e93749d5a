/*
 * Bytes of a string that need no second look, as tables for the hot loops: 1 for plain, 0 for all others.
 */

/** ASCII but U+0000. */
export const plainText = Uint8Array.from({ length: 256 }, (_, byte) => (byte > 0 && byte < 0x80 ? 1 : 0));

/** The same without the wildcards of Topic Filters, + and #. */
export const plainTopic = plainText.map((plain, byte) => (byte === 0x23 || byte === 0x2b ? 0 : plain));
