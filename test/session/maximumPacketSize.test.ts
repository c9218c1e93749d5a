import assert from 'node:assert/strict';
import { encodeUtf8 } from '../../src/base/utf8';
import { encode, PacketWriter } from '../../src/protocol/codec';
import { ProtocolViolation } from '../../src/protocol/violations';
import { SessionState } from '../../src/session/sessionState';
import { acceptance, connectedClient, connectedServer, serverConversation } from '../support/conversation';
import { a, line, packetsIn } from '../support/packets';

const long = 'x'.repeat(100);
const takes = (maximumPacketSize: number) => a.connack({ properties: { maximumPacketSize } });

describe('A packet larger than its receiver takes', () => {
  it('leaves nothing in the writer, whatever it is and whatever was written before', () => {
    for (const packet of [
      a.publish(long),
      a.publish(long, 0, 0, { properties: { contentType: 'c' } }),
      a.subscribe(1, [a.subscription(long)]),
    ]) {
      const size = encode(packet, 5).length;
      const out = new PacketWriter();
      for (let round = 0; round < 2; round++) {
        assert.throws(() => out.write(packet, 5, size - 1), ProtocolViolation);
        out.write({ type: 'PINGREQ' }, 5);
      }
      out.write(packet, 5, size);
      assert.deepEqual(packetsIn(out.take(), 5).map(line), ['PINGREQ', 'PINGREQ', line(packet)]);
    }
  });

  it('is not sent by a client, be it a request [MQTT-3.2.2-15]', () => {
    const client = connectedClient({}, takes(50));
    assert.deepEqual(
      client.command(
        { kind: 'subscribe', ticket: 1, subscriptions: [a.subscription(long)], properties: {} },
        { kind: 'unsubscribe', ticket: 2, topicFilters: [long], properties: {} },
        { kind: 'publish', ticket: 3, packet: a.publish(long) },
        { kind: 'unsubscribe', ticket: 4, topicFilters: ['t'], properties: {} },
      ),
      [
        '> UNSUBSCRIBE #3 t',
        '1 rejected: packetTooLarge',
        '2 rejected: packetTooLarge',
        '3 rejected: packetTooLarge',
      ],
    );
  });

  it('sets no Topic Alias, and neither does one that breaks a rule: those after it go with the name (3.3.2.3.4)', () => {
    const client = connectedClient(
      {},
      a.connack({ properties: { topicAliasMaximum: 2, maximumPacketSize: 50 } }),
    );
    const publish = (ticket: number, topicName: string, properties: object) =>
      client.command({ kind: 'publish', ticket, packet: a.publish(topicName, 0, 0, { properties }) });
    assert.deepEqual(publish(1, long, { topicAlias: 1 }), ['1 rejected: packetTooLarge']);
    assert.deepEqual(publish(2, '', { topicAlias: 1 }), ['2 rejected: packetTooLarge']);
    assert.deepEqual(publish(3, 'a', { topicAlias: 1, responseTopic: '#' }), [
      '3 rejected: responseTopicWildcard',
    ]);
    assert.deepEqual(publish(4, '', { topicAlias: 1 }), ['> PUBLISH q0 alias 1 a "x"', '4 published #0 0']);
    assert.deepEqual(publish(5, '', { topicAlias: 2 }), ['5 rejected: topicAliasUnknown']);
  });

  it('is not sent by a server: it refuses, or ends the connection, as far as that fits [MQTT-3.1.2-24]', () => {
    const server = (maximumPacketSize: number) =>
      connectedServer(a.connect({ properties: { maximumPacketSize } }), {
        properties: { assignedClientIdentifier: long },
      });
    const reasonCodes = Array<number>(200).fill(0);
    assert.deepEqual(server(150).command({ kind: 'suback', packetIdentifier: 1, reasonCodes }), [
      '> DISCONNECT 0x95',
      'close: packetTooLarge',
    ]);
    assert.deepEqual(server(150).command({ kind: 'unsuback', packetIdentifier: 1, reasonCodes }), [
      '> DISCONNECT 0x95',
      'close: packetTooLarge',
    ]);
  });

  for (const [most, expected] of [
    [50, ['> CONNACK 0x95', 'close: packetTooLarge']],
    [4, ['close: packetTooLarge']],
  ] as const) {
    it(`is no CONNACK either, where ${most} bytes are taken [MQTT-3.1.2-24]`, () => {
      const server = serverConversation(5);
      server.receive(a.connect({ properties: { maximumPacketSize: most } }));
      const properties = { assignedClientIdentifier: long };
      assert.deepEqual(server.command({ kind: 'accept', acceptance: acceptance({ properties }) }), expected);
    });
  }
});

describe('A message with a Topic Alias', () => {
  const topicName = 'a/long/topic/name'.repeat(2);
  const connack = (maximumPacketSize: number) =>
    a.connack({ properties: { topicAliasMaximum: 2, maximumPacketSize } });
  const publish = (ticket: number, name: string, qos: 0 | 1 | 2, payload: string, properties = {}) => ({
    ...({ kind: 'publish', ticket } as const),
    packet: a.publish(name, qos, 0, { payload: encodeUtf8(payload), properties }),
  });
  const large = 'x'.repeat(20);
  // With the whole name it takes a byte more than the server does.
  const most = encode(a.publish(topicName, 2, 1, { payload: encodeUtf8(large) }), 5).length - 1;

  it('alone is not sent where it could not be sent again with its whole name [MQTT-3.2.2-15] [MQTT-3.3.2-7]', () => {
    const client = connectedClient({ chooseTopicAliases: false }, connack(most));
    client.command(publish(1, topicName, 0, '', { topicAlias: 1 }));
    assert.deepEqual(
      client.command(
        publish(2, '', 2, large, { topicAlias: 1 }),
        publish(3, '', 1, large, { topicAlias: 1 }),
        publish(4, '', 2, large.slice(1), { topicAlias: 1 }),
        publish(5, '', 0, large, { topicAlias: 1 }),
      ),
      [
        `> PUBLISH q2 #3 alias 1  "${large.slice(1)}"`,
        `| PUBLISH q0 alias 1  "${large}"`,
        '2 rejected: packetTooLarge',
        '3 rejected: packetTooLarge',
        '5 published #0 0',
      ],
    );
  });

  it('that was chosen for it is not sent either, but at QoS 0, which is never sent again [MQTT-3.3.2-7]', () => {
    const client = connectedClient({}, connack(most));
    for (let ticket = 1; ticket <= 3; ticket++) client.command(publish(ticket, topicName, 0, ''));
    assert.deepEqual(
      client.command(
        publish(4, topicName, 1, large),
        publish(5, topicName, 1, large.slice(1)),
        publish(6, topicName, 0, large),
      ),
      [
        `> PUBLISH q1 #2 alias 2  "${large.slice(1)}"`,
        `| PUBLISH q0 alias 2  "${large}"`,
        '4 rejected: packetTooLarge',
        '6 published #0 0',
      ],
    );
  });
});

describe('A QoS 2 message that was sent and is too large for the next connection', () => {
  const again = () => {
    const session = new SessionState();
    const connect = a.connect({ cleanStart: false });
    const first = connectedClient({ session, connect });
    first.command({ kind: 'publish', ticket: 1, packet: a.publish(long, 2) });
    first.feed({ kind: 'transportClosed', at: 0, failure: undefined });
    const next = connectedClient(
      { session, connect },
      a.connack({ sessionPresent: true, properties: { maximumPacketSize: 50 } }),
    );
    return { session, next };
  };

  it('keeps its identifier until the server has given it up [MQTT-2.2.1-3] [MQTT-3.2.2-15]', () => {
    const { session, next } = again();
    assert.equal(session.outbound.released.size, 1);
    assert.deepEqual(next.receive(a.acknowledgement('PUBCOMP', 1, 0x92)).slice(1), [
      '1 rejected: packetTooLarge',
    ]);
    assert.ok(session.isEmpty);
  });

  it('was taken where the server had it', () => {
    const { session, next } = again();
    assert.deepEqual(next.receive(a.acknowledgement('PUBCOMP', 1)).slice(1), ['1 published #1 0']);
    assert.ok(session.isEmpty);
  });
});

describe('The quota of a resumed Session (4.9)', () => {
  it('does not grow by acknowledgements of what was sent on the connection before', () => {
    const session = new SessionState();
    const connect = a.connect({ cleanStart: false });
    const first = connectedClient({ session, connect });
    for (let ticket = 1; ticket <= 6; ticket++) {
      first.command({ kind: 'publish', ticket, packet: a.publish(`t${ticket}`, 1) });
    }
    first.feed({ kind: 'transportClosed', at: 0, failure: undefined });
    const next = connectedClient(
      { session, connect },
      a.connack({ sessionPresent: true, properties: { receiveMaximum: 2 } }),
    );
    next.take();
    assert.deepEqual(next.receive(a.acknowledgement('PUBACK', 5), a.acknowledgement('PUBACK', 6)).slice(2), [
      '5 published #5 0',
      '6 published #6 0',
    ]);
    assert.deepEqual(next.receive(a.acknowledgement('PUBACK', 1)).slice(1), [
      '> PUBLISH q1 #3 dup t3 "x"',
      '1 published #1 0',
    ]);
  });
});
