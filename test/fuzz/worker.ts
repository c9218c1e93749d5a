import { parentPort, workerData } from 'node:worker_threads';
import type { ProtocolVersion } from '../../src/protocol/controlPacket';
import { randomFrom } from '../support/random';
import { loadVectors } from '../support/vectors';
import { mutate } from './mutation';
import type { Crash, WorkerSettings } from './run';
import { tryInput } from './trial';

const { seed, until, progress, input } = workerData as WorkerSettings;
const versions: readonly ProtocolVersion[] = [3, 4, 5];
const vectors = loadVectors();
const random = randomFrom(seed);
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

while (Date.now() < until) {
  const bytes = mutate(pick(vectors).bytes, pick(vectors).bytes, random);
  const version = pick(versions);
  // The main thread reads these when this one does not come back.
  input.set(bytes);
  Atomics.store(progress, 1, bytes.length);
  Atomics.store(progress, 2, version);
  try {
    tryInput(bytes, version);
  } catch (error) {
    const crash: Crash = { hex: Buffer.from(bytes).toString('hex'), version, error: String(error) };
    parentPort?.postMessage(crash);
  }
  Atomics.add(progress, 0, 1);
}
