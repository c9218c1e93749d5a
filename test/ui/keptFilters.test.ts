import * as assert from 'node:assert/strict';
import { Emitter } from '../../src/base/lifecycle';
import type { QoS } from '../../src/protocol/controlPacket';
import { SubscribedFilters } from '../../src/ui/connections/subscribedFilters';
import { KeptFilters } from '../../src/ui/subscriptions/keptFilters';

/** A memento that only holds what can be written down. */
class Memory {
  text: string | undefined;
  updates = 0;

  get(): unknown {
    return this.text === undefined ? undefined : (JSON.parse(this.text) as unknown);
  }

  update(_: string, value: unknown): Promise<void> {
    this.updates++;
    this.text = JSON.stringify(value);
    return Promise.resolve();
  }
}

/** A connection that is down. */
class Down {
  readonly subscriptions = new SubscribedFilters();

  constructor(
    readonly key: string,
    private readonly changed: Emitter<undefined>,
  ) {}

  subscribe(topicFilter: string, qos: QoS): Promise<{ readonly reasonCode: undefined }> {
    this.subscriptions.add(topicFilter, qos);
    this.changed.fire(undefined);
    return Promise.resolve({ reasonCode: undefined });
  }

  unsubscribe(topicFilter: string): void {
    this.subscriptions.remove(topicFilter);
    this.changed.fire(undefined);
  }

  filters(): readonly string[] {
    return this.subscriptions.all().map(({ topicFilter, qos }) => `${topicFilter} ${qos}`);
  }
}

/** The connections of one window. */
class Window {
  readonly changed = new Emitter<undefined>();
  readonly onDidChange = this.changed.event;
  readonly connections: Down[] = [];
  readonly kept: KeptFilters;

  constructor(memory: Memory, ...keys: readonly string[]) {
    for (const key of keys) this.open(key);
    this.kept = new KeptFilters(this, memory, (error) => assert.fail(String(error)));
  }

  all(): readonly Down[] {
    return this.connections;
  }

  open(key: string): Down {
    const connection = new Down(key, this.changed);
    this.connections.push(connection);
    return connection;
  }

  filters(): readonly (readonly string[])[] {
    return this.connections.map((connection) => connection.filters());
  }
}

describe('Filters across a reload of the window', () => {
  it('come back in their order with their QoS, each with its connection', async () => {
    const memory = new Memory();
    const before = new Window(memory, 'user:bench', 'user:idle', 'workspace:bench');
    await before.connections[0]?.subscribe('b/#', 1);
    await before.connections[0]?.subscribe('a', 2);
    await before.connections[2]?.subscribe('c', 0);
    const after = new Window(memory, 'user:bench', 'user:idle', 'workspace:bench');
    assert.deepEqual(after.filters(), [['b/# 1', 'a 2'], [], ['c 0']]);
  });

  it('do not come back once they were taken out', async () => {
    const memory = new Memory();
    const before = new Window(memory, 'user:bench');
    await before.connections[0]?.subscribe('a', 0);
    before.connections[0]?.unsubscribe('a');
    assert.deepEqual(new Window(memory, 'user:bench').filters(), [[]]);
  });

  it('come back with a connection that is added later, and change nothing by themselves', async () => {
    const memory = new Memory();
    await new Window(memory, 'user:one', 'user:two').connections[1]?.subscribe('a', 0);
    const after = new Window(memory, 'user:one', 'user:two');
    assert.deepEqual(after.filters(), [[], ['a 0']]);
    assert.equal(memory.updates, 1);
    await after.connections[0]?.subscribe('b', 1);
    const third = after.open('user:three');
    after.changed.fire(undefined);
    assert.deepEqual(third.filters(), []);
    assert.deepEqual(new Window(memory, 'user:one', 'user:two').filters(), [['b 1'], ['a 0']]);
  });

  it('are written only when they are other ones', async () => {
    const memory = new Memory();
    const window = new Window(memory, 'user:bench');
    await window.connections[0]?.subscribe('a', 0);
    for (let change = 0; change < 5; change++) window.changed.fire(undefined);
    assert.equal(memory.updates, 1);
  });

  for (const text of [
    'null',
    '[]',
    '{"user:bench":{}}',
    '{"user:bench":[null,1,{"topicFilter":1,"qos":0},{"topicFilter":"a","qos":3}]}',
  ]) {
    it(`are none where ${text} was kept`, () => {
      const memory = new Memory();
      memory.text = text;
      assert.deepEqual(new Window(memory, 'user:bench').filters(), [[]]);
    });
  }

  it('are no longer kept once this ended', async () => {
    const memory = new Memory();
    const window = new Window(memory, 'user:bench');
    window.kept.dispose();
    await window.connections[0]?.subscribe('a', 0);
    assert.equal(memory.updates, 0);
  });
});
