import assert from 'node:assert/strict';
import { connectedServer } from '../support/conversation';
import { a } from '../support/packets';

describe('Keep Alive at a server', () => {
  it('hears a client in the middle of a long packet', () => {
    const server = connectedServer(a.connect({ keepAlive: 10 }));
    server.receiveBytes(Uint8Array.of(0x30, 0x7f));
    for (let second = 0; second < 60; second += 10) {
      assert.deepEqual(server.pass(10_000), []);
      server.receiveBytes(Uint8Array.of(0));
    }
    assert.equal(server.pass(15_000).at(-1), 'close: keepAliveTimeout');
  });

  it('closes one and a half times the Keep Alive after the last packet, with the Keep Alive of CONNECT [MQTT-3.1.2-22] [MQTT-3.2.2-22]', () => {
    const server = connectedServer(a.connect({ keepAlive: 10 }));
    server.pass(10_000);
    assert.deepEqual(server.receive({ type: 'PINGREQ' }).slice(1), ['> PINGRESP']); // [MQTT-3.12.4-1]
    assert.deepEqual(server.pass(14_999), []);
    // The beginning of a packet is none.
    server.receiveBytes(Uint8Array.of(0xc0));
    assert.deepEqual(server.pass(1), ['> DISCONNECT 0x8d', 'close: keepAliveTimeout']);
  });

  it('expects nothing from a client it does not read from', () => {
    const server = connectedServer(a.connect({ keepAlive: 10 }));
    assert.deepEqual(server.command({ kind: 'pauseReading', paused: true }), ['pause reading']);
    assert.deepEqual(server.pass(100_000), []);
    assert.deepEqual(server.command({ kind: 'pauseReading', paused: false }), ['resume reading']);
    assert.deepEqual(server.pass(14_999), []);
    assert.equal(server.pass(1).at(-1), 'close: keepAliveTimeout');
  });

  it('looks once whether PINGREQ waits, before it gives up a client it does not read from because that takes nothing (3.1.2.10)', () => {
    const held = (writable: boolean) =>
      ({ kind: 'writable', at: server.at, writable, heldBack: !writable }) as const;
    const server = connectedServer(a.connect({ keepAlive: 10 }));
    server.feed(held(false));
    assert.deepEqual(server.pass(15_000), ['listen']);
    assert.deepEqual(server.receive({ type: 'PINGREQ' }).slice(1), ['> PINGRESP']);
    assert.deepEqual(server.pass(14_999), []);
    assert.deepEqual(server.pass(1), ['listen']);
    assert.deepEqual(server.pass(1_999), []);
    assert.deepEqual(server.pass(1), ['> DISCONNECT 0x8d', 'close: keepAliveTimeout']);
    // Once it takes what fills the way, what it has sent before is read.
    const other = connectedServer(a.connect({ keepAlive: 10 }));
    other.feed(held(false));
    other.pass(14_000);
    other.feed({ kind: 'writable', at: other.at, writable: true });
    assert.deepEqual(other.pass(14_999), []);
    assert.equal(other.pass(1).at(-1), 'close: keepAliveTimeout');
  });

  it('looks once, too, after its machine has slept', () => {
    const server = connectedServer(a.connect({ keepAlive: 10 }));
    const wakes = { kind: 'deadline', at: 3_600_000, timer: 'keepAlive' } as const;
    assert.deepEqual(server.feed(wakes), ['listen']);
    server.at = wakes.at;
    server.receive({ type: 'PINGREQ' });
    assert.deepEqual(server.pass(14_999), []);
    assert.equal(server.pass(1).at(-1), 'close: keepAliveTimeout');
  });
});
