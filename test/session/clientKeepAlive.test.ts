import assert from 'node:assert/strict';
import type { ProtocolVersion } from '../../src/protocol/controlPacket';
import type { ClientCommand } from '../../src/session/clientContract';
import { clientConversation, connectedClient } from '../support/conversation';
import { a } from '../support/packets';

const publish = (ticket: number, topicName: string, qos: 0 | 1 | 2, more = {}): ClientCommand => ({
  kind: 'publish',
  ticket,
  packet: a.publish(topicName, qos, 0, more),
});

describe('A client keeps alive', () => {
  const client = (keepAlive: number, version: ProtocolVersion = 5, connack = a.connack()) =>
    connectedClient({ connect: a.connect({ keepAlive, protocolVersion: version }) }, connack);

  it('with PINGREQ before the interval is over, whenever nothing else was sent [MQTT-3.1.2-20]', () => {
    const connection = client(10);
    assert.deepEqual(connection.pass(8_000), []);
    connection.command(publish(1, 'a', 1));
    connection.receive(a.acknowledgement('PUBACK', 1));
    assert.deepEqual(connection.pass(8_000), []);
    assert.deepEqual(connection.pass(1_000), ['> PINGREQ']);
    connection.receive({ type: 'PINGRESP' });
    assert.deepEqual(connection.pass(9_000), ['> PINGREQ']);
  });

  it('with PINGREQ also while it sends, when nothing is heard: a connection may be open on one side only', () => {
    const connection = client(10);
    const lines: string[] = [];
    for (let second = 1; second <= 15 && !lines.some((text) => text.startsWith('close')); second++) {
      lines.push(...connection.pass(1_000));
      connection.command(publish(0, 'a', 0));
    }
    assert.deepEqual(lines, ['> PINGREQ', 'close: keepAliveTimeout']);
    assert.ok(connection.at <= 15_000);
  });

  it('and knows that the server has given it up, when the machine slept that long [MQTT-3.1.2-22]', () => {
    const connection = client(60);
    connection.at = 8 * 3_600_000;
    assert.deepEqual(connection.feed({ kind: 'deadline', at: connection.at, timer: 'keepAlive' }), [
      'close: keepAliveTimeout',
    ]);
  });

  it('but asks first, when it slept less', () => {
    const connection = client(60);
    connection.at = 80_000;
    assert.deepEqual(connection.feed({ kind: 'deadline', at: connection.at, timer: 'keepAlive' }), [
      '> PINGREQ',
    ]);
    assert.equal(connection.pass(10_000).at(-1), 'close: keepAliveTimeout');
  });

  it('without expecting an answer while nothing is read', () => {
    const connection = client(5);
    connection.command({ kind: 'pause', paused: true });
    assert.ok(!connection.pass(60_000).includes('close: keepAliveTimeout'));
    connection.command({ kind: 'pause', paused: false });
    assert.ok(!connection.pass(2_900).includes('close: keepAliveTimeout'));
    assert.equal(connection.pass(5_000).at(-1), 'close: keepAliveTimeout');
  });

  it('from CONNECT on, however long CONNACK took [MQTT-3.1.2-20]', () => {
    const connecting = () => {
      const connection = clientConversation({ connect: a.connect({ keepAlive: 10 }) });
      connection.command({ kind: 'connect' });
      return connection;
    };
    const connection = connecting();
    connection.pass(4_000);
    connection.receive(a.connack());
    assert.deepEqual(connection.pass(4_999), []);
    assert.deepEqual(connection.pass(1), ['> PINGREQ']);
    const late = connecting();
    late.pass(9_999);
    late.receive(a.connack());
    assert.deepEqual(late.pass(0), ['> PINGREQ']);
    assert.deepEqual(late.receive({ type: 'PINGRESP' }), ['< PINGRESP']);
  });

  it('by the interval of the server where it names one [MQTT-3.1.2-21] [MQTT-3.2.2-21]', () => {
    const connection = client(60, 5, a.connack({ properties: { serverKeepAlive: 1 } }));
    assert.deepEqual(connection.pass(900), ['> PINGREQ']);
  });

  it('and gives up when PINGRESP does not come, one and a half intervals after the last sign of life', () => {
    const connection = client(5);
    assert.deepEqual(connection.pass(4_500), ['> PINGREQ']);
    assert.deepEqual(connection.pass(2_999), []);
    assert.deepEqual(connection.pass(1), ['close: keepAliveTimeout']);
  });

  it('but not while a long packet still comes in', () => {
    const connection = client(5);
    connection.pass(4_500);
    connection.pass(2_000);
    connection.receiveBytes(Uint8Array.of(0x30, 0x7f));
    assert.deepEqual(
      connection.pass(2_999).filter((text) => text.startsWith('close')),
      [],
    );
    assert.equal(connection.pass(2).at(-1), 'close: keepAliveTimeout');
  });

  it('nor while a long packet still goes out, with PINGREQ behind it, as long as the server takes any of it', () => {
    const connection = client(5);
    connection.command(publish(1, 'a', 1));
    connection.feed({ kind: 'writable', at: connection.at, writable: false });
    for (let step = 0; step < 10; step++) {
      assert.ok(!connection.pass(7_400).includes('close: keepAliveTimeout'));
      connection.feed({ kind: 'progress', at: connection.at });
    }
    connection.feed({ kind: 'writable', at: connection.at, writable: true });
    assert.ok(!connection.pass(2_999).includes('close: keepAliveTimeout'));
    assert.equal(connection.pass(5_001).at(-1), 'close: keepAliveTimeout');
  });

  it('and gives up one and a half intervals after the server took anything or was heard, though nothing can be sent', () => {
    for (const sign of ['progress', 'heard'] as const) {
      const connection = client(5);
      connection.command(publish(1, 'a', 1));
      connection.feed({ kind: 'writable', at: connection.at, writable: false });
      connection.pass(6_000);
      if (sign === 'progress') connection.feed({ kind: 'progress', at: connection.at });
      else connection.receiveBytes(Uint8Array.of(0x30, 0x7f));
      assert.ok(!connection.pass(7_499).includes('close: keepAliveTimeout'));
      assert.deepEqual(connection.pass(1), ['close: keepAliveTimeout']);
    }
  });

  it('likewise where the transport was full before CONNACK came, whatever is written to it since', () => {
    const connection = clientConversation({ connect: a.connect({ keepAlive: 5 }) });
    connection.command({ kind: 'connect' });
    connection.feed({ kind: 'writable', at: connection.at, writable: false });
    connection.receive(a.connack());
    assert.deepEqual(connection.command(publish(1, 'a', 1)), []);
    assert.deepEqual(connection.pass(4_500), ['> PINGREQ']);
    connection.feed({ kind: 'writable', at: connection.at, writable: false });
    assert.ok(!connection.pass(2_999).includes('close: keepAliveTimeout'));
    assert.deepEqual(connection.pass(1), ['close: keepAliveTimeout']);
  });

  it('not at all with 0', () => {
    assert.deepEqual(client(0).pass(100_000_000), []);
  });
});
