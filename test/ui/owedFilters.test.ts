import * as assert from 'node:assert/strict';
import { a } from '../support/packets';
import { ScriptedConnection } from '../support/scriptedConnection';

describe('A connection of the window whose server has lost the Session', () => {
  it('subscribes again until the server has answered, whatever the next CONNACK says (3.2.2.1.1)', async () => {
    const bench = new ScriptedConnection({ cleanStart: false, clientId: 'c' });
    const present = a.connack({ sessionPresent: true });
    await bench.connected();
    void bench.connection.subscribe('a', 1);
    await bench.server.received();
    await bench.server.send(a.suback(1, [1]));
    await bench.dropped();
    assert.deepEqual(await bench.server.send(a.connack()), ['SUBSCRIBE #2 a q1']);
    await bench.dropped();
    assert.deepEqual(await bench.server.send(present), ['SUBSCRIBE #3 a q1']);
    await bench.server.send(a.suback(3, [1]));
    await bench.dropped();
    assert.deepEqual(await bench.server.send(present), []);
    bench.connection.dispose();
  });
});
