import { violationTable } from '../../../src/protocol/violations';
import type { ClauseRow } from './clauseRows';
import { clausesOf, key } from './clauseRows';
import type { Findings } from './findings';
import type { Statement } from './statements';
import type { Tag } from './tags';

/** Every mention of a statement that its version does not have, and what cannot be read as a mention. */
export function unknownMentions(statements: readonly Statement[], findings: Findings): string[] {
  const known = new Set(statements.map(key));
  const mentions = [
    ...[...findings.sourceTags, ...findings.testTags].map((tag) => ({ ...tag, where: where(tag) })),
    ...findings.brokenRules
      .filter(({ clause }) => isStatement(clause))
      .map((rule) => ({ version: rule.version, id: rule.clause, where: where(rule) })),
    ...Object.entries(violationTable).flatMap(([where, definition]) =>
      (['5.0', '3.1.1'] as const).flatMap((version) =>
        clausesOf(definition, version)
          .filter(isStatement)
          .map((id) => ({ version, id, where })),
      ),
    ),
  ];
  return [
    ...findings.misspelt,
    ...mentions
      .filter((mention) => !known.has(key(mention)))
      .map(({ version, id, where }) => `${where} names ${id}, which ${version} does not have`),
  ];
}

/** Every tag in a source whose statement no test shows. */
export function untestedTags(rows: readonly ClauseRow[], { sourceTags }: Findings): string[] {
  const untested = new Set(
    rows.filter(({ tested }) => tested.length === 0).map(({ statement }) => key(statement)),
  );
  return sourceTags
    .filter((tag) => untested.has(key(tag)))
    .map((tag) => `${where(tag)} satisfies ${tag.id} of ${tag.version}, which no test shows`);
}

/** Every statement about the format of packets that is neither implemented and tested nor given up with a reason. */
export function gaps(rows: readonly ClauseRow[]): string[] {
  return rows
    .filter(({ statement }) => statement.scope === 'packet' && statement.reason === undefined)
    .flatMap(({ statement: { version, id, statement }, implemented, tested }) => {
      const missing = [
        ...(implemented.length === 0 ? ['implemented'] : []),
        ...(tested.length === 0 ? ['tested'] : []),
      ];
      return missing.length === 0
        ? []
        : [`${id} of ${version} is not ${missing.join(' and not ')}: ${statement}`];
    });
}

function where({ path, line }: Pick<Tag, 'path' | 'line'>): string {
  return `${path}:${line}`;
}

function isStatement(clause: string): boolean {
  return clause.startsWith('MQTT-');
}
