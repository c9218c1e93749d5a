import type { Parts } from './hexText';
import { matches, tokensOf } from './hexText';
import type { Script } from './script';
import { secondsOf } from './script';
import { endsConnection, playScript } from './scriptPlayer';
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

/**
 * Where a note says that mosquitto answers otherwise, it has to, in the way the note says. What follows is played only where
 * no more is different than what is said about the end of the connection.
 */
export function playWithNotes(script: Script, target: ScriptTarget, parts: Parts): Promise<void> {
  return playScript(script, target, parts, ({ mosquitto: note }, mismatch) => {
    if (note === undefined) {
      if (mismatch) throw mismatch;
      return 'go on';
    }
    if (!mismatch) throw new Error(`the note is stale: mosquitto does not answer otherwise (${note.got})`);
    const { got } = mismatch;
    const isSame =
      typeof got === 'string'
        ? got === note.got
        : !/^(closed|nothing)$/.test(note.got) && matches(got, tokensOf([note.got], parts), new Map());
    if (!isSame) throw new Error(`mosquitto was to answer otherwise (${note.got}): ${mismatch.message}`);
    return endsConnection(got) ? 'go on' : 'stop';
  });
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
