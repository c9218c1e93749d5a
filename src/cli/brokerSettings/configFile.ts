import { dirname, resolve } from 'node:path';
import { getNodeValue, type Node, type ParseError, parseTree } from 'jsonc-parser';
import { decodeUtf8 } from '../../base/utf8';
import { parseProblem } from '../parseProblem';
import { CommandError, didYouMean, UsageError } from '../terminal';
import { brokerSettings, checkedValue, type GivenSettings, type Setting } from './settings';

/** JSON with comments as a tree; a {@link CommandError} names file, line and column. */
export function parseJsonFile(file: string, bytes: Uint8Array): Node {
  const text = decodeUtf8(bytes);
  if (text === undefined) throw new CommandError(`${file} is no text in UTF-8`);
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first || !tree) {
    const problem = first ? parseProblem(first.error) : 'it is empty';
    throw new CommandError(`${place(file, text, first?.offset ?? 0)}: this is no JSON: ${problem}`);
  }
  return tree;
}

/** The settings of a config file: an object with the names of the options without their hyphens, such as `keepState`. */
export function readConfigFile(file: string, bytes: Uint8Array): GivenSettings {
  const tree = parseJsonFile(file, bytes);
  if (tree.type !== 'object') throw new CommandError(`${file}: it has to be an object, { … }`);
  const given = new Map<string, readonly string[]>();
  for (const property of tree.children ?? []) {
    const [key, value] = property.children ?? [];
    if (!key || !value) continue;
    const name = String(getNodeValue(key));
    const where = `${file}: "${name}"`;
    const setting = brokerSettings.get(name);
    if (!setting) throw new CommandError(`${where} is not known; ${meant(name)}`);
    if (given.has(name)) throw new CommandError(`${where} is given twice`);
    given.set(name, valuesOf(where, file, getNodeValue(value), setting));
  }
  return given;
}

function valuesOf(where: string, file: string, value: unknown, setting: Setting): readonly string[] {
  const isList = Array.isArray(value) && setting.kind.kind === 'texts';
  const values: readonly unknown[] = isList ? value : [value];
  return values.map((each, index) => {
    const at = isList ? `${where}, entry ${index + 1}` : where;
    if (!hasRightType(each, setting)) throw new CommandError(`${at} has to be ${typeName(setting)}`);
    const text = checked(at, String(each), setting);
    return setting.kind.kind === 'path' ? resolve(dirname(file), text) : text;
  });
}

/** As for an option, but that how the command line is written does not help. */
function checked(where: string, value: string, setting: Setting): string {
  try {
    return checkedValue(where, value, setting);
  } catch (error) {
    if (error instanceof UsageError) throw new CommandError(error.message);
    throw error;
  }
}

/** Somebody may have written the option, `keep-state`, in place of its name here. */
function meant(name: string): string {
  const names = [...brokerSettings.keys()];
  return didYouMean(name.replace(/-/g, ''), names, `there is ${names.join(', ')}`);
}

function hasRightType(value: unknown, { kind }: Setting): boolean {
  if (kind.kind === 'number') return typeof value === 'number';
  if (kind.kind === 'switch') return typeof value === 'boolean';
  if (kind.kind !== 'choice') return typeof value === 'string';
  return ['string', 'boolean', 'number'].includes(typeof value);
}

function typeName({ kind }: Setting): string {
  if (kind.kind === 'number') return 'a number';
  if (kind.kind === 'switch') return 'true or false';
  return kind.kind === 'choice' ? `one of ${kind.among.join(', ')}` : 'a text in quotes';
}

function place(file: string, text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `${file}:${before.length}:${(before.at(-1) ?? '').length + 1}`;
}
