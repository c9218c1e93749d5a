import type { ControlPacket, ProtocolVersion } from '../controlPacket';
import type { ByteViews } from './byteViews';
import { readPlainAcknowledgement } from './readPlainAcknowledgement';
import { readPlainPublish } from './readPlainPublish';
import { readPlainSuback, readPlainSubscribe } from './readPlainSubscription';

/**
 * The hot path of decoding: the packets that make up nearly all traffic, read without the generality of the layouts.
 * Gives up (undefined) at anything unusual, so that the layouts alone decide what is a violation and what a rare form
 * means. test/protocol holds both readers against each other for every vector, `npm run bench -- codec` says what this
 * is worth.
 */
export function readPlain(
  views: ByteViews,
  start: number,
  end: number,
  version: ProtocolVersion,
): ControlPacket | undefined {
  if (start >= end) return undefined;
  switch ((views.bytes[start] as number) >> 4) {
    case 3:
      return readPlainPublish(views, start, end, version);
    case 4:
    case 5:
    case 6:
    case 7:
      return readPlainAcknowledgement(views.bytes, start, end);
    case 8:
      return readPlainSubscribe(views.bytes, start, end, version);
    case 9:
      return readPlainSuback(views.bytes, start, end, version);
    default:
      return undefined;
  }
}
