import assert from 'node:assert/strict';
import { startBrokerServer } from '../../src/broker/brokerServer';
import type { ListenOptions } from '../../src/session/effects';
import { systemCrypto } from '../../src/transport/systemCrypto';
import { FakeClock } from '../support/fakeClock';

describe('How long the handshakes before CONNECT may take', () => {
  it('is the CONNECT timeout, also one that is set while the broker runs', async () => {
    let asked: ListenOptions | undefined;
    const server = await startBrokerServer(
      { port: 1883, connectTimeout: 3_000 },
      {
        ...{ clock: new FakeClock(), cryptography: systemCrypto, newIdentifier: () => 'auto-1' },
        listen: (options) => {
          asked = options;
          return Promise.resolve({ ...options, close: () => Promise.resolve() });
        },
      },
    );
    assert.equal(asked?.handshakeTimeout?.(), 3_000);
    server.broker.applyLimits({ connectTimeout: 20_000 });
    assert.equal(asked?.handshakeTimeout?.(), 20_000);
    await server.close();
  });
});
