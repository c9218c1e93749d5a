import { assertNever } from './assert';
import { grouped } from './grouped';
import { decodeUtf8, encodeUtf8 } from './utf8';

/** What is to be said at a place of a capture where there are no bytes to show, or none that can be read. */
export type CaptureNote =
  /** Bytes of this way of the connection that no frame of the file holds. */
  | { readonly code: 'gap'; readonly bytes: number }
  /** Bytes that the capture left out because it keeps only the beginning of each frame. */
  | { readonly code: 'snapLength'; readonly bytes: number }
  /** The capture begins after the connection did. */
  | { readonly code: 'midConnection' }
  /** The connection is encrypted. */
  | { readonly code: 'tls'; readonly serverName?: string }
  /** The messages of a WebSocket are compressed (RFC 7692). */
  | { readonly code: 'compressed' };

/** 0x00 begins no packet, so that a note is never taken for one. */
const mark = 0;

/** A note as the bytes of a row. */
export function encodeNote(note: CaptureNote): Uint8Array {
  return encodeUtf8(String.fromCharCode(mark) + JSON.stringify(note));
}

/** The note in the bytes of a row, or undefined where they are none that this version knows. */
export function readNote(bytes: Uint8Array): CaptureNote | undefined {
  const text = bytes[0] === mark ? decodeUtf8(bytes, 1) : undefined;
  if (text === undefined) return undefined;
  try {
    return noteOf(JSON.parse(text) as unknown);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function noteOf(value: unknown): CaptureNote | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { code, bytes, serverName } = value as Readonly<Record<string, unknown>>;
  switch (code) {
    case 'gap':
    case 'snapLength':
      return typeof bytes === 'number' ? { code, bytes } : undefined;
    case 'tls':
      return typeof serverName === 'string' ? { code, serverName } : { code };
    case 'midConnection':
    case 'compressed':
      return { code };
    default:
      return undefined;
  }
}

/** A note as a sentence for people. */
export function describeNote(note: CaptureNote): string {
  switch (note.code) {
    case 'gap':
      return `${count(note.bytes)} missing here: no frame of the capture holds them.`;
    case 'snapLength':
      return `${count(note.bytes)} missing here: the capture kept only the beginning of each frame. Capture with tcpdump -s 0, or without a limit in Wireshark.`;
    case 'midConnection':
      return 'The capture begins in the middle of this connection, after its CONNECT. The version is guessed from the packets.';
    case 'tls':
      return `The connection is encrypted with TLS${note.serverName === undefined ? '' : ` (to ${note.serverName})`}: its packets cannot be read from a capture.`;
    case 'compressed':
      return 'The messages of this WebSocket are compressed (permessage-deflate) and are left as they are: its packets cannot be read.';
    default:
      return assertNever(note);
  }
}

function count(bytes: number): string {
  return bytes === 1 ? '1 byte is' : `${grouped(bytes)} bytes are`;
}
