import type { FilterNode, LevelNode } from './subscriptionNodes';

/**
 * The rows from `node` down that read differently than they were drawn, without those below another one of the result:
 * VS Code draws what is below a row along with it. Only rows it asked for and that are not closed are looked at, and no
 * branch where nothing happened since the last look; what a closed row hides is drawn when it opens.
 */
export function changedRows(node: FilterNode | LevelNode): readonly (FilterNode | LevelNode)[] {
  if (node.revision === node.seenRevision) return [];
  node.seenRevision = node.revision;
  if (otherChildren(node) || otherValue(node)) return [node];
  return node.open ? [...node.madeChildren()].flatMap(changedRows) : [];
}

function otherChildren({ open, levels, drawnChildren }: FilterNode | LevelNode): boolean {
  return open ? levels.size !== drawnChildren : levels.size > 0 !== drawnChildren > 0;
}

function otherValue(node: FilterNode | LevelNode): boolean {
  return 'level' in node && node.level.value !== node.drawnValue;
}
