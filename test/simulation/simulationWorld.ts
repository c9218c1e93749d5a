import type {
  ClientOptions,
  MessageToPublish,
  MqttClient,
  PublishOutcome,
} from '../../src/client/mqttClient';
import type { Clock } from '../../src/base/clock';
import type { SessionChange } from '../../src/session/sessionJournal';
import type { Transport } from '../../src/session/effects';
import { Chance } from './chance';
import type { ClientLife } from './clientLife';
import { ClientWatch } from './clientWatch';
import { misbehavingClient } from './misbehavingClient';
import { MisbehavingTransport } from './misbehavingTransport';
import type { Mutation } from './wrongClients';
import { Observer } from './observer';
import type { Mishap, Scenario } from './scenario';
import { ScriptedServer } from './server/scriptedServer';
import { SimulatedClient } from './simulatedClient';
import { SimulatedLink } from './simulatedLink';
import { Timeline } from './timeline';

/** How long things may take to come to rest once nothing goes wrong any more, in milliseconds. */
const settlingTime = 900_000;
/** How long an end in order may take. */
const endingTime = 60_000;

export interface SimulationOptions {
  /** Writes a transcript. */
  readonly isVerbose?: boolean;
  /** Makes the clients wrong, to see whether that is noticed. */
  readonly mutation?: Mutation;
}

/** One run: clients, a server, what is between them and what goes wrong. */
export class SimulationWorld {
  readonly timeline = new Timeline();
  readonly observer: Observer;
  /** What the links and connection attempts throw dice for. */
  readonly chance: Chance;
  readonly server: ScriptedServer;
  readonly clients: readonly SimulatedClient[];
  readonly links: { readonly link: SimulatedLink; readonly client: SimulatedClient }[] = [];
  private readonly start = this.timeline.now();

  constructor(
    readonly scenario: Scenario,
    private readonly simulation: SimulationOptions,
  ) {
    const { timeline } = this;
    const { seed, version, server } = scenario;
    this.observer = new Observer(() => timeline.now(), this.start, simulation.isVerbose ?? false);
    this.chance = new Chance(seed, 1);
    const { observer } = this;
    this.server = new ScriptedServer({
      timeline,
      observer,
      version,
      plan: server,
      chance: new Chance(seed, 2),
    });
    this.clients = scenario.clients.map(
      (plan) => new SimulatedClient(this, plan, new ClientWatch({ timeline, observer, version })),
    );
  }

  get isCalm(): boolean {
    return this.timeline.now() >= this.start + this.scenario.calmAfter;
  }

  async run(): Promise<void> {
    const { timeline, scenario } = this;
    for (const client of this.clients) {
      client.start();
      for (const message of client.plan.publishes) this.plan(message.at, () => client.publish(message));
      for (const { at, kind } of client.plan.changes) this.plan(at, () => client.change(kind));
      for (const { at, milliseconds } of client.plan.holds) this.plan(at, () => client.hold(milliseconds));
      for (const at of client.plan.roundTrips) this.plan(at, () => client.comeRound());
      for (const { when, acts } of client.plan.whims) {
        if (typeof when !== 'number') continue;
        this.plan(when, () => acts.forEach((act) => client.act(act, 'its own')));
      }
      for (const message of client.plan.receives) {
        this.plan(message.at, () => this.server.publish(client.plan.clientIdentifier, message));
      }
    }
    for (const mishap of scenario.mishaps) this.plan(mishap.at, () => this.strike(mishap));
    await timeline.run(this.start + scenario.calmAfter);
    this.observer.note(() => '-- from here on nothing goes wrong');
    this.server.isKind = true;
    await timeline.run(timeline.now() + settlingTime, () => this.isAtRest);
    for (const client of this.clients) client.lookForUnrest();
    this.observer.note(() => '-- the end');
    for (const client of this.clients) {
      client.watch.lookForDebts();
      client.lookForLeftovers();
    }
    const ended = Promise.all(this.clients.map((client) => client.finish()));
    let isOver = false;
    void ended.then(() => {
      isOver = true;
      for (const client of this.clients) client.lookForTimers();
    });
    await timeline.run(timeline.now() + endingTime);
    if (!isOver) this.observer.finding('a client has not ended');
  }

  /** A connection of a client to the server, with whatever is to happen to it. */
  connection(client: SimulatedClient, life: ClientLife): Transport {
    const { timeline, chance, observer, scenario } = this;
    const linkFault = this.isCalm ? undefined : scenario.linkFaults[this.links.length];
    const tap = client.watch.connection();
    const link = new SimulatedLink({
      timeline,
      chance,
      observer,
      weather: scenario.weather,
      fault: linkFault,
      tap,
    });
    this.links.push({ link, client });
    life.link = link;
    this.server.accept(link.server);
    const fault = this.simulation.mutation?.connection?.();
    return fault ? new MisbehavingTransport(link.client, scenario.version, fault) : link.client;
  }

  /** A client as its application gets it. */
  made(client: MqttClient): MqttClient {
    const changes = this.simulation.mutation?.client?.(client);
    return changes ? misbehavingClient(client, changes) : client;
  }

  /** Publishes with a client, as far as that is not made wrong. */
  publish(client: MqttClient, message: MessageToPublish): Promise<PublishOutcome> {
    return this.simulation.mutation?.publish?.(client, message) ?? client.publish(message);
  }

  /** What a store keeps of a batch. */
  stored(changes: readonly SessionChange[]): readonly SessionChange[] {
    const isKept = this.simulation.mutation?.keeps;
    return isKept ? changes.filter(isKept) : changes;
  }

  /** What a client is made with. */
  options(options: ClientOptions): ClientOptions {
    return this.simulation.mutation?.options?.(options) ?? options;
  }

  /** The clock of a client, as it takes it. */
  clock(owner: string): Clock {
    const clock = this.timeline.clock(owner);
    return this.simulation.mutation?.clock?.(clock) ?? clock;
  }

  private get isAtRest(): boolean {
    if (this.timeline.waiting('plan') > 0) return false;
    return this.clients.every((client) => client.unrest === undefined);
  }

  private plan(at: number, action: () => void): void {
    this.timeline.schedule('plan', this.start + at, action);
  }

  private strike(mishap: Mishap): void {
    const newest = this.links[this.links.length - 1];
    switch (mishap.kind) {
      case 'cut':
        newest?.link.cut();
        break;
      case 'half-open':
        newest?.link.halfOpen(mishap.loses);
        break;
      case 'restart':
        this.server.restart(mishap.keepsSessions, mishap.downFor, mishap.maximumQoS);
        break;
      case 'goodbye':
        this.server.sayGoodbye(mishap.reasonCode);
        break;
      case 'crash': {
        const client = this.chance.of([...this.clients] as [SimulatedClient, ...SimulatedClient[]]);
        client.crash(mishap.downFor);
        break;
      }
    }
  }
}
