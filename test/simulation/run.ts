import { brokerFamilyOf } from './broker/brokerScenario';
import { simulateBroker } from './broker/simulateBroker';
import type { FaultKind } from './observer';
import { familyOf as clientFamilyOf } from './scenario';
import type { RunResult } from './simulate';
import { simulate as simulateClients } from './simulate';

/*
 * `npm run simulate -- --seeds N [--from S]` runs many scenarios and prints what they were as one JSON line;
 * `npm run simulate -- --seed S [--verbose]` runs one. A seed that fails prints its transcript. Exit code 1 where one did.
 * With `--broker` it is the broker that is in the middle.
 */

const isBroker = process.argv.includes('--broker');
const simulate: (seed: number, options?: { readonly isVerbose?: boolean }) => Promise<RunResult> = isBroker
  ? simulateBroker
  : simulateClients;
const familyOf: (seed: number) => string = isBroker ? brokerFamilyOf : clientFamilyOf;

const mostShown = 5;

interface Totals {
  seeds: number;
  failures: number;
  connections: number;
  messages: number;
  readonly faults: Map<FaultKind, number>;
}

async function many(from: number, seeds: number): Promise<Totals> {
  const totals: Totals = { seeds, failures: 0, connections: 0, messages: 0, faults: new Map() };
  for (let seed = from; seed < from + seeds; seed++) {
    const result = await simulate(seed);
    totals.connections += result.connections;
    totals.messages += result.messages;
    for (const [kind, count] of result.faults)
      totals.faults.set(kind, (totals.faults.get(kind) ?? 0) + count);
    if (result.findings.length === 0) continue;
    if (totals.failures++ < mostShown) show(await simulate(seed, { isVerbose: true }), true);
    else console.log(`seed ${seed}, ${familyOf(seed)}: ${result.findings[0]?.text ?? ''}`);
  }
  return totals;
}

function show({ seed, findings, transcript }: RunResult, withTranscript: boolean): void {
  console.log(`seed ${seed}, ${familyOf(seed)}: ${findings.length === 0 ? 'all as it should be' : ''}`);
  if (withTranscript) for (const line of transcript) console.log(line);
  for (const { line, text } of findings) console.log(`  line ${line}: ${text}`);
}

function option(name: string, fallback: number): number {
  const at = process.argv.indexOf(name);
  if (at < 0) return fallback;
  const value = Number(process.argv[at + 1]);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${name} needs a whole number`);
  return value;
}

async function main(): Promise<void> {
  const only = option('--seed', -1);
  if (only >= 0) {
    const result = await simulate(only, { isVerbose: true });
    show(result, process.argv.includes('--verbose') || result.findings.length > 0);
    process.exitCode = result.findings.length > 0 ? 1 : 0;
    return;
  }
  const started = process.hrtime.bigint();
  const totals = await many(option('--from', 0), option('--seeds', 1000));
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  console.log(JSON.stringify({ ...totals, faults: Object.fromEntries(totals.faults), seconds }));
  process.exitCode = totals.failures > 0 ? 1 : 0;
}

void main();
