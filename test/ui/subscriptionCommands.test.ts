import * as assert from 'node:assert/strict';
import { fakeVscode } from '../support/vscodeFake';
import { encodeUtf8 } from '../../src/base/utf8';
import { TopicTree } from '../../src/capture/topicTree';
import type { LiveConnection } from '../../src/ui/connections/liveConnection';
import {
  SubscriptionCommands,
  type SubscriptionCommandDependencies,
} from '../../src/ui/subscriptions/subscriptionCommands';
import { ConnectionNode, FilterNode, LevelNode } from '../../src/ui/subscriptions/subscriptionNodes';

const { window } = fakeVscode;

/** Commands over one connection, whose tree has the topic `a/b`, and the row of `a/b`. */
function setUp(given: {
  readonly selected?: 'a' | 'a/b';
  readonly newest?: number;
  readonly unsuback?: number;
}) {
  const topics = new TopicTree();
  topics.addFilter('#', 0);
  topics.receive({ topicName: 'a/b', payload: encodeUtf8('x'), qos: 0, retain: false, at: 0 });
  const connection = {
    key: 'user:bench',
    profile: { name: 'bench' },
    version: 5,
    topics,
    unsubscribe: () => Promise.resolve({ reasonCode: given.unsuback }),
  } as unknown as LiveConnection;
  const [filter] = topics.filters;
  assert.ok(filter);
  const below = (node: FilterNode | LevelNode): LevelNode => {
    const [child] = node.children();
    assert.ok(child instanceof LevelNode);
    return child;
  };
  const level = below(new FilterNode(new ConnectionNode(connection), filter));
  const topic = below(level);
  const inspected: number[] = [];
  const asked: string[] = [];
  const commands = new SubscriptionCommands({
    connections: { get: () => connection, all: () => [connection] },
    view: { selectedTopic: () => given.selected && { a: level, 'a/b': topic }[given.selected] },
    newestPacket: (key: string, topicName: string) => {
      asked.push(`${key} ${topicName}`);
      return given.newest;
    },
    inspect: (sequence: number) => inspected.push(sequence),
  } as unknown as SubscriptionCommandDependencies);
  window.messages.length = 0;
  return { commands, topic, inspected, asked };
}

const told = (): readonly string[] => window.messages.map(({ kind, text }) => `${kind}: ${text}`);

describe('A command about a topic', () => {
  it('is about the row it was given', () => {
    const { commands, topic, inspected, asked } = setUp({ newest: 7 });
    commands.openTopicInInspector(topic);
    assert.deepEqual([inspected, asked, told()], [[7], ['user:bench a/b'], []]);
  });

  it('is about the selected row where the palette runs it', () => {
    const { commands, inspected, asked } = setUp({ selected: 'a/b', newest: 7 });
    commands.openTopicInInspector();
    assert.deepEqual([inspected, asked, told()], [[7], ['user:bench a/b'], []]);
  });

  it('asks for a selection where there is none', async () => {
    const { commands } = setUp({});
    commands.openTopicInInspector();
    await commands.copyTopic();
    await commands.copyValue();
    assert.deepEqual(
      told(),
      Array<string>(3).fill('information: Select a topic in the Subscriptions view first.'),
    );
  });

  it('tells that the packet log holds none of its messages instead of opening it at nothing', () => {
    const { commands, topic, inspected } = setUp({});
    commands.openTopicInInspector(topic);
    assert.deepEqual(inspected, []);
    assert.match(
      told().join(),
      /^information: The packet log holds no message of "a\/b": .*cleared, or newer packets/,
    );
  });

  it('tells that a level without a message has no value', async () => {
    const { commands } = setUp({ selected: 'a' });
    await commands.copyValue();
    assert.match(told().join(), /No message came on "a" itself/);
  });
});

describe('Unsubscribing', () => {
  const filter = { connectionKey: 'user:bench', topicFilter: '#' };

  for (const unsuback of [undefined, 0, 0x11]) {
    it(`says nothing after ${unsuback ?? 'no answer'}`, async () => {
      const { commands } = setUp(unsuback === undefined ? {} : { unsuback });
      await commands.unsubscribe(filter);
      assert.deepEqual(told(), []);
    });
  }

  it('tells what the server refused', async () => {
    const { commands } = setUp({ unsuback: 0x87 });
    await commands.unsubscribe(filter);
    assert.match(
      told().join(),
      /^error: bench did not end the subscription to "#": refused: not authorized \(0x87\)/,
    );
  });
});
