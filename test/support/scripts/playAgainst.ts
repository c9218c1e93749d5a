import type { Parts } from './hexText';
import { matches, tokensOf } from './hexText';
import type { Script } from './script';
import { secondsOf } from './script';
import { ScriptMismatch, playScript } from './scriptPlayer';
import type { ScriptTarget } from './scriptPlayer';
import { memoryTarget, mosquittoTarget, socketTarget } from './scriptTargets';

export type ScriptPeer = 'memory' | 'tcp' | 'mosquitto';

/** In real time a script may wait this many seconds. */
const mostSeconds = 5;

/** Why the script cannot be played against this peer, or undefined. */
export function unplayable(script: Script, peer: ScriptPeer): string | undefined {
  if (peer === 'memory') return undefined;
  if (script.fakeClock !== undefined) return script.fakeClock;
  if (secondsOf(script) > mostSeconds) return `it waits ${secondsOf(script)} seconds`;
  if (peer === 'tcp') return undefined;
  return script.broker ? 'the broker is set up for it' : script.notMosquitto;
}

/** Plays the script against a broker of its own; rejects with what was wrong. */
export async function playAgainst(peer: ScriptPeer, script: Script, parts: Parts): Promise<void> {
  const target = await startTarget(peer, script);
  try {
    if (peer === 'mosquitto') await playWithNotes(script, target, parts);
    else await playScript(script, target, parts);
  } finally {
    await target.stop();
  }
}

function startTarget(peer: ScriptPeer, { broker }: Script): ScriptTarget | Promise<ScriptTarget> {
  if (peer === 'memory') return memoryTarget(broker);
  return peer === 'tcp' ? socketTarget(broker) : mosquittoTarget();
}

/** Where a note says that mosquitto answers otherwise, it has to, in the way the note says. What follows is not played. */
async function playWithNotes(script: Script, target: ScriptTarget, parts: Parts): Promise<void> {
  const noted = script.steps.find(({ mosquitto }) => mosquitto !== undefined);
  try {
    await playScript(script, target, parts);
  } catch (error) {
    if (!(error instanceof ScriptMismatch) || error.step?.mosquitto === undefined) throw error;
    const { got } = error.step.mosquitto;
    const isSame =
      typeof error.got === 'string'
        ? error.got === got
        : got !== 'closed' && got !== 'nothing' && matches(error.got, tokensOf([got], parts), new Map());
    if (isSame) return;
    throw new Error(`the note says that mosquitto does otherwise: ${got}; ${error.message}`);
  }
  if (noted) throw new Error('the note is stale: mosquitto does what the script asks for');
}

/** How many scripts are played at the same time: most of it is waiting. */
const atOnce: Readonly<Record<ScriptPeer, number>> = { memory: 1, tcp: 8, mosquitto: 8 };

/** Plays scripts, several at once, and returns what was wrong with each, if anything. */
export async function playAll(
  peer: ScriptPeer,
  scripts: readonly Script[],
  parts: Parts,
): Promise<ReadonlyMap<Script, Error | undefined>> {
  const queue = [...scripts];
  const results = new Map<Script, Error | undefined>();
  const work = async (): Promise<void> => {
    for (let script = queue.shift(); script; script = queue.shift()) {
      try {
        await playAgainst(peer, script, parts);
        results.set(script, undefined);
      } catch (error) {
        results.set(script, error instanceof Error ? error : new Error(String(error)));
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce[peer] }, work));
  return results;
}
