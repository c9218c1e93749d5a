import { dirname, resolve } from 'node:path';
import { getNodeValue, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { decodeUtf8 } from '../../base/utf8';
import { UsageError } from '../terminal';
import { brokerSettings, checkedValue, type GivenSettings, type Setting } from './settings';

/** JSON with comments as a tree; a {@link UsageError} names file, line and column. */
export function parseJsonFile(file: string, bytes: Uint8Array): Node {
  const text = decodeUtf8(bytes);
  if (text === undefined) throw new UsageError(`${file} is no text in UTF-8`);
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first || !tree) {
    const problem = first ? printParseErrorCode(first.error) : 'it is empty';
    throw new UsageError(`${place(file, text, first?.offset ?? 0)}: no JSON (${problem})`);
  }
  return tree;
}

/** The settings of a config file: an object with the names of the options without their hyphens, such as `keepState`. */
export function readConfigFile(file: string, bytes: Uint8Array): GivenSettings {
  const tree = parseJsonFile(file, bytes);
  if (tree.type !== 'object') throw new UsageError(`${file}: it has to be an object, { … }`);
  const given = new Map<string, readonly string[]>();
  for (const property of tree.children ?? []) {
    const [key, value] = property.children ?? [];
    if (!key || !value) continue;
    const name = String(getNodeValue(key));
    const where = `${file}: "${name}"`;
    const setting = brokerSettings.get(name);
    if (!setting)
      throw new UsageError(`${where} is not known; there is ${[...brokerSettings.keys()].join(', ')}`);
    if (given.has(name)) throw new UsageError(`${where} is given twice`);
    given.set(name, valuesOf(where, file, getNodeValue(value), setting));
  }
  return given;
}

function valuesOf(where: string, file: string, value: unknown, setting: Setting): readonly string[] {
  const isList = Array.isArray(value) && setting.kind.kind === 'texts';
  const values: readonly unknown[] = isList ? value : [value];
  return values.map((each, index) => {
    const at = isList ? `${where}, entry ${index + 1}` : where;
    if (!hasRightType(each, setting)) throw new UsageError(`${at} has to be ${typeName(setting)}`);
    const text = checkedValue(at, String(each), setting);
    return setting.kind.kind === 'path' ? resolve(dirname(file), text) : text;
  });
}

function hasRightType(value: unknown, { kind }: Setting): boolean {
  if (kind.kind === 'number') return typeof value === 'number';
  if (kind.kind !== 'choice') return typeof value === 'string';
  return ['string', 'boolean', 'number'].includes(typeof value);
}

function typeName({ kind }: Setting): string {
  if (kind.kind === 'number') return 'a number';
  return kind.kind === 'choice' ? `one of ${kind.among.join(', ')}` : 'a text in quotes';
}

function place(file: string, text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `${file}:${before.length}:${(before.at(-1) ?? '').length + 1}`;
}
