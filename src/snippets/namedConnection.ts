import type { BuiltInSources } from './builtIns';
import type { Block, SnippetDocument } from './syntax';
import { Variables } from './variables';

/**
 * What the Connection header of a block says, its variables replaced; undefined where it has none or one that cannot be
 * read, which the plan then tells.
 */
export function namedConnection(
  document: SnippetDocument,
  block: Block,
  sources: Omit<BuiltInSources, 'clientIdentifier'>,
): string | undefined {
  const header = block.headers.find(({ name }) => name.text.toLowerCase() === 'connection');
  if (!header) return undefined;
  const variables = new Variables(document, block, { ...sources, clientIdentifier: undefined });
  const name = variables.expand(header.value)?.text;
  return name === '' ? undefined : name;
}
