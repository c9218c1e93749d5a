import { diffPayloads, longestCompared } from '../../../src/payload/payloadDiff';
import type { PayloadForm } from '../../../src/payload/payloadMode';
import type { ByteSource } from '../byteSource';
import { sizeText } from '../sizeText';
import { diffRows, diffSummary, type DiffRow } from './diffRows';
import { payloadOfPacket, type PayloadAccess } from './payloadAccess';

/** A payload beside the previous one of its topic. */
export interface Comparison {
  readonly rows: readonly DiffRow[];
  /** What there is to say about it in a sentence, also where there is nothing to compare. */
  readonly summary: string;
}

const noRows: readonly DiffRow[] = [];

/** Compares the payload of a packet with that of the previous message of its topic. */
export async function compareWithPrevious(
  access: PayloadAccess,
  sequence: number,
  payload: ByteSource,
  form: PayloadForm,
): Promise<Comparison> {
  const previous = await access.neighbour(sequence, 'previous');
  const packet = previous === undefined ? undefined : await access.load(previous);
  const earlier = packet && payloadOfPacket(packet);
  if (!packet || !earlier) {
    return {
      rows: noRows,
      summary: 'The log holds no earlier message of this topic, client and direction to compare with.',
    };
  }
  const longer = Math.max(earlier.length, payload.length);
  if (longer > longestCompared) {
    const summary = `Too long to compare here, where ${sizeText(longestCompared)} is the limit: #${packet.sequence} has ${sizeText(earlier.length)}, this one ${sizeText(payload.length)}. Save both and compare the files.`;
    return { rows: noRows, summary };
  }
  const [before, after] = await Promise.all([
    earlier.read(0, earlier.length),
    payload.read(0, payload.length),
  ]);
  if (!before || !after) return { rows: noRows, summary: 'One of the two packets is no longer in the log.' };
  const diff = diffPayloads(before, after, form);
  return {
    rows: diffRows(diff, before, after),
    summary: `#${packet.sequence} → #${sequence}. ${diffSummary(diff)}`,
  };
}
