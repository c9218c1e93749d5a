import assert from 'node:assert/strict';
import { concatBytes } from '../../src/base/bytes';
import { encodeUtf8 } from '../../src/base/utf8';
import type { ControlPacket } from '../../src/protocol/controlPacket';
import type { ClientCommand } from '../../src/session/clientContract';
import { SessionState } from '../../src/session/sessionState';
import { clientConversation, connectedClient } from '../support/conversation';
import { a } from '../support/packets';

const publish = (ticket: number, topicName: string, qos: 0 | 1 | 2, more = {}): ClientCommand => ({
  kind: 'publish',
  ticket,
  packet: a.publish(topicName, qos, 0, more),
});

const subscribe = (ticket: number, ...filters: string[]): ClientCommand => ({
  kind: 'subscribe',
  ticket,
  subscriptions: filters.map((filter) => a.subscription(filter)),
  properties: {},
});

describe('A client connection', () => {
  for (const version of [3, 4, 5] as const) {
    it(`sends CONNECT and is connected by CONNACK in version ${version}`, () => {
      const client = clientConversation({ connect: a.connect({ protocolVersion: version }) });
      assert.deepEqual(client.command({ kind: 'connect' }), ['> CONNECT "c" clean']);
      assert.deepEqual(client.receive(a.connack()), ['< CONNACK 0x00', 'connected']);
    });
  }

  it('does not send a CONNECT that breaks a rule, and says which', () => {
    const connect = a.connect({ protocolVersion: 4, password: encodeUtf8('secret') });
    assert.deepEqual(clientConversation({ connect }).command({ kind: 'connect' }), [
      'close: passwordWithoutUserName',
    ]);
  });

  it('ends when the server refuses, with the code of its version', () => {
    const client = clientConversation({ connect: a.connect({ protocolVersion: 4 }) });
    client.command({ kind: 'connect' });
    assert.deepEqual(client.receive(a.connack({ reasonCode: 5 })), [
      '< CONNACK 0x05',
      'close: refused with 5 of version 4',
    ]);
  });

  it('understands the refusal of a server that knows no 5.0', () => {
    const client = clientConversation();
    client.command({ kind: 'connect' });
    assert.deepEqual(client.receiveBytes(Uint8Array.of(0x20, 2, 0, 1)), [
      'close: refused with 1 of version 4',
    ]);
  });

  it('does what was asked for behind a command that throws, and throws its error then', () => {
    const client = connectedClient();
    const properties = {
      get userProperties(): [string, string][] {
        throw new RangeError('Array buffer allocation failed');
      },
    };
    assert.throws(
      () => client.command({ kind: 'disconnect', reasonCode: 0, properties }, subscribe(1, 'a')),
      RangeError,
    );
    assert.deepEqual(client.command(), ['> SUBSCRIBE #1 a q0']);
  });

  it('gives up when CONNACK does not come', () => {
    const client = clientConversation();
    client.command({ kind: 'connect' });
    assert.deepEqual(client.pass(9_999), []);
    assert.deepEqual(client.pass(1), ['close: connackTimeout']);
  });

  describe('that is answered by something else than MQTT', () => {
    const answers: readonly (readonly [what: string, bytes: string])[] = [
      ['HTTP', 'HTTP/1.1 400 Bad Request\r\n'],
      ['SSH', 'SSH-2.0-OpenSSH_9.2\r\n'],
      ['SMTP', '220 mail ready\r\n'],
      ['a TLS alert', '\x15\x03\x01\x00\x02\x02\x46'],
      ['text that starts with the byte of CONNACK', '   hello'],
    ];
    for (const [what, bytes] of answers) {
      it(`knows ${what} by its first bytes`, () => {
        const client = clientConversation({ connect: a.connect({ protocolVersion: 4 }) });
        client.command({ kind: 'connect' });
        assert.deepEqual(client.receiveBytes(Buffer.from(bytes, 'latin1')), [`close: notMqtt ${bytes}`]);
      });
    }

    for (const [how, feed] of [
      ['the end of the connection', { kind: 'transportClosed', at: 0, failure: undefined }],
      ['the end of its patience', { kind: 'deadline', at: 10_000, timer: 'connect' }],
    ] as const) {
      it(`says so at ${how} when all that came looks like the beginning of CONNACK`, () => {
        const client = clientConversation();
        client.command({ kind: 'connect' });
        assert.deepEqual(client.receiveBytes(Uint8Array.of(0x20, 0x41)), []);
        assert.deepEqual(client.feed(feed), ['close: notMqtt  A']);
      });
    }
  });

  it('tells a connection that breaks before CONNACK from one that breaks later', () => {
    const lost = { kind: 'transportClosed', at: 0, failure: undefined } as const;
    const early = clientConversation();
    early.command({ kind: 'connect' });
    assert.deepEqual(early.feed(lost), ['close: closedByServer during connect']);
    assert.deepEqual(connectedClient().feed(lost), ['close: closedByServer']);
    assert.deepEqual(
      connectedClient().feed({ ...lost, failure: { step: 'tcp', code: 'reset', detail: '' } }),
      ['close: transport reset'],
    );
  });

  describe('closes with DISCONNECT in 5.0, and without a word before, on', () => {
    const breaches: readonly (readonly [clause: string, packet: ControlPacket, id: string, code: string])[] =
      [
        ['a second CONNACK [MQTT-3.2.0-2]', a.connack(), 'secondConnack', '0x82'],
        ['a packet only clients send', { type: 'PINGREQ' }, 'packetFromClientToClient', '0x82'],
        [
          'PUBACK for a QoS 2 message (4.3)',
          a.acknowledgement('PUBACK', 1),
          'acknowledgementOfOtherQos',
          '0x82',
        ],
        ['PUBCOMP before PUBREC (4.3)', a.acknowledgement('PUBCOMP', 1), 'acknowledgementOfOtherQos', '0x82'],
      ];
    for (const version of [4, 5] as const) {
      for (const [clause, packet, id, code] of breaches) {
        it(`${clause} in version ${version}`, () => {
          const client = connectedClient({ connect: a.connect({ protocolVersion: version }) });
          client.command(publish(1, 't', 2));
          const lines = client.receive(packet).slice(1);
          assert.deepEqual(lines, [...(version === 5 ? [`> DISCONNECT ${code}`] : []), `close: ${id}`]);
        });
      }
    }

    it('Session Present after a clean start [MQTT-3.2.2-2] [MQTT-3.2.2-4]', () => {
      const client = clientConversation();
      client.command({ kind: 'connect' });
      assert.deepEqual(client.receive(a.connack({ sessionPresent: true })).slice(1), [
        '> DISCONNECT 0x82',
        'close: sessionPresentUnexpected',
      ]);
    });

    it('a Topic Alias, since it announced none [MQTT-3.3.2-11]', () => {
      const lines = connectedClient().receive(a.publish('t', 0, 0, { properties: { topicAlias: 1 } }));
      assert.deepEqual(lines.slice(1), ['> DISCONNECT 0x94', 'close: topicAliasTooLarge']);
    });

    it('more unacknowledged messages than its Receive Maximum [MQTT-3.3.4-9]', () => {
      const client = connectedClient({ connect: a.connect({ properties: { receiveMaximum: 2 } }) });
      assert.deepEqual(
        client.receive(a.publish('t', 2, 1), a.publish('t', 2, 2), a.publish('t', 2, 3)).slice(3),
        [
          'deliver PUBLISH q2 #1 t "x"',
          'deliver PUBLISH q2 #2 t "x"',
          '> PUBREC #1',
          '| PUBREC #2',
          '| DISCONNECT 0x93',
          'close: receiveMaximumExceeded',
        ],
      );
    });

    it('a Session Expiry Interval from the server [MQTT-3.14.2-2]', () => {
      assert.deepEqual(
        connectedClient()
          .receive(a.disconnect(0x8b, { sessionExpiryInterval: 1 }))
          .slice(1),
        ['> DISCONNECT 0x82', 'close: sessionExpiryFromServer'],
      );
    });

    it('a malformed packet', () => {
      assert.deepEqual(connectedClient().receiveBytes(Uint8Array.of(0xd1, 0)), [
        '> DISCONNECT 0x81',
        'close: reservedFlags',
      ]);
    });

    it('a packet beyond the Maximum Packet Size it announced', () => {
      const client = connectedClient({ connect: a.connect({ properties: { maximumPacketSize: 20 } }) });
      assert.deepEqual(client.receive(a.publish('a/topic/of/some/length')).slice(1), [
        '> DISCONNECT 0x95',
        'close: packetTooLarge',
      ]);
    });
  });

  it('lets the server say why it goes, in 5.0 only', () => {
    assert.deepEqual(connectedClient().receive(a.disconnect(0x8b)).slice(1), [
      'close: disconnectedByServer 139',
    ]);
    const older = connectedClient({ connect: a.connect({ protocolVersion: 4 }) });
    assert.deepEqual(older.receive(a.disconnect()).slice(1), ['close: packetFromClientToClient']);
  });

  it('says DISCONNECT and hears nothing after it [MQTT-3.14.4-1]', () => {
    const client = connectedClient();
    assert.deepEqual(
      client.command({ kind: 'disconnect', reasonCode: 0, properties: {} }, publish(1, 't', 0)),
      ['> DISCONNECT 0x00', 'close: disconnected'],
    );
    assert.deepEqual(client.receive(a.publish('t', 1, 1)), ['< PUBLISH q1 #1 t "x"']);
  });

  it('hands messages on before it acknowledges them, all of one chunk in one write [MQTT-4.5.0-2] [MQTT-4.6.0-2] [MQTT-4.6.0-3]', () => {
    const lines = connectedClient().receive(
      a.publish('a', 1, 1),
      a.publish('b', 0),
      a.publish('c', 2, 2),
      a.publish('d', 1, 3),
    );
    assert.deepEqual(lines.slice(4), [
      'deliver PUBLISH q1 #1 a "x"',
      'deliver PUBLISH q0 b "x"',
      'deliver PUBLISH q2 #2 c "x"',
      'deliver PUBLISH q1 #3 d "x"',
      '> PUBACK #1',
      '| PUBREC #2',
      '| PUBACK #3',
    ]);
  });

  it('hands on payloads without copying them, and one that straddled chunks in bytes that are never used again', () => {
    const connection = connectedClient({ connect: a.connect({ protocolVersion: 4 }) })['connection'];
    const packet = Uint8Array.of(0x30, 4, 0, 1, 0x74, 0x78);
    const payloadsOf = (chunk: Uint8Array) =>
      connection
        .handle({ kind: 'bytes', at: 0, chunk })
        .flatMap((effect) => (effect.kind === 'deliver' ? effect.packets : []))
        .map((message) => (message.type === 'PUBLISH' ? message.payload : assert.fail(message.type)));
    const [inPlace] = payloadsOf(packet);
    assert.equal(inPlace?.buffer, packet.buffer);
    assert.deepEqual(payloadsOf(packet.slice(0, 4)), []);
    const [first] = payloadsOf(concatBytes([packet.slice(4), packet.slice(0, 5)]));
    const [second] = payloadsOf(Uint8Array.of(0x79));
    assert.deepEqual([first, second], [encodeUtf8('x'), encodeUtf8('y')]);
    assert.notEqual(first?.buffer, second?.buffer);
  });

  describe('requests', () => {
    it('leave in one write, in their order, each with an identifier of its own [MQTT-2.2.1-3]', () => {
      const client = connectedClient();
      assert.deepEqual(
        client.command(
          publish(1, 'a', 1),
          subscribe(2, 'b', 'c'),
          publish(3, 'd', 0),
          { kind: 'unsubscribe', ticket: 4, topicFilters: ['b'], properties: {} },
          publish(5, 'e', 2),
        ),
        [
          '> PUBLISH q1 #1 a "x"',
          '| SUBSCRIBE #2 b q0, c q0',
          '| PUBLISH q0 d "x"',
          '| UNSUBSCRIBE #3 b',
          '| PUBLISH q2 #4 e "x"',
          '3 published #0 0',
        ],
      );
      assert.deepEqual(
        client
          .receive(
            a.acknowledgement('PUBACK', 1, 0x10),
            a.suback(2, [0, 0x87]),
            a.unsuback(3, [0x11]),
            a.acknowledgement('PUBREC', 4),
          )
          .slice(4),
        ['> PUBREL #4', '1 published #1 16', '2 answered 0 135', '4 answered 17'],
      );
      assert.deepEqual(client.receive(a.acknowledgement('PUBCOMP', 4)).slice(1), ['5 published #4 0']);
    });

    it('before 5.0 unsubscribing has no codes: each filter gets a 0', () => {
      const client = connectedClient({ connect: a.connect({ protocolVersion: 4 }) });
      client.command({ kind: 'unsubscribe', ticket: 1, topicFilters: ['a', 'b'], properties: {} });
      assert.deepEqual(client.receive(a.unsuback(1, [])).slice(1), ['1 answered 0 0']);
    });

    it('are answered with one code for each filter, or the server broke a rule [MQTT-3.8.4-6]', () => {
      const client = connectedClient();
      client.command(subscribe(1, 'a', 'b'));
      assert.deepEqual(client.receive(a.suback(1, [0])).slice(1), [
        '> DISCONNECT 0x82',
        'close: reasonCodesMissing',
      ]);
    });

    it('of QoS 2 end with PUBREC where the server refuses the message [MQTT-4.4.0-2]', () => {
      const client = connectedClient();
      client.command(publish(1, 'a', 2));
      assert.deepEqual(client.receive(a.acknowledgement('PUBREC', 1, 0x97)).slice(1), ['1 published #1 151']);
    });

    const rejected: readonly (readonly [
      what: string,
      command: ClientCommand,
      properties: object,
      id: string,
    ])[] = [
      ['a wildcard in a Topic Name [MQTT-3.3.2-2]', publish(1, 'a/+', 1), {}, 'topicNameWildcard'],
      ['a filter that is none [MQTT-4.7.1-1]', subscribe(1, 'a#'), {}, 'topicFilterMultiLevelWildcard'],
      [
        'a QoS the server does not take [MQTT-3.2.2-11]',
        publish(1, 'a', 2),
        { maximumQoS: 1 },
        'qosNotSupported',
      ],
      [
        'RETAIN where the server keeps nothing [MQTT-3.2.2-14]',
        publish(1, 'a', 0, { retain: true }),
        { retainAvailable: 0 },
        'retainNotSupported',
      ],
      [
        'a shared subscription where the server has none (3.2.2.3.13)',
        subscribe(1, '$share/g/a'),
        { sharedSubscriptionAvailable: 0 },
        'sharedSubscriptionNotSupported',
      ],
      [
        'a packet larger than the server takes [MQTT-3.2.2-15]',
        publish(1, 'a/long/topic', 0),
        { maximumPacketSize: 12 },
        'packetTooLarge',
      ],
      [
        'a Topic Alias above the maximum [MQTT-3.3.2-9]',
        publish(1, 'a', 0, { properties: { topicAlias: 3 } }),
        { topicAliasMaximum: 2 },
        'topicAliasTooLarge',
      ],
    ];
    for (const [what, command, properties, id] of rejected) {
      it(`are rejected, and nothing is sent, for ${what}`, () => {
        const client = connectedClient({}, a.connack({ properties }));
        assert.deepEqual(client.command(command), [`1 rejected: ${id}`]);
        assert.deepEqual(client.command(publish(2, 'a', 0)), ['> PUBLISH q0 a "x"', '2 published #0 0']);
      });
    }

    it('use a Topic Alias on one connection, and the whole name when the message is sent again on another [MQTT-3.3.2-7]', () => {
      const session = new SessionState();
      const connect = a.connect({ cleanStart: false });
      const properties = { topicAliasMaximum: 2 };
      const client = connectedClient({ session, connect }, a.connack({ properties }));
      assert.deepEqual(
        client.command(
          publish(1, 'long', 1, { properties: { topicAlias: 1 } }),
          publish(2, '', 1, { properties: { topicAlias: 1 } }),
        ),
        ['> PUBLISH q1 #1 alias 1 long "x"', '| PUBLISH q1 #2 alias 1  "x"'],
      );
      client.feed({ kind: 'transportClosed', at: 0, failure: undefined });
      const next = clientConversation({ session, connect });
      next.command({ kind: 'connect' });
      assert.deepEqual(next.receive(a.connack({ sessionPresent: true, properties })).slice(2), [
        '> PUBLISH q1 #1 dup long "x"',
        '| PUBLISH q1 #2 dup long "x"',
      ]);
    });

    it('mean with a Topic Alias what it stood for when they were published, though others overtake them', () => {
      const properties = { topicAliasMaximum: 1, receiveMaximum: 1 };
      const client = connectedClient({}, a.connack({ properties }));
      const alias = { properties: { topicAlias: 1 } };
      assert.deepEqual(
        client.command(
          publish(1, 'one', 1, alias),
          publish(2, 'two', 1, alias),
          publish(3, '', 0, alias),
          publish(4, '', 1, alias),
        ),
        ['> PUBLISH q1 #1 alias 1 one "x"', '| PUBLISH q0 alias 1 two "x"', '3 published #0 0'],
      );
      assert.deepEqual(client.receive(a.acknowledgement('PUBACK', 1)).slice(1), [
        '> PUBLISH q1 #2 alias 1 two "x"',
        '1 published #1 0',
      ]);
      assert.deepEqual(client.receive(a.acknowledgement('PUBACK', 2)).slice(1), [
        '> PUBLISH q1 #3 alias 1  "x"',
        '2 published #2 0',
      ]);
    });
  });
});
