import { decodeUtf8 } from '../base/utf8';
import { showBytes } from '../protocol/show';
import type { Dissection, FieldNode } from '../protocol/dissect';

/** How many characters of a payload are printed as text. */
const mostText = 256;

const isLeaf = ({ bits, children }: FieldNode): boolean => !bits && children.every((child) => child.bits);

/** The fields that violations point at: the smallest ones that take bytes, or the last where a packet ends too early. */
export function brokenFields({ fields, violations }: Dissection): ReadonlySet<FieldNode> {
  const leaves: FieldNode[] = [];
  const collect = (node: FieldNode): void => {
    if (isLeaf(node)) leaves.push(node);
    else if (!node.bits) node.children.forEach(collect);
  };
  fields.forEach(collect);
  const broken = new Set<FieldNode>();
  for (const { offset } of violations) {
    const found = fieldAt(leaves, offset);
    if (found) broken.add(found);
  }
  return broken;
}

/** The first field that ends behind an offset, which fields in their order tile the packet for; else the last. */
function fieldAt(leaves: readonly FieldNode[], offset: number): FieldNode | undefined {
  let low = 0;
  let high = leaves.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((leaves[middle]?.end ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return leaves[low] ?? leaves.at(-1);
}

/** The payload of a message as quoted text, with a blank before it; empty for other fields and for what is no text. */
export function payloadText(node: FieldNode, packet: Uint8Array, { packetType }: Dissection): string {
  const isPayload = packetType === 'PUBLISH' && node.label === 'Payload';
  const isWill = packetType === 'CONNECT' && (node.label === 'Will Payload' || node.label === 'Will Message');
  // Two bytes before a Will Payload count it.
  const bytes = packet.subarray(node.start + (isWill ? 2 : 0), node.end);
  if ((!isPayload && !isWill) || bytes.length === 0 || node.unfinished) return '';
  const text = decodeUtf8(bytes);
  if (text === undefined || /[^\P{C}\t\r\n]/u.test(text)) return '';
  const characters = Array.from(text);
  if (characters.length <= mostText) return ` ${JSON.stringify(text)}`;
  const shown = JSON.stringify(characters.slice(0, mostText).join(''));
  return ` ${shown} … (the first ${mostText} characters of ${showBytes(bytes.length)})`;
}
