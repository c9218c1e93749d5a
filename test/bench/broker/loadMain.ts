import { inspect } from 'node:util';
import type { Job, LoadAnswer } from './job';
import type { Prepared } from './loads';
import { prepare } from './loads';

/* The process of the clients: prepares each job it is sent, says so, and does it when it is told to go. */

let prepared: Prepared | undefined;

process.on('message', (message: Job | 'go' | 'close') => {
  handle(message).then(
    (reply) => reply && answer(reply),
    (error: unknown) => answer({ error: inspect(error) }),
  );
});
process.on('disconnect', () => process.exit());

async function handle(message: Job | 'go' | 'close'): Promise<LoadAnswer | undefined> {
  if (message === 'go') return prepared && { figures: await prepared.begin() };
  prepared?.close();
  prepared = undefined;
  if (message === 'close') return { ready: true };
  prepared = await prepare(message.port, message.load);
  return { ready: true };
}

function answer(message: LoadAnswer): void {
  process.send?.(message);
}
