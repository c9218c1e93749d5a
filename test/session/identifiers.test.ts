import assert from 'node:assert/strict';
import { PacketWriter } from '../../src/protocol/codec';
import type { ControlPacket } from '../../src/protocol/controlPacket';
import type { ClientCommand, ClientOutcome } from '../../src/session/clientContract';
import { ClientConnection } from '../../src/session/clientConnection';
import type { Input } from '../../src/session/effects';
import { InflightStore } from '../../src/session/inflightStore';
import { SessionState } from '../../src/session/sessionState';
import { a, encodeAll, packetsIn } from '../support/packets';

const count = 70_000;

/** A client whose transport takes everything, and what it sent and settled. */
class Flood {
  readonly sent: ControlPacket[] = [];
  readonly settled: ClientOutcome[] = [];
  private readonly connection = new ClientConnection({
    connect: a.connect({ protocolVersion: 4 }),
    session: new SessionState(),
    out: new PacketWriter(),
    connackPatience: 1_000,
  });

  constructor() {
    this.command({ kind: 'connect' });
    this.receive(a.connack());
    this.sent.length = 0;
  }

  command(...commands: ClientCommand[]): void {
    this.feed({ kind: 'commands', at: 0, commands });
  }

  receive(...packets: ControlPacket[]): void {
    this.feed({ kind: 'bytes', at: 0, chunk: encodeAll(packets, 4) });
  }

  private feed(input: Input<ClientCommand>): void {
    for (let next: Input<ClientCommand> | undefined = input; next;) {
      const effects = this.connection.handle(next);
      next = undefined;
      for (const effect of effects) {
        if (effect.kind === 'transmit') {
          this.sent.push(...packetsIn(effect.bytes, 4));
          if (effect.more) next = { kind: 'writable', at: 0, writable: true };
        }
        if (effect.kind === 'settle') this.settled.push(...effect.outcomes);
      }
    }
  }
}

const publishes = (first: number, last: number): ClientCommand[] =>
  Array.from({ length: last - first + 1 }, (_, index) => ({
    kind: 'publish',
    ticket: first + index,
    packet: a.publish('t', 1),
  }));

const identifierOf = (packet: ControlPacket) => ('packetIdentifier' in packet ? packet.packetIdentifier : 0);

describe('Packet Identifiers', function () {
  this.timeout(30_000);

  it('run out at 65,535 in flight: what is beyond waits its turn, and every message settles once [MQTT-2.2.1-3]', () => {
    const flood = new Flood();
    flood.command(...publishes(1, count));
    assert.equal(flood.sent.length, 65_535);
    assert.equal(new Set(flood.sent.map(identifierOf)).size, 65_535);
    const inFlight = new Set<number>();
    let acknowledged = 0;
    while (acknowledged < flood.sent.length) {
      const batch = flood.sent.slice(acknowledged, acknowledged + 10_000);
      for (const packet of batch) {
        assert.ok(!inFlight.has(identifierOf(packet)), 'an identifier is used twice at once');
        inFlight.add(identifierOf(packet));
      }
      acknowledged += batch.length;
      for (const packet of batch) inFlight.delete(identifierOf(packet));
      flood.receive(...batch.map((packet) => a.acknowledgement('PUBACK', identifierOf(packet))));
    }
    assert.equal(flood.sent.length, count);
    assert.deepEqual(
      flood.settled.map(({ ticket }) => ticket).sort((one, other) => one - other),
      Array.from({ length: count }, (_, index) => index + 1),
    );
  });

  it('are one set for PUBLISH and SUBSCRIBE: a SUBSCRIBE waits for one, too (2.2.1)', () => {
    const flood = new Flood();
    flood.command(...publishes(1, 65_535));
    flood.command({
      kind: 'subscribe',
      ticket: 65_536,
      subscriptions: [a.subscription('t')],
      properties: {},
    });
    assert.equal(flood.sent.length, 65_535);
    flood.receive(a.acknowledgement('PUBACK', 300));
    const [subscribe] = flood.sent.slice(65_535);
    assert.deepEqual(subscribe?.type === 'SUBSCRIBE' && subscribe.packetIdentifier, 300);
  });

  it('are not used again before they are free, and never 0', () => {
    const store = new InflightStore();
    const taken = new Set<number>();
    for (let index = 0; index < 65_534; index++) taken.add(store.beginRequest() ?? 0);
    assert.equal(taken.size, 65_534);
    assert.ok(!taken.has(0));
    assert.equal(store.beginRequest(), 65_535);
    assert.equal(store.beginRequest(), undefined);
    store.endRequest(17);
    assert.equal(store.nextIdentifier(), 17);
  });
});
