import { findNodeAtLocation, getNodeValue, parseTree } from 'jsonc-parser';
import { decodeUtf8 } from '../../base/utf8';
import type { Terminal } from '../terminal';

/**
 * Whether what happens is to be told as JSON, by as much as can be read of options and config file that are wrong somewhere.
 * As where they are right an option goes before the file.
 */
export async function asksForJson(args: readonly string[], terminal: Terminal): Promise<boolean> {
  const said = args.filter((each) => each === '--json' || each.startsWith('--json=')).at(-1);
  if (said !== undefined) return said === '--json' || said === '--json=true';
  const path = configOf(args);
  // What is wrong was found already, and is told even where this file is wrong too.
  const bytes = path === undefined ? undefined : await terminal.file(path).catch(() => undefined);
  return bytes !== undefined && saysJson(bytes);
}

/** The last one, as it is with every option that is given again. */
function configOf(args: readonly string[]): string | undefined {
  const paths = args.flatMap((each, index) => {
    if (each === '--config') return [args[index + 1]];
    return each.startsWith('--config=') ? [each.slice('--config='.length)] : [];
  });
  return paths.at(-1);
}

/** The parser goes on behind what it does not understand. */
function saysJson(bytes: Uint8Array): boolean {
  const tree = parseTree(decodeUtf8(bytes) ?? '');
  const value = tree && findNodeAtLocation(tree, ['json']);
  return value !== undefined && getNodeValue(value) === true;
}
