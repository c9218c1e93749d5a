import assert from 'node:assert/strict';
import { encodeUtf8 } from '../../src/base/utf8';
import type { ControlPacket, Publish } from '../../src/protocol/controlPacket';
import { SessionState } from '../../src/session/sessionState';
import { acceptance, connectedServer, serverConversation } from '../support/conversation';
import { outboundMessage } from '../support/outboundMessage';
import { a } from '../support/packets';

const publish = (packet: Publish) => ({ kind: 'publish', message: outboundMessage(packet) }) as const;

describe('A server connection', () => {
  for (const version of [3, 4, 5] as const) {
    it(`hands CONNECT on and sends CONNACK first when it is accepted, in version ${version} [MQTT-3.1.4-5] [MQTT-3.2.0-1]`, () => {
      const server = serverConversation(version);
      assert.deepEqual(server.receive(a.connect({ protocolVersion: version })), [
        '< CONNECT "c" clean',
        'deliver CONNECT "c" clean',
      ]);
      assert.deepEqual(server.command({ kind: 'accept', acceptance: acceptance({ sessionPresent: true }) }), [
        // 3.1 has no Session Present.
        `> CONNACK 0x00${version === 3 ? '' : ' present'}`,
      ]);
    });
  }

  const refusals: readonly (readonly [reason: number, sent311: string | undefined])[] = [
    [0x84, '0x01'],
    [0x85, '0x02'],
    [0x88, '0x03'],
    [0x86, '0x04'],
    [0x87, '0x05'],
    [0x8a, undefined],
  ];
  for (const [reasonCode, sent311] of refusals) {
    it(`refuses with ${reasonCode.toString(16)} in the words of each version [MQTT-3.2.2-7] [MQTT-3.2.2-6] (3.1.1)`, () => {
      const sent = ([4, 5] as const).map((version) => {
        const server = serverConversation(version);
        server.receive(a.connect({ protocolVersion: version }));
        return server.command({ kind: 'refuse', reasonCode, properties: {} });
      });
      const close = `close: refused with ${reasonCode}`;
      assert.deepEqual(sent, [
        sent311 === undefined ? [close] : [`> CONNACK ${sent311}`, close],
        [`> CONNACK 0x${reasonCode.toString(16)}`, close],
      ]);
    });
  }

  it('lets what follows CONNECT wait for the answer', () => {
    const server = serverConversation();
    assert.deepEqual(server.receive(a.connect(), a.publish('a'), { type: 'PINGREQ' }).slice(3), [
      'deliver CONNECT "c" clean',
    ]);
    assert.deepEqual(server.receive(a.publish('b', 1, 1)).slice(1), []);
    assert.deepEqual(server.command({ kind: 'accept', acceptance: acceptance() }), [
      'deliver PUBLISH q0 a "x"',
      'deliver PUBLISH q1 #1 b "x"',
      '> CONNACK 0x00',
      '| PINGRESP',
    ]);
  });

  it('processes none of it after a refusal [MQTT-3.1.4-6]', () => {
    const server = serverConversation();
    server.receive(a.connect(), a.publish('a'));
    assert.deepEqual(server.command({ kind: 'refuse', reasonCode: 0x87, properties: {} }), [
      '> CONNACK 0x87',
      'close: refused with 135',
    ]);
  });

  it('takes no more than a mebibyte before it has accepted', () => {
    const server = serverConversation();
    server.receive(a.connect());
    assert.deepEqual(server.receive(a.publish('a', 0, 0, { payload: new Uint8Array(1_048_576) })).slice(1), [
      '> CONNACK 0x95',
      'close: refused with 149',
    ]);
  });

  it('waits ten seconds for CONNECT (3.1.4)', () => {
    const server = serverConversation();
    server.command({ kind: 'begin' });
    assert.deepEqual(server.pass(9_999), []);
    assert.deepEqual(server.pass(1), ['close: connectTimeout']);
  });

  describe('closes, saying why where it can, on', () => {
    const before: readonly (readonly [what: string, bytes: Uint8Array, lines: string[]])[] = [
      [
        'a first packet that is no CONNECT [MQTT-3.1.0-1]',
        Uint8Array.of(0xc0, 0),
        ['close: firstPacketNotConnect'],
      ],
      ['SSH [MQTT-3.1.0-1]', encodeUtf8('SSH-2.0-x\r\n'), ['close: sshOnMqttPort']],
      ['AMQP [MQTT-3.1.0-1]', encodeUtf8('AMQP\0\0\t\x01'), ['close: amqpOnMqttPort']],
      [
        'a protocol level of the future, as 5.0 does [MQTT-3.1.2-2]',
        Uint8Array.of(0x10, 13, 0, 4, 0x4d, 0x51, 0x54, 0x54, 6, 2, 0, 0, 0, 0, 0),
        ['> CONNACK 0x84', 'close: protocolLevel'],
      ],
      [
        'a protocol level of the past, as 3.1.1 does [MQTT-3.1.2-2] (3.1.1)',
        Uint8Array.of(0x10, 12, 0, 4, 0x4d, 0x51, 0x54, 0x54, 2, 2, 0, 0, 0, 0),
        ['> CONNACK 0x01', 'close: protocolLevel'],
      ],
      [
        'a malformed CONNECT of 5.0 [MQTT-3.1.4-1]',
        Uint8Array.of(0x10, 13, 0, 4, 0x4d, 0x51, 0x54, 0x54, 5, 3, 0, 0, 0, 0, 0),
        ['> CONNACK 0x81', 'close: connectReservedFlag'],
      ],
      [
        'a malformed CONNECT of 3.1.1 [MQTT-3.1.4-1]',
        Uint8Array.of(0x10, 12, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 3, 0, 0, 0, 0),
        ['close: connectReservedFlag'],
      ],
      ['the beginning of TLS', Uint8Array.of(0x16, 3, 1, 2, 0), ['close: tlsOnPlainPort']],
    ];
    for (const [what, bytes, lines] of before) {
      it(what, () => {
        const version = lines[0] === '> CONNACK 0x01' ? 4 : 5;
        assert.deepEqual(serverConversation(version).receiveBytes(bytes), lines);
      });
    }

    const later: readonly (readonly [what: string, packet: ControlPacket, code: string, id: string])[] = [
      ['a second CONNECT [MQTT-3.1.0-2]', a.connect(), '0x82', 'secondConnect'],
      ['a packet only servers send', { type: 'PINGRESP' }, '0x82', 'packetFromServerToServer'],
      [
        'AUTH without a method in CONNECT [MQTT-4.12.0-7]',
        { type: 'AUTH', reasonCode: 0x18, properties: { authenticationMethod: 'm' } },
        '0x82',
        'authenticationNotAgreed',
      ],
      [
        'a Subscription Identifier from a client [MQTT-3.3.4-6]',
        a.publish('t', 0, 0, { properties: { subscriptionIdentifiers: [1] } }),
        '0x82',
        'subscriptionIdentifierFromClient',
      ],
      [
        'a Topic Alias above the maximum it announced [MQTT-3.3.2-9]',
        a.publish('t', 0, 0, { properties: { topicAlias: 3 } }),
        '0x94',
        'topicAliasTooLarge',
      ],
      [
        'a Topic Alias that stands for nothing (3.3.4)',
        a.publish('', 0, 0, { properties: { topicAlias: 2 } }),
        '0x82',
        'topicAliasUnknown',
      ],
      [
        'a shared subscription, as it has announced none (3.2.2.3.13)',
        a.subscribe(1, [a.subscription('$share/g/a')]),
        '0x9e',
        'sharedSubscriptionNotSupported',
      ],
      [
        'a Session Expiry Interval that begins with DISCONNECT (3.14.2.2.2)',
        a.disconnect(0, { sessionExpiryInterval: 5 }),
        '0x82',
        'sessionExpiryAfterZero',
      ],
    ];
    for (const [what, packet, code, id] of later) {
      it(what, () => {
        const properties = { topicAliasMaximum: 2, sharedSubscriptionAvailable: 0 };
        const server = connectedServer(a.connect(), { properties });
        assert.deepEqual(server.receive(packet).slice(1), [`> DISCONNECT ${code}`, `close: ${id}`]);
      });
    }

    it('too many unacknowledged messages for its Receive Maximum [MQTT-3.3.4-7]', () => {
      const server = connectedServer(a.connect(), { properties: { receiveMaximum: 1 } });
      assert.deepEqual(server.receive(a.publish('t', 1, 1), a.publish('t', 1, 2)).slice(2), [
        'deliver PUBLISH q1 #1 t "x"',
        '> DISCONNECT 0x93',
        'close: receiveMaximumExceeded',
      ]);
    });

    it('the same in 3.1.1 without a word [MQTT-4.8.0-1] (3.1.1)', () => {
      const server = connectedServer(a.connect({ protocolVersion: 4 }));
      assert.deepEqual(server.receive(a.connect({ protocolVersion: 4 })).slice(1), ['close: secondConnect']);
    });
  });

  it('takes $share/ for an ordinary filter before 5.0', () => {
    const server = connectedServer(a.connect({ protocolVersion: 4 }));
    assert.deepEqual(server.receive(a.subscribe(1, [a.subscription('$share/g/a')])).slice(1), [
      'deliver SUBSCRIBE #1 $share/g/a q0',
    ]);
  });

  it('gives whole topics for aliases, until the connection ends [MQTT-3.3.2-12]', () => {
    const server = connectedServer(a.connect(), { properties: { topicAliasMaximum: 2 } });
    const alias = { properties: { topicAlias: 2 } };
    assert.deepEqual(
      server
        .receive(
          a.publish('a', 0, 0, alias),
          a.publish('', 0, 0, alias),
          a.publish('b', 0, 0, alias),
          a.publish('', 0, 0, alias),
        )
        .slice(4)
        .map((text) => text.split(' ')[5]),
      ['a', 'a', 'b', 'b'],
    );
  });

  it('acknowledges in order when messages have an owner, with the codes it is told', () => {
    const server = connectedServer();
    server.receive(a.publish('a', 1, 1), a.publish('b', 2, 2), a.publish('c', 1, 3));
    assert.deepEqual(server.command({ kind: 'acknowledge', answers: [0x10, 0x87] }), [
      '> PUBACK #1 0x10',
      '| PUBREC #2 0x87',
    ]);
    // Its PUBREC was a refusal: what comes under that identifier is new [MQTT-4.3.3-9].
    assert.deepEqual(server.receive(a.publish('d', 2, 2)).slice(1), ['deliver PUBLISH q2 #2 d "x"']);
    assert.deepEqual(server.command({ kind: 'acknowledge', answers: [0, 0] }), [
      '> PUBACK #3',
      '| PUBREC #2',
    ]);
  });

  it('answers repetitions of a QoS 2 message in their order and hands on none [MQTT-4.3.3-10]', () => {
    const server = connectedServer();
    assert.deepEqual(
      server
        .receive(a.publish('a', 2, 1), a.publish('b', 1, 2), a.publish('a', 2, 1, { dup: true }))
        .slice(3),
      ['deliver PUBLISH q2 #1 a "x"', 'deliver PUBLISH q1 #2 b "x"'],
    );
    assert.deepEqual(server.command({ kind: 'acknowledge', answers: [0, 0] }), [
      '> PUBREC #1',
      '| PUBACK #2',
      '| PUBREC #1',
    ]);
    assert.deepEqual(server.receive(a.publish('a', 2, 1, { dup: true })).slice(1), ['> PUBREC #1']);
    assert.deepEqual(server.receive(a.acknowledgement('PUBREL', 1)).slice(1), ['> PUBCOMP #1']);
    // After PUBCOMP it is a new message [MQTT-4.3.3-12].
    assert.deepEqual(server.receive(a.publish('a', 2, 1)).slice(1), ['deliver PUBLISH q2 #1 a "x"']);
  });

  it('says that it does not know an identifier: PUBCOMP and PUBREL with 0x92', () => {
    const server = connectedServer();
    assert.deepEqual(
      server.receive(a.acknowledgement('PUBREL', 7), a.acknowledgement('PUBREC', 8)).slice(2),
      [
        'mistake acknowledgementUnmatched 7',
        'mistake acknowledgementUnmatched 8',
        '> PUBCOMP #7 0x92',
        '| PUBREL #8 0x92',
      ],
    );
  });

  describe('sending messages', () => {
    it('never has more unacknowledged than the Receive Maximum; the rest waits [MQTT-3.3.4-9] [MQTT-4.9.0-2]', () => {
      const server = connectedServer(a.connect({ properties: { receiveMaximum: 2 } }));
      assert.deepEqual(
        server.command(
          ...['a', 'b', 'c', 'd'].map((topic) => publish(a.publish(topic, 1))),
          publish(a.publish('e')),
        ),
        ['> PUBLISH q1 #1 a "x"', '| PUBLISH q1 #2 b "x"', '| PUBLISH q0 e "x"'],
      );
      assert.deepEqual(server.receive(a.acknowledgement('PUBACK', 1)).slice(1), ['> PUBLISH q1 #3 c "x"']);
      assert.deepEqual(
        server.receive(a.acknowledgement('PUBACK', 3), a.acknowledgement('PUBACK', 2)).slice(2),
        ['> PUBLISH q1 #4 d "x"'],
      );
    });

    it('discards what is larger than the client takes, and goes on [MQTT-3.1.2-24] [MQTT-3.1.2-25]', () => {
      const server = connectedServer(a.connect({ properties: { maximumPacketSize: 30 } }));
      const large = { payload: new Uint8Array(30) };
      assert.deepEqual(
        server.command(
          publish(a.publish('a', 1, 0, large)),
          publish(a.publish('b', 0, 0, large)),
          publish(a.publish('c', 1)),
        ),
        ['> PUBLISH q1 #2 c "x"'],
      );
    });

    it('resumes with PUBREL and PUBLISH, then with what waited [MQTT-4.4.0-1]', () => {
      const session = new SessionState();
      const connect = a.connect({ cleanStart: false, properties: { receiveMaximum: 2 } });
      const server = connectedServer(connect, { session });
      server.command(...['a', 'b', 'c'].map((topic) => publish(a.publish(topic, 2))));
      server.receive(a.acknowledgement('PUBREC', 2));
      server.feed({ kind: 'transportClosed', at: 0, failure: undefined });
      const next = serverConversation(5);
      next.receive(connect);
      assert.deepEqual(
        next.command({ kind: 'accept', acceptance: acceptance({ session, sessionPresent: true }) }),
        ['> CONNACK 0x00 present', '| PUBREL #2', '| PUBLISH q2 #1 dup a "x"', '| PUBLISH q2 #3 c "x"'],
      );
    });

    it('holds back while the transport is full, drops QoS 0 beyond its queue, and counts it', () => {
      const session = new SessionState();
      const server = connectedServer(a.connect(), { session, queueBytes: 2 });
      assert.deepEqual(server.feed({ kind: 'writable', at: 0, writable: false }), []);
      assert.deepEqual(
        server.command(
          publish(a.publish('a')),
          publish(a.publish('b')),
          publish(a.publish('c')),
          publish(a.publish('d', 1)),
        ),
        [],
      );
      assert.equal(session.outbound.heldBytes, 1);
      assert.deepEqual(server.feed({ kind: 'writable', at: 0, writable: true }), [
        '> PUBLISH q1 #1 d "x"',
        '| PUBLISH q0 a "x"',
        '| PUBLISH q0 b "x"',
      ]);
    });

    it('asks for more room after 64 KiB instead of writing everything at once', () => {
      const server = connectedServer();
      const payload = encodeUtf8('y'.repeat(40_000));
      const lines = server.command(
        ...['a', 'b', 'c'].map((topic) => publish(a.publish(topic, 0, 0, { payload }))),
      );
      assert.deepEqual(
        lines.map((text) => text.slice(0, 14)),
        ['> PUBLISH q0 a', '| PUBLISH q0 b', 'more'],
      );
      assert.deepEqual(
        server.feed({ kind: 'writable', at: 0, writable: true }).map((text) => text.slice(0, 14)),
        ['> PUBLISH q0 c'],
      );
    });
  });

  it('says DISCONNECT when it ends the connection, in 5.0 only', () => {
    assert.deepEqual(connectedServer().command({ kind: 'disconnect', reasonCode: 0x8e }), [
      '> DISCONNECT 0x8e',
      'close: disconnectedByServer 142',
    ]);
    assert.deepEqual(
      connectedServer(a.connect({ protocolVersion: 4 })).command({ kind: 'disconnect', reasonCode: 0x8e }),
      ['close: disconnectedByServer 142'],
    );
  });

  it('says nothing before CONNACK [MQTT-3.14.0-1]', () => {
    const server = serverConversation();
    server.receive(a.connect());
    assert.deepEqual(server.command({ kind: 'disconnect', reasonCode: 0x8b }), [
      'close: disconnectedByServer 139',
    ]);
  });
});
