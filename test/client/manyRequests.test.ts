import assert from 'node:assert/strict';
import { ClientBench } from '../support/clientBench';
import { outcome, watched } from '../support/outcome';
import { a } from '../support/packets';

describe('Requests that a server does not answer', function () {
  this.timeout(60_000);

  it('are no more than there are Packet Identifiers; what is beyond that rejects at once', async () => {
    const bench = new ClientBench({ chooseSubscriptionIdentifiers: false });
    await bench.connected();
    const ask = () => watched(bench.client.unsubscribe(['a']));
    const all = Array.from({ length: 65_535 }, ask);
    assert.equal(await outcome(ask()), 'tooManyRequests');
    assert.equal(await outcome(watched(bench.client.subscribe([a.subscription('a')]))), 'tooManyRequests');
    await assert.rejects(ask(), { message: '65535 requests wait already' });
    // One that is answered makes room for another.
    await bench.server.received();
    await bench.server.send(a.unsuback(1, [0]));
    assert.deepEqual((await all[0])?.reasonCodes, [0]);
    assert.equal(await outcome(ask()), 'pending');
    await bench.client.disconnect();
    assert.equal(await outcome(all[1] ?? Promise.resolve()), 'notConnected');
  });
});
