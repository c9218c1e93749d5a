import { readFileSync, readdirSync } from 'node:fs';
import * as path from 'node:path';
import { repositoryRoot } from '../paths';
import type { Parts } from './hexText';

/** Lines of hexadecimal text; hexText.ts says what may stand in them. */
type Lines = readonly string[];

/** What mosquitto does at a step instead, and why the broker here is right not to. */
export interface MosquittoNote {
  /** `nothing`, `closed`, or the packet as a pattern. */
  readonly got: string;
  readonly why: string;
}

interface Remarks {
  /** What the step is for. */
  readonly comment?: string;
  readonly mosquitto?: MosquittoNote;
}

/** One thing that happens; README.md beside the scripts explains each. The value of the first key is a connection. */
export type Step = Remarks &
  (
    | { readonly open: string }
    | { readonly connect: string; readonly as: string; readonly present?: true }
    | { readonly send: string; readonly hex: Lines }
    | { readonly expect: string; readonly hex: Lines }
    | { readonly expect: string; readonly oneOf: readonly Lines[] }
    | { readonly expect: string; readonly inAnyOrder: readonly Lines[] }
    | { readonly expectNothing: string }
    | { readonly expectClose: string }
    | { readonly close: string }
    | { readonly drop: string }
    | { readonly wait: number }
  );

/** What the broker of this project is set to; such a script is not run against others. */
export interface ScriptSetup {
  /** Passwords by user name; nobody else may connect. */
  readonly users?: Readonly<Record<string, string>>;
  /** Topic Names that nobody may publish to, and Topic Filters that nobody may subscribe to. */
  readonly forbidden?: { readonly publish: readonly string[]; readonly subscribe: readonly string[] };
  /** Offers the Authentication Method `RIDDLE`; README.md says how it goes. */
  readonly riddle?: true;
  /** Options of the broker by their names. */
  readonly options?: Readonly<Record<string, unknown>>;
}

export interface Script {
  readonly file: string;
  /** A sentence that no other script has, with the clauses it shows. */
  readonly name: string;
  readonly broker: ScriptSetup | undefined;
  /** Why it can only be played on a clock that the test moves. */
  readonly fakeClock: string | undefined;
  /** Why it says nothing about mosquitto. */
  readonly notMosquitto: string | undefined;
  readonly steps: readonly Step[];
}

const folder = path.join(repositoryRoot, 'test/scripts/broker');
const partsFile = 'parts.json';

/** Which keys go together in a step, besides `comment` and `mosquitto`. */
const shapes = [
  ...['open', 'expectNothing', 'expectClose', 'close', 'drop', 'wait'],
  ...['connect as', 'connect as present', 'send hex', 'expect hex', 'expect oneOf', 'expect inAnyOrder'],
];

export function loadParts(): Parts {
  const parts = readJson(partsFile) as Readonly<Record<string, Lines>>;
  return new Map(Object.entries(parts));
}

/** All scripts, file by file. Throws where one has another form than README.md describes, or a name stands twice. */
export function loadScripts(): readonly Script[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json') && file !== partsFile);
  const scripts = files.sort().flatMap((file) => {
    const found = readJson(file) as readonly Record<string, unknown>[];
    return found.map((script) => toScript(path.basename(file, '.json'), script));
  });
  const names = new Set<string>();
  for (const { file, name } of scripts) {
    if (names.has(name)) throw new Error(`${file}: "${name}" stands twice`);
    names.add(name);
  }
  return scripts;
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
}

function toScript(file: string, text: Record<string, unknown>): Script {
  const { name, broker, fakeClock, notMosquitto, steps, ...unknown } = text;
  const complain = (what: string): never => {
    throw new Error(`${file}: "${String(name)}" ${what}`);
  };
  if (typeof name !== 'string' || !Array.isArray(steps)) return complain('has no name or no steps');
  if (Object.keys(unknown).length > 0) complain(`has ${Object.keys(unknown).join(', ')}`);
  if (!isOptionalText(fakeClock) || !isOptionalText(notMosquitto)) return complain('gives no reason');
  steps.forEach((step: object, index) => {
    const keys = Object.keys(step).filter((key) => key !== 'comment' && key !== 'mosquitto');
    if (!shapes.includes(keys.join(' '))) complain(`step ${index + 1} has ${keys.join(' ')}`);
  });
  const setup = broker as ScriptSetup | undefined;
  return { file, name, broker: setup, fakeClock, notMosquitto, steps: steps as Step[] };
}

function isOptionalText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}

/** How many seconds pass in it. */
export function secondsOf({ steps }: Script): number {
  return steps.reduce((seconds, step) => seconds + ('wait' in step ? step.wait : 0), 0);
}
