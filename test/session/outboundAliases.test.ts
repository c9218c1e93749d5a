import assert from 'node:assert/strict';
import { encode, PacketWriter } from '../../src/protocol/codec';
import type { Publish } from '../../src/protocol/controlPacket';
import { ProtocolViolation } from '../../src/protocol/violations';
import { OutboundAliases } from '../../src/session/outboundAliases';
import { SessionState } from '../../src/session/sessionState';
import { TopicAliases } from '../../src/session/topicAliases';
import type { ClientCommand } from '../../src/session/clientContract';
import { clientConversation, connectedClient } from '../support/conversation';
import { a, line, packetsIn } from '../support/packets';
import { randomFrom } from '../support/random';

/** A sender with its aliases and the receiver of what it writes. */
class Link {
  readonly aliases: OutboundAliases;
  private readonly out = new PacketWriter();
  private readonly receiver: TopicAliases;

  constructor(maximum: number, choosing = true) {
    this.aliases = new OutboundAliases(maximum, choosing);
    this.receiver = new TopicAliases(maximum);
  }

  /** Sends a packet; returns it as it went over the wire. Whatever that was, the receiver knows what it meant. */
  send(packet: Publish, mostBytes = Infinity): Publish {
    const before = structuredClone(packet);
    const name = this.aliases.write(packet, this.out, 5, mostBytes);
    assert.deepEqual(structuredClone(packet), before);
    const [sent] = packetsIn(this.out.take(), 5);
    assert.ok(sent?.type === 'PUBLISH');
    const asSent = { ...sent };
    assert.equal(this.receiver.resolve(sent), name);
    return asSent;
  }

  /** The same, in short: `name` or `+5 name` where it sets an alias, `5` where that stands for it. */
  short(topicName: string, properties = {}): string {
    const { topicName: sent, properties: with_ } = this.send(a.publish(topicName, 0, 0, { properties }));
    if (with_.topicAlias === undefined) return sent;
    return sent === '' ? String(with_.topicAlias) : `+${with_.topicAlias} ${sent}`;
  }
}

describe('Topic Aliases that a client chooses', () => {
  it('are set with the third publish of a topic, and stand for it from then on', () => {
    const link = new Link(10);
    assert.deepEqual(
      Array.from({ length: 5 }, () => link.short('devices/one')),
      ['devices/one', 'devices/one', '+10 devices/one', '10', '10'],
    );
  });

  it('are not set for names that are hardly longer, for very long ones, or where the server takes none [MQTT-3.2.2-18]', () => {
    for (const [maximum, topicName] of [
      [10, 'a/short'],
      [10, 'x'.repeat(1025)],
      [0, 'devices/one'],
    ] as const) {
      const link = new Link(maximum);
      for (let count = 0; count < 5; count++) assert.equal(link.short(topicName), topicName);
    }
    const off = new Link(10, false);
    for (let count = 0; count < 5; count++) assert.equal(off.short('devices/one'), 'devices/one');
  });

  it('go from the topic that was not used for the longest time to another, never above the maximum [MQTT-3.2.2-17]', () => {
    const link = new Link(2);
    const often = (topicName: string) => [1, 2, 3].map(() => link.short(topicName)).at(-1);
    assert.deepEqual(['topic/aa', 'topic/bb'].map(often), ['+2 topic/aa', '+1 topic/bb']);
    assert.equal(link.short('topic/aa'), '2');
    assert.equal(often('topic/cc'), '+1 topic/cc');
    assert.equal(link.short('topic/bb'), 'topic/bb');
    assert.equal(link.short('topic/aa'), '2');
    assert.equal(often('topic/dd'), '+1 topic/dd');
    assert.equal(link.short('topic/aa'), '2');
  });

  it('leave those alone that the caller chose, and give way to them', () => {
    const link = new Link(2);
    const often = (topicName: string) => [1, 2, 3].map(() => link.short(topicName)).at(-1);
    assert.equal(often('topic/aa'), '+2 topic/aa');
    assert.equal(link.short('mine', { topicAlias: 2 }), '+2 mine');
    assert.equal(link.short('topic/aa'), 'topic/aa');
    assert.equal(often('topic/bb'), '+1 topic/bb');
    assert.equal(often('topic/cc'), '+1 topic/cc');
    assert.equal(link.short('', { topicAlias: 2 }), '2');
    assert.equal(link.short('other', { topicAlias: 1 }), '+1 other');
    // None is left.
    assert.equal(often('topic/dd'), 'topic/dd');
    assert.throws(
      () => new Link(2).short('', { topicAlias: 1 }),
      (error) => error instanceof ProtocolViolation && error.violation.id === 'topicAliasUnknown',
    );
  });

  it('keep the other properties', () => {
    const link = new Link(1);
    const properties = { contentType: 'c', userProperties: [['k', 'v'] as const] };
    for (let count = 0; count < 4; count++) link.short('devices/one', properties);
    const { topicName, properties: sent } = link.send(a.publish('devices/one', 0, 0, { properties }));
    assert.deepEqual(
      { topicName, properties: sent },
      { topicName: '', properties: { ...properties, topicAlias: 1 } },
    );
  });

  it('are not set where that would make the packet larger than the server takes [MQTT-3.2.2-15]', () => {
    const link = new Link(1);
    const packet = a.publish('devices/one');
    const most = encode(packet, 5).length;
    for (let count = 0; count < 4; count++) assert.equal(line(link.send(packet, most)), line(packet));
    assert.equal(link.short('devices/one'), '+1 devices/one');
    assert.equal(line(link.send(packet, most)), 'PUBLISH q0 alias 1  "x"');
    assert.throws(() => link.send(a.publish('devices/one', 0, 0, { payload: new Uint8Array(99) }), most));
    assert.equal(link.short('devices/one'), '1');
  });

  it('always mean to the receiver what they mean to the sender, whatever is sent', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const next = randomFrom(seed);
      const link = new Link(1 + Math.floor(next() * 5));
      for (let count = 0; count < 400; count++) {
        const topicName = `some/topic/${Math.floor(next() ** 2 * 12)}`;
        const owners = next() < 0.05 ? { topicAlias: 1 } : {};
        link.short(topicName, owners);
      }
    }
  });

  it('of more topics than are counted cost no more memory', () => {
    const { aliases } = new Link(65_535);
    const out = new PacketWriter();
    for (let topic = 0; topic < 5_000; topic++) {
      for (let count = 0; count < 4; count++) {
        aliases.write(a.publish(`many/topics/${topic}`), out, 5, Infinity);
      }
      aliases.write(a.publish(`once/only/${topic}`), out, 5, Infinity);
      out.take();
    }
    assert.deepEqual([aliases['topics'].size, aliases['byNumber'].size], [256, 256]);
    assert.ok(aliases['candidates'].size <= 1024);
  });

  describe('on a connection', () => {
    const publish = (ticket: number, qos: 0 | 1 | 2 = 1): ClientCommand => ({
      kind: 'publish',
      ticket,
      packet: a.publish('devices/one', qos),
    });
    const properties = { topicAliasMaximum: 4 };

    it('do not go over to the next one: what is sent again has its whole name [MQTT-3.3.2-7]', () => {
      const session = new SessionState();
      const connect = a.connect({ cleanStart: false });
      const client = connectedClient({ session, connect }, a.connack({ properties }));
      assert.deepEqual(client.command(publish(1), publish(2), publish(3), publish(4, 2)), [
        '> PUBLISH q1 #1 devices/one "x"',
        '| PUBLISH q1 #2 devices/one "x"',
        '| PUBLISH q1 #3 alias 4 devices/one "x"',
        '| PUBLISH q2 #4 alias 4  "x"',
      ]);
      client.feed({ kind: 'transportClosed', at: 0, failure: undefined });
      const next = clientConversation({ session, connect });
      next.command({ kind: 'connect' });
      assert.deepEqual(next.receive(a.connack({ sessionPresent: true, properties })).slice(2), [
        '> PUBLISH q1 #1 dup devices/one "x"',
        '| PUBLISH q1 #2 dup devices/one "x"',
        '| PUBLISH q1 #3 dup devices/one "x"',
        '| PUBLISH q2 #4 dup devices/one "x"',
      ]);
      assert.deepEqual(next.command(publish(5)), ['> PUBLISH q1 #5 devices/one "x"']);
    });

    it('are set in the order of sending, also of what waited for the quota', () => {
      const client = connectedClient({}, a.connack({ properties: { ...properties, receiveMaximum: 1 } }));
      assert.deepEqual(client.command(...[1, 2, 3, 4].map((ticket) => publish(ticket))), [
        '> PUBLISH q1 #1 devices/one "x"',
      ]);
      const sent = [1, 2, 3].map((identifier) =>
        client.receive(a.acknowledgement('PUBACK', identifier)).find((each) => each.startsWith('>')),
      );
      assert.deepEqual(sent, [
        '> PUBLISH q1 #2 devices/one "x"',
        '> PUBLISH q1 #3 alias 4 devices/one "x"',
        '> PUBLISH q1 #4 alias 4  "x"',
      ]);
    });

    it('can be turned off', () => {
      const client = connectedClient({ chooseTopicAliases: false }, a.connack({ properties }));
      const lines = client.command(...[1, 2, 3, 4].map((ticket) => publish(ticket, 0)));
      assert.equal(lines.filter((each) => each.endsWith('PUBLISH q0 devices/one "x"')).length, 4);
    });
  });
});

describe('Topic Aliases of the server', () => {
  it('are taken up to the maximum a client announced, and not above [MQTT-3.3.2-10]', () => {
    const client = connectedClient({ connect: a.connect({ properties: { topicAliasMaximum: 2 } }) });
    const set = (topicName: string, topicAlias: number) =>
      client.receive(a.publish(topicName, 0, 0, { properties: { topicAlias } })).slice(1);
    assert.deepEqual(
      [...set('one', 1), ...set('two', 2), ...set('', 1), ...set('new', 1), ...set('', 1)],
      [
        'deliver PUBLISH q0 alias 1 one "x"',
        'deliver PUBLISH q0 alias 2 two "x"',
        'deliver PUBLISH q0 alias 1 one "x"',
        'deliver PUBLISH q0 alias 1 new "x"',
        'deliver PUBLISH q0 alias 1 new "x"',
      ],
    );
    assert.deepEqual(set('three', 3), ['> DISCONNECT 0x94', 'close: topicAliasTooLarge']);
  });
});
