import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import type { PacketType } from '../../../src/protocol/controlPacket';
import type { ViolationId } from '../../../src/protocol/violations';

export type SpecificationVersion = '5.0' | '3.1.1';

/** What a statement is about. All but the first need more than a packet and its neighbour to be broken. */
export const scopes = {
  packet: 'the format of a packet, or of one after its neighbour',
  session: 'state over time',
  server: 'what a server does',
  client: 'what a client does',
  delivery: 'how messages are passed on',
  transport: 'the connection below',
  security: 'who may do what',
  conformance: 'implementations as a whole',
} as const;

export type Scope = keyof typeof scopes;

/** Broken rules that break a statement too, of all packets or only these, anywhere in them or only inside these fields. */
export interface Breach {
  readonly violations: readonly ViolationId[];
  readonly packets?: readonly PacketType[];
  readonly fields?: readonly string[];
}

/** A conformance statement. References point to statements of its own version, `same` to those of 5.0. */
export interface Statement {
  readonly version: SpecificationVersion;
  readonly id: string;
  /** Where it stands, more exactly than its number says. */
  readonly section: string;
  readonly scope: Scope;
  /** In short and in other words than the specification's. */
  readonly statement: string;
  /** Why a statement about packets is not checked, where that is so. */
  readonly reason: string | undefined;
  /** What breaks this one breaks one of these, whose check reports it. */
  readonly as: readonly string[];
  /** The statements of 5.0 that ask the same of the same lines of code. */
  readonly same: readonly string[];
  readonly breaches: readonly Breach[];
}

interface StatementText {
  readonly id: string;
  readonly section: string;
  readonly scope?: Scope;
  readonly statement?: string;
  readonly reason?: string;
  readonly as?: readonly string[];
  readonly same?: readonly string[];
  readonly brokenBy?: Breach;
}

function load(file: string): readonly StatementText[] {
  return JSON.parse(readFileSync(path.join(__dirname, file), 'utf8')) as readonly StatementText[];
}

/**
 * Every conformance statement of both versions. One of 3.1.1 that only repeats what 5.0 says takes scope and words from
 * there.
 *
 * 3.1.1 misprints three numbers, `3.1.2.7`, `3.3.1.-1` and `3-8.3-4`; they stand here as they are meant. 5.0 misprints
 * `3.2.2-8`, leaves out `2.2.1-1` and has no third part in `4.2-1`.
 */
export function loadStatements(): readonly Statement[] {
  const texts5 = load('statements5.json');
  const statements5 = texts5.map((text) => statement('5.0', text, []));
  const byId = new Map(statements5.map((one) => [one.id, one]));
  const statements311 = load('statements311.json').map((text) => {
    const same = (text.same ?? []).map((id) => {
      const found = byId.get(id);
      if (!found) throw new Error(`${text.id} (3.1.1) refers to ${id}, which 5.0 does not have`);
      return found;
    });
    return statement('3.1.1', text, same);
  });
  return [...statements5, ...statements311];
}

function statement(
  version: SpecificationVersion,
  text: StatementText,
  same: readonly Statement[],
): Statement {
  const scope = text.scope ?? same[0]?.scope;
  const words = text.statement ?? same[0]?.statement;
  if (scope === undefined || words === undefined) throw new Error(`${text.id} (${version}) says nothing`);
  return {
    version,
    id: text.id,
    section: text.section,
    scope,
    statement: words,
    reason: text.reason,
    as: text.as ?? [],
    same: same.map(({ id }) => id),
    breaches: [...(text.brokenBy ? [text.brokenBy] : []), ...same.flatMap(({ breaches }) => breaches)],
  };
}
