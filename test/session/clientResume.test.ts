import assert from 'node:assert/strict';
import type { ProtocolVersion } from '../../src/protocol/controlPacket';
import type { ClientCommand } from '../../src/session/clientContract';
import { SessionState } from '../../src/session/sessionState';
import { clientConversation, connectedClient } from '../support/conversation';
import { a } from '../support/packets';

const publish = (ticket: number, topicName: string, qos: 0 | 1 | 2, more = {}): ClientCommand => ({
  kind: 'publish',
  ticket,
  packet: a.publish(topicName, qos, 0, more),
});

describe('A client resumes a Session', () => {
  /** A client that lost its connection with messages in every stage. */
  const interrupted = (version: ProtocolVersion) => {
    const session = new SessionState();
    const connect = a.connect({ protocolVersion: version, cleanStart: false });
    const client = connectedClient({ session, connect });
    client.command(publish(1, 'a', 2), publish(2, 'b', 1), publish(3, 'c', 2), publish(4, 'd', 1));
    client.command(publish(5, 'e', 2));
    client.receive(a.publish('in', 2, 9));
    client.receive(
      a.acknowledgement('PUBREC', 5),
      a.acknowledgement('PUBREC', 1),
      a.acknowledgement('PUBACK', 2),
    );
    assert.deepEqual(client.feed({ kind: 'transportClosed', at: 0, failure: undefined }), [
      'close: closedByServer',
    ]);
    const next = clientConversation({ session, connect });
    next.command({ kind: 'connect' });
    return { session, next };
  };

  for (const version of [3, 4, 5] as const) {
    it(`sending again what is unacknowledged, with the same identifiers and order, in version ${version} [MQTT-4.4.0-1] [MQTT-4.6.0-1] [MQTT-4.6.0-4]`, () => {
      const { next } = interrupted(version);
      // 3.1 has no Session Present: the client goes on because it asked to.
      assert.deepEqual(next.receive(a.connack({ sessionPresent: version !== 3 })).slice(2), [
        '> PUBREL #5',
        '| PUBREL #1',
        '| PUBLISH q2 #3 dup c "x"',
        '| PUBLISH q1 #4 dup d "x"',
      ]);
      // A message that was received is not handed on again [MQTT-4.3.3-10].
      assert.deepEqual(next.receive(a.publish('in', 2, 9, { dup: true })).slice(1), ['> PUBREC #9']);
      assert.deepEqual(next.receive(a.acknowledgement('PUBREL', 9)).slice(1), ['> PUBCOMP #9']);
      // New messages take identifiers that are free.
      assert.deepEqual(next.command(publish(6, 'f', 1)), ['> PUBLISH q1 #6 f "x"']);
    });
  }

  it('and tells a message that the server had completed as taken: PUBCOMP with 0x92 is no error then (3.7.2.1)', () => {
    const { next } = interrupted(5);
    next.receive(a.connack({ sessionPresent: true }));
    assert.deepEqual(next.receive(a.acknowledgement('PUBCOMP', 5, 0x92)).slice(1), ['5 published #5 0']);
  });

  it('or forgets it when the server has none, and publishes anew what that did not take [MQTT-3.2.2-5]', () => {
    const { session, next } = interrupted(5);
    assert.deepEqual(next.receive(a.connack()).slice(1), [
      'connected',
      '> PUBLISH q2 #6 c "x"',
      '| PUBLISH q1 #7 d "x"',
      '5 published #5 0, session lost',
      '1 published #1 0, session lost',
    ]);
    assert.equal(session.received.size, 0);
    next.receive(a.acknowledgement('PUBREC', 6), a.acknowledgement('PUBCOMP', 6));
    next.receive(a.acknowledgement('PUBACK', 7));
    assert.ok(session.isEmpty);
  });

  describe('it does not have', () => {
    const connect = (version: ProtocolVersion) => a.connect({ protocolVersion: version, cleanStart: false });
    const present = a.connack({ sessionPresent: true });

    it('not in 5.0: it closes, every time, until the server has none either [MQTT-3.2.2-4]', () => {
      const session = new SessionState();
      const attempt = () => {
        const client = clientConversation({ session, connect: connect(5) });
        client.command({ kind: 'connect' });
        return client;
      };
      for (let time = 1; time <= 2; time++) {
        assert.deepEqual(attempt().receive(present), [
          '< CONNACK 0x00 present',
          '> DISCONNECT 0x00',
          'close: sessionUnknown',
        ]);
      }
      // A refusal begins no Session either.
      assert.equal(
        attempt()
          .receive(a.connack({ reasonCode: 0x88 }))
          .at(-1),
        'close: refused with 136 of version 5',
      );
      assert.equal(attempt().receive(present).at(-1), 'close: sessionUnknown');
      const begun = attempt();
      assert.deepEqual(begun.receive(a.connack()).slice(1), ['connected']);
      begun.feed({ kind: 'transportClosed', at: 0, failure: undefined });
      // Nothing was in flight: it is the client's Session all the same.
      assert.deepEqual(attempt().receive(present).slice(1), ['connected, session present']);
    });

    it('except for the one whose CONNACK was lost', () => {
      const session = new SessionState();
      const first = clientConversation({ session, connect: connect(5) });
      first.command({ kind: 'connect' });
      first.feed({ kind: 'transportClosed', at: 0, failure: undefined });
      const next = clientConversation({ session, connect: connect(5) });
      next.command({ kind: 'connect' });
      assert.deepEqual(next.receive(present).slice(1), ['connected, session present']);
    });

    it('before 5.0, as 3.1.1 lets it choose (3.2.2.2)', () => {
      const client = clientConversation({ connect: connect(4) });
      client.command({ kind: 'connect' });
      assert.deepEqual(client.receive(present).slice(1), ['connected, session present']);
    });
  });

  it('and takes one message beyond its Receive Maximum for each PUBCOMP of an earlier connection, whatever that says (4.9)', () => {
    const client = connectedClient({ connect: a.connect({ properties: { receiveMaximum: 2 } }) });
    client.receive(a.acknowledgement('PUBREL', 7));
    assert.deepEqual(
      client.receive(a.publish('t', 2, 1), a.publish('t', 2, 2), a.publish('t', 2, 3)).slice(-3),
      ['> PUBREC #1', '| PUBREC #2', '| PUBREC #3'],
    );
    assert.equal(client.receive(a.publish('t', 2, 4)).at(-1), 'close: receiveMaximumExceeded');
  });

  it('within the Receive Maximum of the new connection (4.9)', () => {
    const { next } = interrupted(5);
    assert.deepEqual(
      next.receive(a.connack({ sessionPresent: true, properties: { receiveMaximum: 1 } })).slice(2),
      ['> PUBREL #5', '| PUBREL #1', '| PUBLISH q2 #3 dup c "x"'],
    );
    assert.deepEqual(next.receive(a.acknowledgement('PUBREC', 3, 0x80)).slice(1), [
      '> PUBLISH q1 #4 dup d "x"',
      '3 published #3 128',
    ]);
  });
});
