// `npm run clauses`: every conformance statement of both versions, where it is implemented and where tested.
//   npm run -s clauses -- --json   one JSON object a line, the sums last
import type { ClauseRow, Evidence } from './clauseRows';
import { clauseRows } from './clauseRows';
import { findInRepository } from './findings';
import type { SpecificationVersion } from './statements';
import { loadStatements, scopes } from './statements';

interface Sum {
  readonly version: SpecificationVersion;
  readonly statements: number;
  readonly packet: number;
  readonly packetImplementedAndTested: number;
  readonly packetWithReason: number;
  readonly others: number;
  readonly othersImplemented: number;
  readonly othersTested: number;
}

function sumUp(version: SpecificationVersion, rows: readonly ClauseRow[]): Sum {
  const ofVersion = rows.filter(({ statement }) => statement.version === version);
  const count = (condition: (row: ClauseRow) => boolean) => ofVersion.filter(condition).length;
  const isPacket = ({ statement }: ClauseRow) => statement.scope === 'packet';
  return {
    version,
    statements: ofVersion.length,
    packet: count(isPacket),
    packetImplementedAndTested: count((row) => isPacket(row) && isComplete(row)),
    packetWithReason: count((row) => isPacket(row) && !isComplete(row) && row.statement.reason !== undefined),
    others: count((row) => !isPacket(row)),
    othersImplemented: count((row) => !isPacket(row) && row.implemented.length > 0),
    othersTested: count((row) => !isPacket(row) && row.implemented.length > 0 && row.tested.length > 0),
  };
}

/** A search of the texts for `[MQTT-x.y.z-n]` finds fewer. */
const countsExplained = [
  '251 of 5.0: a search of its text finds 250, for it prints 3.2.2-8 without its bracket.',
  '141 of 3.1.1: a search of its text finds 134, for it misprints three (3.1.2-7, 3.3.1-1, 3.8.3-4) and breaks four with a',
  'link (3.1.2-5, 3.8.4-3, 3.8.4-5, 3.8.4-6).',
].join('\n');

function isComplete({ implemented, tested }: ClauseRow): boolean {
  return implemented.length > 0 && tested.length > 0;
}

function inWords(sum: Sum): string {
  const { packet, packetImplementedAndTested, packetWithReason } = sum;
  return [
    `MQTT ${sum.version}: ${sum.statements} statements`,
    `${packet} about packets, ${packetImplementedAndTested} implemented and tested, ${packetWithReason} with a reason, ` +
      `${packet - packetImplementedAndTested - packetWithReason} missing`,
    `${sum.others} others, ${sum.othersImplemented} implemented, ${sum.othersTested} of them tested`,
  ].join('; ');
}

/** The first place, and how many more there are. */
function shown(evidence: readonly Evidence[], none: string): string {
  const [first] = evidence;
  if (!first) return none;
  const standIn = first.as === undefined ? '' : ` as ${first.as}`;
  const more = evidence.length > 1 ? ` +${evidence.length - 1}` : '';
  return `${first.path}:${first.line}${more}${standIn}`;
}

function cells({ statement, implemented, tested }: ClauseRow): readonly string[] {
  const { version, id, section, scope, reason, statement: words } = statement;
  const none = scope === 'packet' && reason === undefined ? 'MISSING' : '-';
  return [
    version,
    id,
    section,
    scope,
    shown(implemented, none),
    shown(tested, none),
    reason === undefined ? words : `${words} (${reason})`,
  ];
}

function table(rows: readonly ClauseRow[]): string {
  const lines = [
    ['version', 'statement', 'section', 'scope', 'implemented', 'tested', 'what it asks'],
    ...rows.map(cells),
  ];
  const widths = lines.reduce<readonly number[]>(
    (widest, line) => line.map((cell, index) => Math.max(cell.length, widest[index] ?? 0)),
    [],
  );
  return lines
    .map((line) =>
      line
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function json({ statement: { breaches: _, ...statement }, implemented, tested }: ClauseRow): string {
  const text = ({ path, line, as }: Evidence) => ({
    place: `${path}:${line}`,
    ...(as !== undefined && { as }),
  });
  return JSON.stringify({ ...statement, implemented: implemented.map(text), tested: tested.map(text) });
}

function main(flags: readonly string[]): number {
  if (flags.some((flag) => flag !== '--json')) {
    console.error('npm run clauses takes nothing but --json.');
    return 2;
  }
  const rows = clauseRows(loadStatements(), findInRepository());
  const sums = (['5.0', '3.1.1'] as const).map((version) => sumUp(version, rows));
  if (flags.length > 0) {
    for (const line of [...rows.map(json), ...sums.map((sum) => JSON.stringify({ sum }))]) console.log(line);
    return 0;
  }
  console.log(table(rows));
  console.log();
  console.log('A statement that is not about packets asks for');
  for (const [scope, meaning] of Object.entries(scopes)) {
    if (scope !== 'packet') console.log(`  ${scope.padEnd(11)}  ${meaning}`);
  }
  console.log();
  console.log(sums.map(inWords).join('\n'));
  console.log(countsExplained);
  return 0;
}

process.exitCode = main(process.argv.slice(2));
