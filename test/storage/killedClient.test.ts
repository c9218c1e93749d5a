import assert from 'node:assert/strict';
import { bundledProgram } from '../support/bundledProgram';
import { startProgram } from '../support/childProcess';
import { turn } from '../support/fakeClock';
import { startOwnBroker } from '../support/ownBroker';
import { OwnClient } from '../support/ownClient';
import { a } from '../support/packets';
import { repositoryRoot } from '../support/paths';
import { SessionFolder } from '../support/sessionFolder';

describe('A Session on the disk, of a client that is killed,', function () {
  this.timeout(60_000);
  let disk: SessionFolder;

  beforeEach(() => (disk = new SessionFolder()));
  afterEach(() => disk.remove());

  for (const version of [4, 5] as const) {
    it(`makes QoS 2 exactly once of a client that is killed again and again, in version ${version} [MQTT-4.3.3-10] [MQTT-4.4.0-1]`, async () => {
      const messages = 600;
      const broker = await startOwnBroker();
      const receiver = new OwnClient(broker.port, { clientIdentifier: 'receiver' });
      await receiver.connect();
      await receiver.subscribe([a.subscription('kept', 2)]);
      const start = (count: number) =>
        startProgram(
          process.execPath,
          [
            bundledProgram('test/support/keptPublisher.ts'),
            ...[disk.sessions, String(broker.port), String(version), String(count)],
          ],
          { cwd: repositoryRoot },
        );
      let program = start(messages);
      try {
        for (const reached of [40, 200, 380]) {
          await Promise.race([receiver.until(reached), program.ended]);
          await program.stop('SIGKILL');
          program = start(0);
        }
        await program.printed(/all done/, 30);
        await Promise.race([receiver.until(messages), turn()]);
      } finally {
        await program.stop();
        await receiver.disconnect();
        await broker.close();
      }
      const numbers = receiver.received.map(({ payload }) => Number(Buffer.from(payload).toString()));
      assert.deepEqual(
        numbers,
        Array.from({ length: messages }, (_, index) => index + 1),
      );
      assert.doesNotMatch(program.output(), /rejected|broken/);
    });
  }
});
