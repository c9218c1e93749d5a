import { inspect } from 'node:util';
import type { Answer, DoWork, Job, SubjectName } from './job';
import type { Library } from './library';
import { libraryWork } from './libraryWork';
import { mqttJsLibrary } from './mqttJsLibrary';
import { ownLibrary } from './ownLibrary';
import { socketWork } from './socketWork';

/* The process of one subject: does each job it is sent and answers what that took. Its name is the argument. */

const subjects: Readonly<Record<SubjectName, () => DoWork>> = {
  ours: () => withLibrary(ownLibrary(true)),
  'ours without capture': () => withLibrary(ownLibrary(false)),
  'MQTT.js': () => withLibrary(mqttJsLibrary),
  socket: () => socketWork,
};

function withLibrary(library: Library): DoWork {
  return (job, subscribed) => libraryWork(library, job, subscribed);
}

const work = subjects[process.argv[2] as SubjectName]();

process.on('message', (job: Job) => {
  work(job, () => answer({ subscribed: true })).then(
    (measure) => answer({ measure }),
    (error: unknown) => answer({ error: inspect(error) }),
  );
});
process.on('disconnect', () => process.exit());

function answer(message: Answer): void {
  process.send?.(message);
}
