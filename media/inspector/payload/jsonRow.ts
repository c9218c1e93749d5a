import { grouped } from '../../../src/base/grouped';
import type { JsonRows } from './jsonRows';
import { shownText } from './textLines';

/** Characters of a value in its row; the bar below has all. */
const longestInRow = 300;
/** Nested deeper, rows stay where they are: a payload may nest as deep as it is long. */
const deepestIndent = 40;

/** The element of one value of a JSON tree. */
export function jsonRow(rows: JsonRows, node: number): HTMLElement {
  const { tree } = rows;
  const depth = rows.depth(node);
  const element = document.createElement('div');
  element.className = 'text-line json-row';
  element.id = `payload-value-${node}`;
  element.dataset['node'] = String(node);
  element.setAttribute('role', 'treeitem');
  element.setAttribute('aria-level', String(depth + 1));
  const parent = tree.parent(node);
  element.setAttribute('aria-posinset', String(tree.indexInParent(node) + 1));
  element.setAttribute('aria-setsize', String(parent === undefined ? 1 : tree.childCount(parent)));
  element.style.paddingInlineStart = `calc(${Math.min(depth, deepestIndent) * 2}ch + 6px)`;
  const foldable = tree.childCount(node) > 0;
  const expanded = rows.isExpanded(node);
  if (foldable) element.setAttribute('aria-expanded', String(expanded));
  const twistie = span(
    foldable ? `twistie codicon codicon-chevron-${expanded ? 'down' : 'right'}` : 'twistie',
  );
  twistie.setAttribute('aria-hidden', 'true');
  element.append(twistie);
  const name = tree.name(node);
  if (name !== undefined) element.append(token('name', name), token('punctuation', ': '));
  else if (parent !== undefined) {
    element.append(token('index', String(tree.indexInParent(node))), token('punctuation', ': '));
  }
  element.append(...valueTokens(rows, node));
  if (tree.isRepeated(node)) {
    const mark = token('repeated', 'repeated name');
    mark.title =
      'This name stands more than once in its object. Most readers keep the last value only (RFC 8259).';
    element.append(mark);
  }
  return element;
}

function valueTokens({ tree }: JsonRows, node: number): readonly HTMLElement[] {
  const count = tree.childCount(node);
  switch (tree.kind(node)) {
    case '{':
      return [
        token(
          'punctuation',
          count === 0 ? '{}' : `{ ${count === 1 ? '1 member' : `${grouped(count)} members`} }`,
        ),
      ];
    case '[':
      return [
        token(
          'punctuation',
          count === 0 ? '[]' : `[ ${count === 1 ? '1 element' : `${grouped(count)} elements`} ]`,
        ),
      ];
    case '"':
      return cutValue('string', tree.value(node));
    case 't':
    case 'f':
    case 'n':
      return [token('literal', tree.value(node))];
    default:
      return cutValue('number', tree.value(node));
  }
}

function cutValue(kind: string, value: string): readonly HTMLElement[] {
  if (value.length <= longestInRow) return [token(kind, value)];
  const rest = `… ${grouped(value.length)} characters`;
  return [token(kind, value.slice(0, longestInRow)), token('punctuation', rest)];
}

function token(kind: string, text: string): HTMLElement {
  const element = span(`token ${kind}`);
  element.textContent = shownText(text);
  return element;
}

function span(className: string): HTMLElement {
  const element = document.createElement('span');
  element.className = className;
  return element;
}
