import type { Clock } from '../../../src/base/clock';
import { Broker } from '../../../src/broker/broker';
import type { BrokerChange } from '../../../src/broker/brokerJournal';
import type { Transport } from '../../../src/session/effects';
import { MemoryDisk } from '../../support/memoryJournal';
import { a } from '../../support/packets';
import { Chance } from '../chance';
import { encode } from '../codec';
import { MisbehavingTransport, type Misbehaviour } from '../misbehavingTransport';
import { Observer } from '../observer';
import { type LinkTap, SimulatedLink } from '../simulatedLink';
import { Timeline } from '../timeline';
import type { BrokerMishap, BrokerScenario, ParticipantPlan } from './brokerScenario';
import { ExpectedRouting } from './expectedRouting';
import { Participant } from './participant';
import { SimulatedJournal } from './simulatedJournal';
import { simulatedAccess } from './simulatedMethod';
import { Strangers } from './strangers';
import { WatchedServerSide } from './watchedServerSide';

/** How long things may take to come to rest once nothing goes wrong any more, in milliseconds. */
const settlingTime = 900_000;
/** How long an end in order may take. */
const endingTime = 60_000;

/** What a broker does wrong. */
export interface BrokerMutation {
  readonly name: string;
  /** What finds it. */
  readonly finding: RegExp;
  /** Makes the fault of one connection, at the broker's end. */
  readonly connection?: () => Misbehaviour;
  /** Which steps its journal keeps. */
  readonly keeps?: (change: BrokerChange) => boolean;
  /** Its journal calls safe what the disk did not take. */
  readonly lies?: true;
}

export interface BrokerSimulationOptions {
  /** Writes a transcript. */
  readonly isVerbose?: boolean;
  readonly mutation?: BrokerMutation;
}

/** One run of one broker: who uses it, what is between them, and what goes wrong. */
export class BrokerWorld {
  readonly timeline = new Timeline();
  readonly observer: Observer;
  /** What the links and connection attempts throw dice for. */
  readonly chance: Chance;
  /** What the method of authentication throws dice for. */
  private readonly methodChance: Chance;
  readonly routing: ExpectedRouting;
  readonly participants: readonly Participant[];
  readonly links: { readonly link: SimulatedLink; readonly watch: WatchedServerSide }[] = [];
  isUp = false;
  broker: Broker | undefined;
  /** In milliseconds since the epoch. */
  private diskFailsUntil = 0;
  private readonly strangers: Strangers;
  /** How many processes there were. */
  private processes = 0;
  private journal: SimulatedJournal | undefined;
  private readonly disk = new MemoryDisk();
  private readonly watches = new Map<string, WatchedServerSide>();
  private readonly start = this.timeline.now();

  constructor(
    readonly scenario: BrokerScenario,
    private readonly options: BrokerSimulationOptions,
  ) {
    const { timeline } = this;
    this.observer = new Observer(() => timeline.now(), this.start, options.isVerbose ?? false);
    this.chance = new Chance(scenario.seed, 12);
    this.methodChance = new Chance(scenario.seed, 15);
    this.strangers = new Strangers(this, new Chance(scenario.seed, 16));
    this.routing = new ExpectedRouting(
      () => timeline.now(),
      (what) => this.observer.finding(what),
    );
    this.participants = scenario.participants.map((plan, index) => new Participant(this, plan, index + 1));
  }

  get isCalm(): boolean {
    return this.timeline.now() >= this.start + this.scenario.calmAfter;
  }

  get owner(): string {
    return `broker ${this.processes}`;
  }

  async run(): Promise<void> {
    const { timeline, scenario } = this;
    this.boot();
    for (const participant of this.participants) {
      const { plan } = participant;
      participant.start();
      for (const message of plan.publishes) this.plan(message.at, () => participant.publish(message));
      for (const each of plan.subscriptions) this.plan(each.at + 100, () => participant.change(each));
      for (const { at, milliseconds } of plan.holds) this.plan(at, () => participant.hold(milliseconds));
      for (const at of plan.authenticates ?? []) this.plan(at, () => participant.reauthenticate());
      for (const { at, withWill } of plan.leaves) this.plan(at, () => participant.leave(withWill));
    }
    for (const mishap of scenario.mishaps) this.plan(mishap.at, () => this.strike(mishap));
    await timeline.run(this.start + scenario.calmAfter);
    this.observer.note(() => '-- from here on nothing goes wrong');
    await timeline.run(timeline.now() + settlingTime, () => this.isAtRest);
    this.observer.note(() => '-- the end');
  }

  /** Everybody leaves, and the broker is closed. */
  async end(): Promise<void> {
    const { timeline } = this;
    let isOver = false;
    const everybody = this.participants.map((participant) => participant.finish());
    void Promise.all(everybody)
      .then(() => this.broker?.close())
      .then(() => (isOver = true));
    await timeline.run(timeline.now() + endingTime, () => isOver);
    if (!isOver) this.observer.finding('the broker or a client has not ended');
    await timeline.run(timeline.now() + endingTime);
  }

  /** A connection to the broker, with whatever is to happen to it. */
  connection({ version }: ParticipantPlan, isIntruder = false): Transport {
    return this.open(version, isIntruder).client;
  }

  private open(version: 4 | 5, isIntruder: boolean): SimulatedLink {
    const { timeline, chance, observer, scenario, routing } = this;
    const peer = String(this.links.length + 1);
    const watch = new WatchedServerSide(peer, version, routing, observer, scenario.method.questions);
    const link = new SimulatedLink({
      ...{ timeline, chance, observer, weather: scenario.weather, peer },
      fault: this.isCalm || isIntruder ? undefined : scenario.linkFaults[this.links.length],
      tap: nobody,
      serverTap: watch,
    });
    this.links.push({ link, watch });
    this.watches.set(peer, watch);
    const fault = this.options.mutation?.connection?.();
    this.broker?.accept(fault ? new MisbehavingTransport(link.server, version, fault) : link.server);
    return link;
  }

  get isAtRest(): boolean {
    if (this.timeline.waiting('plan') > 0 || !this.isUp) return false;
    if (this.timeline.waiting('application') > 0) return false;
    if (!this.participants.every((participant) => participant.isSettled)) return false;
    const clients = this.broker?.clients() ?? [];
    return (
      clients.every(({ connection, inFlight, queued }) => !connection || inFlight + queued === 0) &&
      this.links.every(({ watch }) => watch.isOver || watch.debts.length === 0) &&
      [...this.routing.sessions.values()].every(
        ({ deliveries, inFlight, peer }) =>
          peer === undefined ||
          (inFlight.size === 0 &&
            deliveries.every(
              (each) =>
                each.isUndone || each.qos === 0 || each.state !== 'waiting' || this.routing.hasExpired(each),
            )),
      )
    );
  }

  private plan(at: number, action: () => void): void {
    this.timeline.schedule('plan', this.start + at, action);
  }

  private strike(mishap: BrokerMishap): void {
    switch (mishap.kind) {
      case 'cut':
        this.anyLink()?.cut();
        break;
      case 'half-open':
        this.anyLink()?.halfOpen(mishap.loses);
        break;
      case 'intruder':
        this.intrude(mishap.stays, mishap.cleanStart);
        break;
      case 'stranger':
        this.strangers.come();
        break;
      case 'disk':
        this.observer.fault('disk', () => `fails for ${mishap.fails} ms`);
        this.diskFailsUntil = this.timeline.now() + mishap.fails;
        if (mishap.kills) this.timeline.after('plan', mishap.fails / 2, () => this.isUp && this.restart(0));
        break;
      case 'restart':
        if (this.isUp) this.restart(mishap.downFor);
        break;
    }
  }

  private anyLink(): SimulatedLink | undefined {
    const open = this.links.filter(({ link }) => !link.client.isClosed);
    return open[this.chance.between(0, Math.max(0, open.length - 1))]?.link;
  }

  /** Somebody takes a Client Identifier, reads what comes without a word, and is gone. */
  private intrude(stays: number, wantsCleanStart: boolean): void {
    if (!this.isUp) return;
    const { plan } = this.participants[this.chance.between(0, this.participants.length - 1)] ?? {};
    if (!plan) return;
    const { clientIdentifier, version, sessionExpiry } = plan;
    this.observer.fault('intruder', () => clientIdentifier);
    const { client } = this.open(version, true);
    // A Session that it begins ends with it: its client would find one that it does not know [MQTT-3.2.2-4].
    const cleanStart = wantsCleanStart || !this.routing.sessions.has(clientIdentifier);
    client.start({ bytes: () => undefined, drained: () => undefined, closed: () => undefined });
    const properties = version === 5 && !cleanStart ? { sessionExpiryInterval: sessionExpiry } : {};
    const protocolVersion = version;
    client.write(encode(a.connect({ clientIdentifier, cleanStart, protocolVersion, properties }), version));
    this.timeline.after('plan', stays, () => client.dispose());
  }

  private boot(): void {
    this.processes++;
    const { timeline, chance, scenario, routing, observer } = this;
    const journal = new SimulatedJournal(this.disk, {
      soon: (commit) => timeline.after('journal', chance.between(0, 15), commit),
      lies: this.options.mutation?.lies === true,
      fails: () => !this.isCalm && timeline.now() < this.diskFailsUntil,
      keeps: (change) => this.options.mutation?.keeps?.(change) ?? true,
      kept: () => {
        routing.undo.commit();
        const ends = !this.isCalm && this.isUp && chance.is(scenario.crashesWhenKept);
        if (ends) this.restart(chance.between(0, 500));
        return ends;
      },
    });
    this.journal = journal;
    const clock = this.clock();
    const { method, writeBufferBytes } = scenario;
    const accessControl = simulatedAccess(method, {
      later: (milliseconds, action) => void clock.schedule(clock.now() + milliseconds, action),
      between: (least, most) => this.methodChance.between(least, most),
      complain: (what) => observer.finding(what),
    });
    const bounds = writeBufferBytes === undefined ? {} : { writeBufferBytes };
    const broker = new Broker(
      { accessControl, ...bounds, ...(scenario.keepsState && { journal }) },
      {
        clock,
        newIdentifier: () => `assigned-${chance.between(0, 1e9)}`,
      },
    );
    broker.onDidConnect(({ peer, sessionPresent }) => {
      const watch = this.watches.get(peer);
      if (watch) watch.admitted(sessionPresent);
      else observer.finding(`${peer} was let in by a CONNECT that breaks a rule [MQTT-3.1.4-1]`);
    });
    broker.onDidDisconnect(({ peer, ending, droppedMessages }) => {
      const watch = this.watches.get(peer);
      watch?.ended(ending, droppedMessages, !scenario.keepsState);
      if (droppedMessages > 0) observer.fault('dropped', () => `${droppedMessages} messages`);
    });
    // Whatever the network does, what these clients send is in order.
    broker.onDidMistake(({ clientIdentifier, violation }) =>
      observer.finding(`${clientIdentifier} is blamed for ${violation.id} (${violation.value})`),
    );
    broker.onDidFail(({ error }) => observer.finding(`the broker threw ${String(error)}`));
    this.broker = broker;
    this.isUp = true;
    if (this.processes > 1) routing.restarted();
  }

  /** The process of the broker ends where it stands, and another begins later. */
  private restart(downFor: number): void {
    const { routing, observer } = this;
    observer.fault('server restart', () => `after ${downFor} ms`);
    this.isUp = false;
    this.processes++;
    if (this.journal) this.journal.isGone = true;
    this.broker = undefined;
    for (const { link, watch } of this.links) {
      watch.isOver = true;
      if (!link.server.isClosed) link.server.abandon();
    }
    this.strangers.abandon();
    if (this.scenario.keepsState) routing.kill();
    else routing.lose();
    this.timeline.after('plan', downFor, () => this.boot());
  }

  /** The clock of the process that begins; when it has ended, nothing happens in it any more. */
  private clock(): Clock {
    const { timeline, routing, owner } = this;
    return {
      now: () => timeline.now(),
      schedule: (at, callback) =>
        timeline.schedule(owner, at, () => {
          if (this.owner !== owner) return;
          callback();
          routing.advance(timeline.now());
        }),
    };
  }
}

const nobody: LinkTap = {
  wrote: () => undefined,
  read: () => undefined,
  left: () => undefined,
};
