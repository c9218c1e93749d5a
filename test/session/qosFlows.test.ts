import assert from 'node:assert/strict';
import type { ControlPacket, ProtocolVersion, Publish } from '../../src/protocol/controlPacket';
import { SessionState } from '../../src/session/sessionState';
import {
  acceptance,
  clientConversation,
  connectedClient,
  connectedServer,
  serverConversation,
} from '../support/conversation';
import { outboundMessage } from '../support/outboundMessage';
import { a } from '../support/packets';

/** One side of a connection that is up: what it sends and receives, whichever side it is. */
interface Side {
  publish(...packets: Publish[]): string[];
  /** What it sends when these packets arrive and their messages are accepted. */
  receive(...packets: ControlPacket[]): string[];
  /** The connection breaks and is made again, with the Session. */
  reconnect(): string[];
}

const sent = (lines: string[]) => lines.filter((text) => /^[>|] /.test(text)).map((text) => text.slice(2));
const delivered = (lines: string[]) => lines.filter((text) => text.startsWith('deliver PUBLISH'));

function clientSide(version: ProtocolVersion, receiveMaximum: number): Side {
  const session = new SessionState();
  const connect = a.connect({ protocolVersion: version, cleanStart: false });
  const connack = a.connack({ properties: version === 5 ? { receiveMaximum } : {} });
  let connection = connectedClient({ session, connect }, connack);
  let ticket = 0;
  return {
    publish: (...packets) =>
      sent(
        connection.command(
          ...packets.map((packet) => ({ kind: 'publish', ticket: ++ticket, packet }) as const),
        ),
      ),
    receive: (...packets) => {
      const lines = connection.receive(...packets);
      return [...delivered(lines), ...sent(lines)];
    },
    reconnect: () => {
      connection.feed({ kind: 'transportClosed', at: 0, failure: undefined });
      connection = clientConversation({ session, connect });
      connection.command({ kind: 'connect' });
      return sent(connection.receive({ ...connack, sessionPresent: true }));
    },
  };
}

function serverSide(version: ProtocolVersion, receiveMaximum: number): Side {
  const session = new SessionState();
  const properties = version === 5 ? { receiveMaximum } : {};
  const connect = a.connect({ protocolVersion: version, cleanStart: false, properties });
  let connection = connectedServer(connect, { session });
  return {
    publish: (...packets) =>
      sent(
        connection.command(
          ...packets.map((packet) => ({ kind: 'publish', message: outboundMessage(packet) }) as const),
        ),
      ),
    receive: (...packets) => {
      const lines = connection.receive(...packets);
      const accepted = connection.command({
        kind: 'acknowledge',
        answers: delivered(lines).map(() => 0),
      });
      return [...delivered(lines), ...sent(lines), ...sent(accepted)];
    },
    reconnect: () => {
      connection.feed({ kind: 'transportClosed', at: 0, failure: undefined });
      connection = serverConversation(version);
      connection.receive(connect);
      const lines = connection.command({
        kind: 'accept',
        acceptance: acceptance({ session, sessionPresent: true }),
      });
      return sent(lines).filter((text) => !text.startsWith('CONNACK'));
    },
  };
}

const ack = a.acknowledgement;

for (const [who, make] of [
  ['client', clientSide],
  ['server', serverSide],
] as const) {
  for (const version of [3, 4, 5] as const) {
    describe(`A ${who} that sends in version ${version}`, () => {
      it('at QoS 0 says it once, without DUP and identifier [MQTT-4.3.1-1] [MQTT-3.3.1-2]', () => {
        const side = make(version, 10);
        assert.deepEqual(side.publish(a.publish('t')), ['PUBLISH q0 t "x"']);
        assert.deepEqual(side.reconnect(), []);
      });

      it('at QoS 1 takes an unused identifier without DUP [MQTT-4.3.2-1] [MQTT-4.3.2-2] [MQTT-2.2.1-4]', () => {
        assert.deepEqual(make(version, 10).publish(a.publish('t', 1), a.publish('t', 1)), [
          'PUBLISH q1 #1 t "x"',
          'PUBLISH q1 #2 t "x"',
        ]);
      });

      it('at QoS 1 has the message unacknowledged until PUBACK, and says DUP when it repeats it [MQTT-4.3.2-3] [MQTT-3.3.1-1]', () => {
        const side = make(version, 10);
        side.publish(a.publish('t', 1));
        assert.deepEqual(side.reconnect(), ['PUBLISH q1 #1 dup t "x"']);
        assert.deepEqual(side.receive(ack('PUBACK', 1)), []);
        assert.deepEqual(side.reconnect(), []);
      });

      it('at QoS 2 goes from PUBLISH over PUBREL to the end [MQTT-4.3.3-1] [MQTT-4.3.3-2] [MQTT-4.3.3-4]', () => {
        const side = make(version, 10);
        assert.deepEqual(side.publish(a.publish('t', 2)), ['PUBLISH q2 #1 t "x"']);
        assert.deepEqual(side.receive(ack('PUBREC', 1)), ['PUBREL #1']);
        assert.deepEqual(side.receive(ack('PUBCOMP', 1)), []);
        assert.deepEqual(side.reconnect(), []);
      });

      it('at QoS 2 repeats PUBLISH before PUBREC and only PUBREL after it [MQTT-4.3.3-3] [MQTT-4.3.3-5] [MQTT-4.3.3-6]', () => {
        const side = make(version, 10);
        side.publish(a.publish('t', 2));
        assert.deepEqual(side.reconnect(), ['PUBLISH q2 #1 dup t "x"']);
        side.receive(ack('PUBREC', 1));
        assert.deepEqual(side.reconnect(), ['PUBREL #1']);
        assert.deepEqual(side.receive(ack('PUBCOMP', 1)), []);
      });

      it('repeats nothing while the connection lasts [MQTT-4.4.0-1]', () => {
        const side = make(version, 10);
        side.publish(a.publish('t', 1), a.publish('t', 2));
        assert.deepEqual(side.receive(ack('PUBREC', 2)), ['PUBREL #2']);
        assert.deepEqual(side.publish(a.publish('u')), ['PUBLISH q0 u "x"']);
      });
    });

    describe(`A ${who} that receives in version ${version}`, () => {
      it('answers PUBLISH as its QoS asks [MQTT-3.3.4-1] [MQTT-4.3.2-4] [MQTT-4.3.3-8] [MQTT-2.2.1-5]', () => {
        const side = make(version, 10);
        assert.deepEqual(side.receive(a.publish('a'), a.publish('b', 1, 5), a.publish('c', 2, 6)).slice(3), [
          'PUBACK #5',
          'PUBREC #6',
        ]);
      });

      it('takes a QoS 1 message for new once it was acknowledged, whatever its DUP says [MQTT-4.3.2-5]', () => {
        const side = make(version, 10);
        for (const dup of [false, true]) {
          assert.deepEqual(side.receive(a.publish('t', 1, 5, { dup })), [
            `deliver PUBLISH q1 #5${dup ? ' dup' : ''} t "x"`,
            'PUBACK #5',
          ]);
        }
      });

      it('answers PUBREL with PUBCOMP of the same identifier [MQTT-4.3.3-11]', () => {
        const side = make(version, 10);
        side.receive(a.publish('t', 2, 6));
        assert.deepEqual(side.receive(ack('PUBREL', 6)), ['PUBCOMP #6']);
      });
    });
  }

  describe(`A ${who} with a Receive Maximum to keep to`, () => {
    it('begins with that many and goes on with each PUBACK, PUBCOMP and refusing PUBREC [MQTT-4.9.0-1] [MQTT-4.9.0-2]', () => {
      const side = make(5, 2);
      assert.equal(side.publish(...['a', 'b', 'c', 'd', 'e'].map((topic) => a.publish(topic, 2))).length, 2);
      assert.deepEqual(side.receive(ack('PUBREC', 1)), ['PUBREL #1']);
      assert.deepEqual(side.receive(ack('PUBCOMP', 1)), ['PUBLISH q2 #3 c "x"']);
      assert.deepEqual(side.receive(ack('PUBREC', 2, 0x80)), ['PUBLISH q2 #4 d "x"']);
    });

    it('answers everything else meanwhile [MQTT-3.3.4-8] [MQTT-3.3.4-10] [MQTT-4.9.0-3]', () => {
      const side = make(5, 1);
      side.publish(a.publish('a', 1), a.publish('b', 1));
      assert.deepEqual(side.receive(a.publish('in', 1, 9)).slice(1), ['PUBACK #9']);
      assert.deepEqual(side.publish(a.publish('c')), ['PUBLISH q0 c "x"']);
    });

    it('does not count what was released on an earlier connection (4.9)', () => {
      const side = make(5, 2);
      side.publish(a.publish('a', 2), a.publish('b', 2), a.publish('c', 2), a.publish('d', 2));
      side.receive(ack('PUBREC', 1));
      side.reconnect();
      // PUBCOMP for the old PUBREL makes no room: its PUBLISH took none here.
      assert.deepEqual(side.receive(ack('PUBCOMP', 1)), []);
    });
  });
}
