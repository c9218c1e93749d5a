import assert from 'node:assert/strict';
import type { Properties } from '../../src/protocol/properties';
import { clauseOf, ProtocolViolation } from '../../src/protocol/violations';
import {
  acceptance,
  clientConversation,
  connectedClient,
  connectedServer,
  serverConversation,
} from '../support/conversation';
import type { Conversation } from '../support/conversation';
import { ClientBench } from '../support/clientBench';
import { turn } from '../support/fakeClock';
import { a } from '../support/packets';

/** The clause that the end of a connection names, and of whom. */
function broken({ ending }: Conversation<never>): readonly [subject: string | undefined, clause: string] {
  assert.ok(ending?.kind === 'protocol', ending?.kind);
  return [ending.violation.subject, clauseOf(ending.violation, 5)];
}

const limits: Properties = { receiveMaximum: 1, maximumPacketSize: 30 };
const long = 't'.repeat(40);
const twoMessages = [a.publish('t', 2, 1), a.publish('t', 2, 2)];

describe('A rule that each side has a clause of its own for', () => {
  it('is told as broken by the server, where a client finds it [MQTT-3.3.4-9] [MQTT-3.1.2-24] [MQTT-4.12.0-6]', () => {
    const connect = a.connect({ properties: limits });
    const flooded = connectedClient({ connect });
    flooded.receive(...twoMessages);
    assert.deepEqual(broken(flooded), ['server', 'MQTT-3.3.4-9']);
    const overfed = connectedClient({ connect });
    overfed.receive(a.publish(long));
    assert.deepEqual(broken(overfed), ['server', 'MQTT-3.1.2-24']);
    const asked = clientConversation();
    asked.command({ kind: 'connect' });
    asked.receive({ type: 'AUTH', reasonCode: 0x18, properties: { authenticationMethod: 'm' } });
    assert.deepEqual(broken(asked), ['server', 'MQTT-4.12.0-6']);
  });

  it('is told as broken by the client, where a server finds it [MQTT-3.3.4-7] [MQTT-3.2.2-15] [MQTT-4.12.0-7]', () => {
    const flooded = connectedServer(a.connect(), { properties: { receiveMaximum: 1 } });
    flooded.receive(...twoMessages);
    assert.deepEqual(broken(flooded), ['client', 'MQTT-3.3.4-7']);
    const overfed = serverConversation(5, 30);
    overfed.receive(a.connect());
    overfed.command({ kind: 'accept', acceptance: acceptance() });
    overfed.receive(a.publish(long));
    assert.deepEqual(broken(overfed), ['client', 'MQTT-3.2.2-15']);
    const asked = connectedServer();
    asked.receive({ type: 'AUTH', reasonCode: 0x19, properties: { authenticationMethod: 'm' } });
    assert.deepEqual(broken(asked), ['client', 'MQTT-4.12.0-7']);
  });

  it('is told as broken by a server that has more to say than its client takes [MQTT-3.1.2-24]', () => {
    const server = connectedServer(a.connect({ properties: { maximumPacketSize: 100 } }));
    const reasonCodes = Array<number>(200).fill(0);
    server.command({ kind: 'suback', packetIdentifier: 1, reasonCodes });
    assert.deepEqual(broken(server), ['server', 'MQTT-3.1.2-24']);
  });

  it('is told as broken by the client, where what it asks for is not sent for that [MQTT-3.2.2-15]', async () => {
    const bench = new ClientBench();
    await bench.connected(a.connack({ properties: { maximumPacketSize: 30 } }));
    for (const qos of [0, 1] as const) {
      const error: unknown = await bench.publish(long, qos).catch((reason: unknown) => reason);
      await turn();
      assert.ok(error instanceof ProtocolViolation);
      assert.deepEqual([error.violation.subject, clauseOf(error.violation, 5)], ['client', 'MQTT-3.2.2-15']);
    }
  });
});
