import type { JsonTree } from '../../../src/payload/jsonTree';
import { whereVocabulary } from '../../../src/protocol/whereVocabulary';
import { parseWhere } from '../../../src/where/parser';

/**
 * The filter for packets whose payload has the same value at the same place; of a value that no filter can be compared with,
 * since it holds others or is too long, those that have something there.
 */
export function payloadFilter(tree: JsonTree, node: number): string {
  const path = tree.path(node);
  if (!tree.isContainer(node)) {
    const same = `${path} == ${tree.value(node)}`;
    if ('expression' in parseWhere(same, whereVocabulary)) return same;
  }
  return `${path} exists`;
}
