import { concatBytes } from '../../../src/base/bytes';
import { a } from '../../support/packets';
import type { Chance } from '../chance';
import { encode } from '../codec';
import { SimulatedLink } from '../simulatedLink';
import type { BrokerWorld } from './brokerWorld';

/** Where a CONNECT of 3.1.1 and 5.0 has its flags, behind a Remaining Length of one byte. */
const flagsAt = 9;

/**
 * Who says they are a participant, with a will and a clean start, in a CONNECT that breaks a rule, which comes in pieces; and
 * goes on with something that is no MQTT. Nothing may come of it: the models are told nothing.
 */
export class Strangers {
  private readonly links: SimulatedLink[] = [];

  constructor(
    private readonly world: BrokerWorld,
    private readonly chance: Chance,
  ) {}

  come(): void {
    const { world, chance, links } = this;
    const { timeline, observer, scenario, broker } = world;
    if (!world.isUp || !broker) return;
    const plan = world.participants[chance.between(0, world.participants.length - 1)]?.plan;
    if (!plan) return;
    const peer = `stranger ${links.length + 1}`;
    observer.fault('stranger', () => plan.clientIdentifier);
    const link = new SimulatedLink({
      ...{ timeline, chance, observer, weather: scenario.weather, peer },
      ...{ fault: undefined, tap: { wrote: () => undefined, read: () => undefined, left: () => undefined } },
    });
    links.push(link);
    broker.accept(link.server);
    const { client } = link;
    client.start({ bytes: () => undefined, drained: () => undefined, closed: () => undefined });
    const noise = Uint8Array.from({ length: chance.between(0, 60) }, () => chance.between(0, 255));
    const bytes = concatBytes([this.broken(plan.clientIdentifier, plan.version), noise]);
    let from = 0;
    let after = 0;
    while (from < bytes.length) {
      const piece = bytes.subarray(from, (from += chance.between(1, bytes.length)));
      timeline.after('plan', after, () => {
        if (!client.isClosed) client.write(piece);
      });
      after += chance.between(0, 400);
    }
    timeline.after('plan', after + chance.between(0, 2_000), () => client.dispose());
  }

  /** The process of the broker is gone. */
  abandon(): void {
    for (const { server } of this.links) if (!server.isClosed) server.abandon();
  }

  private broken(clientIdentifier: string, version: 4 | 5): Uint8Array {
    const will = {
      topicName: 'w/t',
      qos: 1,
      retain: true,
      payload: Uint8Array.of(1),
      properties: {},
    } as const;
    const bytes = encode(
      a.connect({ clientIdentifier, cleanStart: true, protocolVersion: version, will }),
      version,
    );
    const own = new Uint8Array(bytes);
    const flags = own[flagsAt] ?? 0;
    const breaks: readonly [() => void, ...(() => void)[]] = [
      () => (own[flagsAt] = flags | 0x01), // [MQTT-3.1.2-3]
      () => (own[flagsAt] = flags | 0x18), // [MQTT-3.1.2-12]
      () => (own[flagsAt] = flags | 0x80), // A user name that is not there.
      () => (own[4] = 0x6d), // [MQTT-3.1.2-1]
      () => (own[1] = (own[1] ?? 0) + 1), // A byte more than there is, which is noise or never comes.
      () => (own[0] = 0x12),
    ];
    this.chance.of(breaks)();
    return own;
  }
}
