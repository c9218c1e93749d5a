import assert from 'node:assert/strict';
import { MqttClient } from '../../src/client/mqttClient';
import type { Transport } from '../../src/session/effects';
import { benchOptions } from '../support/clientBench';
import { FakeClock } from '../support/fakeClock';
import { watched } from '../support/outcome';

describe('A client that does not get its connection in time', () => {
  it('says which step was under way when the transport does not open in time', async () => {
    const began = [
      { step: 'tcp', code: 'timedOut', detail: '' },
      { step: 'proxy', code: 'timedOut', detail: '', proxy: 'proxy:3128' },
      { step: 'tls', code: 'timedOut', detail: '' },
      { step: 'webSocket', code: 'timedOut', detail: '' },
    ] as const;
    for (const [index, failure] of began.entries()) {
      const clock = new FakeClock();
      const client = new MqttClient(
        { ...benchOptions, connectTimeout: 50 },
        {
          open: (stepBegan) => {
            for (const step of began.slice(0, index + 1)) stepBegan(step);
            return new Promise<Transport>(() => undefined);
          },
          clock,
        },
      );
      const connecting = watched(client.connect());
      await clock.pass(50);
      await assert.rejects(connecting, {
        failure: { kind: 'transport', failure: { ...failure, detail: 'no connection within 50 ms' } },
      });
    }
  });

  it('says that it waited for the authenticator, where nothing was opened for that', async () => {
    const clock = new FakeClock();
    const authenticator = { method: 'SLOW', begin: () => new Promise<never>(() => undefined) };
    const open = () => assert.fail('nothing is to be opened');
    const client = new MqttClient({ ...benchOptions, authenticator, connectTimeout: 50 }, { open, clock });
    const connecting = watched(client.connect());
    await clock.pass(50);
    await assert.rejects(connecting, {
      failure: { kind: 'authenticationFailed', problem: { code: 'timedOut' } },
    });
  });
});
