import * as assert from 'node:assert/strict';
import { fakeVscode } from '../support/vscodeFake';
import type { ProtocolVersion } from '../../src/protocol/controlPacket';
import { Emitter } from '../../src/base/lifecycle';
import { FakeClock, turn } from '../support/fakeClock';
import { plainTcp } from '../../src/ui/connections/networkProfile';
import type { LiveConnection, OutgoingMessage } from '../../src/ui/connections/liveConnection';
import { ClientError } from '../../src/client/clientFailure';
import { Publisher } from '../../src/ui/connections/publisher';

const { status } = fakeVscode.window;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

function message(qos: 0 | 1 | 2): OutgoingMessage {
  return { topicName: 'a', payload: new Uint8Array(1), qos, retain: false };
}

describe('A message that is being published', () => {
  for (const [qos, told] of [
    [1, '$(sync~spin) Waiting for PUBACK of a'],
    [2, '$(sync~spin) Waiting for PUBREC and PUBCOMP of a'],
  ] as const) {
    it(`of QoS ${qos} says what it waits for when that takes long, until it came`, async () => {
      status.clear();
      const clock = new FakeClock();
      const { connection, answer } = pending();
      const published = new Publisher(log, clock).publish(connection, message(qos));
      await clock.pass(999);
      assert.deepEqual([...status], []);
      await clock.pass(1);
      assert.deepEqual([...status], [told]);
      answer();
      assert.equal(await published, true);
      assert.match([...status].join(), /^\$\(check\) Published a[^$]*$/);
    });
  }

  it('says nothing of waiting where the answer is quick, or none is due', async () => {
    for (const qos of [0, 1] as const) {
      status.clear();
      const clock = new FakeClock();
      const { connection, answer } = pending();
      const published = new Publisher(log, clock).publish(connection, message(qos));
      if (qos === 0) await clock.pass(5000);
      assert.deepEqual([...status], []);
      answer();
      await published;
      await turn();
      assert.equal(clock.waiting, 0);
    }
  });
});

describe('A message for a connection that is reconnecting', () => {
  it('is told to wait for it at once, and for the answer when it is up', async () => {
    status.clear();
    const clock = new FakeClock();
    const { connection, answer, reconnects } = pending();
    reconnects(true);
    const published = new Publisher(log, clock).publish(connection, message(1));
    assert.deepEqual(
      [...status],
      ['$(sync~spin) The message to a waits: bench is reconnecting, while this window is open'],
    );
    reconnects(false);
    assert.deepEqual([...status], ['$(sync~spin) Waiting for PUBACK of a']);
    answer();
    assert.equal(await published, true);
    assert.equal([...status].length, 1);
    assert.equal(clock.waiting, 0);
  });

  it('and the one whose connection breaks meanwhile is told to wait too', async () => {
    status.clear();
    const { connection, answer, reconnects } = pending();
    const published = new Publisher(log, new FakeClock()).publish(connection, message(2));
    assert.deepEqual([...status], []);
    reconnects(true);
    assert.deepEqual(
      [...status],
      ['$(sync~spin) The message to a waits: bench is reconnecting, while this window is open'],
    );
    answer();
    await published;
  });
});

describe('A message whose Properties the version does not have', () => {
  it('is told as published without them, by name, where the outcome is shown', async () => {
    status.clear();
    const warnings: string[] = [];
    const { connection, answer } = pending(4);
    const told = { ...log, warn: (text: string) => void warnings.push(text) };
    const published = new Publisher(told, new FakeClock()).publish(connection, message(1));
    answer({ droppedProperties: ['contentType', 'userProperties'] });
    assert.equal(await published, true);
    const text =
      'Published a · 1 B · QoS 1 acknowledged · without Content Type, User Property, which MQTT 3.1.1 has not';
    assert.deepEqual([...status], [`$(warning) ${text}`]);
    assert.deepEqual(warnings, [`bench: ${text}`]);
  });
});

describe('A message that waits when the connection is given up', () => {
  const told = async (before: (connection: ReturnType<typeof pending>) => void): Promise<string> => {
    const { messages } = fakeVscode.window;
    messages.length = 0;
    const connection = pending();
    connection.reconnects(true);
    const published = new Publisher(log, new FakeClock()).publish(connection.connection, message(1));
    before(connection);
    connection.fail(new ClientError({ kind: 'notConnected' }));
    assert.equal(await published, false);
    return messages[0]?.text ?? '';
  };

  it('is told as not sent where there was no connection since', async () => {
    assert.equal(
      await told(() => undefined),
      'The message to "a" was not sent: it waited for a connection until that was given up. Connect and publish again.',
    );
  });

  it('is told as uncertain where there was one that may have taken it', async () => {
    const text = await told(({ reconnects }) => {
      reconnects(false);
      reconnects(true);
    });
    assert.match(text, /^The connection ended before .* Whether it arrived is not known\./);
  });
});

describe('A message whose session was lost', () => {
  it('is told as taken and not sent again, not as received exactly once', async () => {
    status.clear();
    const { messages } = fakeVscode.window;
    messages.length = 0;
    const { connection, answer } = pending();
    const published = new Publisher(log, new FakeClock()).publish(connection, message(2), 'a.mqtt, line 3');
    answer({ sessionLost: true });
    await published;
    assert.deepEqual([...status], []);
    assert.equal(messages[0]?.kind, 'warning');
    assert.match(
      messages[0].text,
      /^a\.mqtt, line 3: .*had taken it \(PUBREC\) and then lost the session\. It is not sent again/,
    );
  });
});

/** A connection on which the answer comes when a test says so. */
function pending(version: ProtocolVersion = 5) {
  let answer = (_more: object): void => undefined;
  let fail = (_error: Error): void => undefined;
  const changed = new Emitter<void>();
  const outcome = new Promise((resolve, reject) => {
    answer = (more) => resolve({ reasonCode: 0, packetIdentifier: 0, properties: {}, ...more });
    fail = reject;
  });
  const connection = {
    ...{
      profile: { name: 'bench', host: 'h', port: 1, network: plainTcp, cleanStart: true },
      version,
      isReconnecting: false,
      isConnected: true,
    },
    publish: () => outcome,
    onDidChange: changed.event,
  };
  return {
    connection: connection as unknown as LiveConnection,
    answer: (more = {}) => answer(more),
    fail: (error: Error) => fail(error),
    reconnects: (isReconnecting: boolean) => {
      connection.isReconnecting = isReconnecting;
      connection.isConnected = !isReconnecting;
      changed.fire();
    },
  };
}
