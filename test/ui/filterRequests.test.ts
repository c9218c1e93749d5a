import * as assert from 'node:assert/strict';
import { ProtocolViolation } from '../../src/protocol/violations';
import type { Properties } from '../../src/protocol/properties';
import { memoryLink } from '../../src/transport/memoryLink';
import { turn } from '../support/fakeClock';
import { a } from '../support/packets';
import { RawPeer } from '../support/rawPeer';
import { benchProfile, windowConnection } from '../support/windowConnection';

/** A connection with these filters at a server that announces `properties`, and the SUBSCRIBEs it got; and what was told. */
async function connectedTo(properties: Properties, filters: readonly string[]) {
  const failed: unknown[] = [];
  const servers: RawPeer[] = [];
  const connection = windowConnection(benchProfile, {
    open: () => {
      const [ours, theirs] = memoryLink();
      servers.push(new RawPeer(theirs, 5));
      return Promise.resolve(ours);
    },
    failed: (what, error) => failed.push([what, error]),
  });
  for (const filter of filters) await connection.subscribe(filter, 0);
  const connecting = connection.connect();
  await turn();
  const [server] = servers;
  assert.ok(server);
  await server.received();
  const lines = [...(await server.send(a.connack({ properties })))];
  await connecting;
  await turn();
  lines.push(...(await server.received()));
  return { connection, server, lines, failed };
}

const shared = { sharedSubscriptionAvailable: 0 } as const;

describe('The filters of a connection', () => {
  it('are asked for without the one that the server does not take, whose row says so', async () => {
    const { connection, server, lines, failed } = await connectedTo(shared, ['a/#', '$share/g/b', 'c']);
    assert.deepEqual(
      lines.map((line) => line.replace(/#\d+/, '#')),
      ['SUBSCRIBE # a/# q0', 'SUBSCRIBE # c q0'],
    );
    const requests = server.packets.filter((packet) => packet.type === 'SUBSCRIBE');
    await server.send(...requests.map(({ packetIdentifier }) => a.suback(packetIdentifier, [0])));
    const grants = connection.subscriptions.all().map(({ grant }) => grant);
    assert.deepEqual([grants[0], grants[2]], [{ reasonCode: 0 }, { reasonCode: 0 }]);
    const refused = grants[1];
    assert.ok(refused && refused !== 'waiting' && 'violation' in refused);
    assert.equal(refused.violation.id, 'sharedSubscriptionNotSupported');
    // One notification, however many there are.
    assert.equal(failed.length, 1);
    connection.dispose();
  });

  it('go out few in a packet, and alone where the server takes no large ones', async () => {
    const filters = Array.from({ length: 70 }, (_, index) => `filter/${index}`);
    const many = await connectedTo({}, filters);
    assert.equal(many.lines.length, 3);
    many.connection.dispose();
    const small = await connectedTo({ maximumPacketSize: 40 }, [...filters, 'x'.repeat(50)]);
    assert.equal(small.lines.length, 70);
    const last = small.connection.subscriptions.get('x'.repeat(50))?.grant;
    assert.ok(last && last !== 'waiting' && 'violation' in last);
    assert.equal(small.failed.length, 1);
    small.connection.dispose();
  });

  it('say what the server said to them, besides its codes', async () => {
    const { connection, server } = await connectedTo(shared, []);
    const words: Properties = { reasonString: 'not yours', userProperties: [['ticket', '7']] };
    const refused = connection.subscribe('a', 1);
    await server.received();
    await server.send({ ...a.suback(1, [0x87]), properties: words });
    assert.deepEqual(await refused, { reasonCode: 0x87, ...words });
    assert.deepEqual(connection.subscriptions.get('a')?.grant, { reasonCode: 0x87, ...words });
    const ended = connection.unsubscribe('a');
    await server.received();
    await server.send({ ...a.unsuback(2, [0x80]), properties: words });
    assert.deepEqual(await ended, { reasonCode: 0x80, ...words });
    connection.dispose();
  });

  it('are refused to who asks where the server said that it takes none of the kind', async () => {
    const { connection } = await connectedTo(shared, []);
    await assert.rejects(connection.subscribe('$share/g/b', 1), ProtocolViolation);
    assert.notEqual(connection.subscriptions.get('$share/g/b')?.grant, 'waiting');
    connection.dispose();
  });
});
