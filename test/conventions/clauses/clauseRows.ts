import type { ViolationId } from '../../../src/protocol/violations';
import type { ViolationDefinition } from '../../../src/protocol/violations';
import { violationTable } from '../../../src/protocol/violations';
import type { BrokenRule, Findings } from './findings';
import type { SpecificationVersion, Statement } from './statements';
import type { Place, Tag } from './tags';

export interface Evidence extends Place {
  /** The statement whose check stands in for that of this one. */
  readonly as?: string;
}

/** A statement with the lines that satisfy it and those that show it. */
export interface ClauseRow {
  readonly statement: Statement;
  readonly implemented: readonly Evidence[];
  readonly tested: readonly Evidence[];
}

/**
 * Finds for each statement where it is implemented and tested. A tag counts for its statement, and one of 5.0 for the
 * statements of 3.1.1 that ask the same too. What the catalogue of violations says needs no tag: a line that reports a
 * violation implements its clause, a vector that breaks the rule tests it, in the version of the vector.
 */
export function clauseRows(statements: readonly Statement[], findings: Findings): readonly ClauseRow[] {
  const rows = statements.map((statement): ClauseRow => {
    const tagged = placesTagged(statement, findings.sourceTags);
    const broken = findings.brokenRules.filter((rule) => breaks(rule, statement));
    return {
      statement,
      implemented: tagged.length > 0 ? tagged : placesReported(statement, findings),
      tested: [...placesTagged(statement, findings.testTags), ...broken.map(place)],
    };
  });
  const byKey = new Map(rows.map((row) => [key(row.statement), row]));
  return rows.map((row) => ({
    ...row,
    implemented: orStandIns(row, 'implemented', byKey),
    tested: orStandIns(row, 'tested', byKey),
  }));
}

/** Tells apart the statements that have the same number in both versions. */
export function key({
  version,
  id,
}: {
  readonly version: SpecificationVersion;
  readonly id: string;
}): string {
  return `${version} ${id}`;
}

function place({ path, line }: Place): Place {
  return { path, line };
}

function placesTagged(statement: Statement, tags: readonly Tag[]): Place[] {
  const { version, id, same } = statement;
  return tags
    .filter(
      (tag) => (tag.version === version && tag.id === id) || (tag.version === '5.0' && same.includes(tag.id)),
    )
    .map(place);
}

function placesReported(statement: Statement, { raised }: Findings): readonly Place[] {
  const inCatalogue = (Object.keys(violationTable) as ViolationId[]).filter((id) => {
    const definition = violationTable[id];
    if (clausesOf(definition, statement.version).includes(statement.id)) return true;
    const { clause, clause311 } = definition;
    return statement.version === '3.1.1' && clause311 === undefined && statement.same.includes(clause);
  });
  const ids = new Set([...inCatalogue, ...statement.breaches.flatMap(({ violations }) => violations)]);
  return [...ids].flatMap((id) => raised.get(id) ?? []);
}

/** The clauses of a version that a definition names, those of packet types and sides included. */
export function clausesOf(
  { clause, clauses, clause311, clauses311 }: ViolationDefinition,
  version: SpecificationVersion,
): readonly string[] {
  const [general, own] = version === '5.0' ? [clause, clauses] : [clause311, clauses311];
  return [...(general === undefined ? [] : [general]), ...Object.values(own ?? {})];
}

function breaks(rule: BrokenRule, { version, id, breaches }: Statement): boolean {
  if (rule.version !== version) return false;
  if (rule.clause === id) return true;
  return breaches.some(
    ({ violations, packets, fields }) =>
      violations.includes(rule.violation) &&
      (packets === undefined || (rule.packet !== undefined && packets.includes(rule.packet))) &&
      (fields === undefined || fields.some((field) => rule.fields.includes(field))),
  );
}

function orStandIns(
  { statement, ...row }: ClauseRow,
  column: 'implemented' | 'tested',
  byKey: ReadonlyMap<string, ClauseRow>,
): readonly Evidence[] {
  if (row[column].length > 0) return row[column];
  const { version, as } = statement;
  const standIns = as.map((id) => ({ id, places: byKey.get(key({ version, id }))?.[column] ?? [] }));
  // One without a check of its own would leave a gap that the others do not fill.
  if (standIns.some(({ places }) => places.length === 0)) return [];
  return standIns.flatMap(({ id, places }) => places.map((evidence) => ({ ...place(evidence), as: id })));
}
