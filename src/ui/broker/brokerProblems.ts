import type { Clock } from '../../base/clock';
import type { Disposable, Event } from '../../base/lifecycle';
import { DisposableStack, Emitter } from '../../base/lifecycle';
import type { Broker } from '../../broker/broker';
import { isRemarkable } from '../../protocol/remarkedViolations';
import type { RefusedConnection } from '../../session/effects';
import type { BrokerCaptures } from './brokerCaptures';
import { clientText, hostOf } from './clientText';
import { denialText } from './denialText';
import { droppedText } from './droppedText';
import { foreignText, mistakeText, problemOf, type ProblemText, refusedText } from './endingText';

/** How many different problems are listed. */
const mostProblems = 200;

/** The kind of a fight of two clients over an identifier. */
export const takeOverKind = 'takeOver';
/** Sessions that change hands this often, within this many milliseconds, are fought over. */
const takeOversOfFight = 3;
const fightWindow = 60_000;
/** How many Sessions are watched for that. */
const mostWatched = 1_000;

/** A mistake of a client, as often as it made the same. */
export interface Problem extends ProblemText {
  readonly key: string;
  readonly clientIdentifier: string | undefined;
  readonly peer: string;
  /** The client as messages call it. */
  readonly who: string;
  /** The last time, in milliseconds since the epoch, and how often. */
  readonly at: number;
  readonly count: number;
  /** How often it had been before. */
  readonly before: number;
  /** The packet it is about, as long as that is kept. */
  readonly packet: () => number | undefined;
}

interface Found extends ProblemText {
  readonly clientIdentifier: string | undefined;
  readonly peer: string;
  readonly packet: () => number | undefined;
}

type Captures = Pick<
  BrokerCaptures,
  | 'identifierOf'
  | 'admitted'
  | 'isForeign'
  | 'place'
  | 'connect'
  | 'latest'
  | 'newest'
  | 'unfinished'
  | 'denied'
  | 'offending'
  | 'remark'
  | 'kept'
>;

/** Notes what the clients of the local broker do wrong: once for each client and kind, with how often. */
export class BrokerProblems implements Disposable {
  private readonly held = new DisposableStack();
  private readonly changed = this.held.add(new Emitter<Problem | undefined>());
  private readonly problems = new Map<string, Problem>();
  /** When each Session changed hands, lately. */
  private readonly takeOvers = new Map<string, readonly number[]>();

  /** There is one more, or one happened again; undefined: there are fewer. */
  readonly onDidChange: Event<Problem | undefined> = this.changed.event;

  constructor(
    private readonly captures: Captures,
    private readonly clock: Clock,
  ) {}

  /** The latest first. */
  all(): readonly Problem[] {
    return [...this.problems.values()].reverse();
  }

  /** Those of a client. */
  of(clientIdentifier: string): readonly Problem[] {
    return this.all().filter((problem) => problem.clientIdentifier === clientIdentifier);
  }

  get(key: string): Problem | undefined {
    return this.problems.get(key);
  }

  /** Takes one off the list, as if it had not happened. Returns whether it was there. */
  dismiss(key: string): boolean {
    const wasThere = this.problems.delete(key);
    if (wasThere) this.changed.fire(undefined);
    return wasThere;
  }

  clear(): void {
    this.problems.clear();
    this.changed.fire(undefined);
  }

  /** Listens to a broker until it is closed. */
  watch(broker: Broker): void {
    const { captures } = this;
    broker.onDidConnect(({ peer, clientIdentifier }) => captures.admitted(peer, clientIdentifier));
    broker.onDidDisconnect(({ ending, version, peer, clientIdentifier, userName, receivedPackets }) => {
      const foreign = ending.kind === 'protocol' ? foreignText(ending) : undefined;
      if (foreign !== undefined) captures.isForeign(peer, foreign);
      const text = problemOf(ending, version, userName);
      if (!text) return;
      const place = captures.place(peer);
      if (ending.kind === 'protocol' && isRemarkable(ending.violation))
        captures.remark(peer, [{ violation: ending.violation, packet: receivedPackets }]);
      const packet = (): number | undefined => {
        if (!place) return undefined;
        if (ending.kind === 'protocol') return captures.offending(place, ending.violation.id);
        // What is too large does not become whole.
        const isCutOff =
          ending.kind === 'dropped' || ('packetSize' in ending && ending.packetSize !== undefined);
        if (isCutOff) return captures.unfinished(place);
        if (ending.kind !== 'disconnectedByServer') return captures.connect(place);
        const isOfMessage = ending.cause === 'topicLevels' || ending.cause === 'maximumQoS';
        return captures.latest(place, isOfMessage ? 'PUBLISH' : undefined);
      };
      this.note({ ...text, clientIdentifier, peer, packet });
    });
    broker.onDidTakeOver((takeOver) => this.tookOver(takeOver));
    broker.onDidMistake(({ violation, count, mistakes, version, peer, clientIdentifier }) => {
      const place = captures.place(peer);
      const first = captures.remark(peer, mistakes);
      const packet = () => (first === undefined ? place && captures.latest(place) : captures.kept(first));
      this.note({ ...mistakeText(violation, version), clientIdentifier, peer, packet }, count);
    });
    broker.onDidDeny((denied) => {
      const { peer, clientIdentifier } = denied;
      const place = captures.place(peer);
      const packet = () => place && captures.denied(place, denied);
      this.note({ ...denialText(denied), clientIdentifier, peer, packet });
    });
    broker.onDidDrop((dropped) => {
      const { peer, clientIdentifier } = dropped;
      const newest = captures.newest(clientIdentifier);
      const packet = () => (newest === undefined ? undefined : captures.kept(newest));
      this.note({ ...droppedText(dropped), clientIdentifier, peer, packet });
    });
  }

  /** A connection came to nothing before it was a stream for MQTT. */
  refused(connection: RefusedConnection): void {
    const { peer } = connection;
    const text = refusedText(connection, this.clock.now());
    const place = this.captures.place(peer);
    if (place) this.captures.isForeign(peer, text.short);
    const packet = () => place && this.captures.connect(place);
    this.note({ ...text, clientIdentifier: undefined, peer, packet });
  }

  dispose(): void {
    this.held.dispose();
  }

  /** Once is a client that comes back before the broker knows it was gone. */
  private tookOver({
    clientIdentifier,
    fromPeer,
    byPeer,
  }: {
    readonly clientIdentifier: string;
    readonly fromPeer: string;
    readonly byPeer: string;
  }): void {
    const now = this.clock.now();
    const times = [...(this.takeOvers.get(clientIdentifier) ?? []), now]
      .filter((at) => now - at <= fightWindow)
      .slice(-takeOversOfFight);
    this.takeOvers.delete(clientIdentifier);
    this.takeOvers.set(clientIdentifier, times);
    const [oldest] = this.takeOvers.keys();
    if (this.takeOvers.size > mostWatched && oldest !== undefined) this.takeOvers.delete(oldest);
    if (times.length < takeOversOfFight) return;
    const [one, other] = [hostOf(fromPeer), hostOf(byPeer)];
    const where = one === other ? `both come from ${one}` : `they come from ${one} and ${other}`;
    const place = this.captures.place(byPeer);
    this.note({
      kind: takeOverKind,
      short: 'two clients fight over this identifier',
      text: `Two clients use this Client Identifier and send each other away again and again [MQTT-3.1.4-3]; ${where}. Give each device an identifier of its own, or end the one that is too many.`,
      isTold: true,
      clientIdentifier,
      peer: byPeer,
      packet: () => place && this.captures.connect(place),
    });
  }

  private note(found: Found, times = 1): void {
    const { peer, kind } = found;
    const clientIdentifier = found.clientIdentifier ?? this.captures.identifierOf(peer);
    // Where no identifier is known each connection has another port.
    const key = JSON.stringify([clientIdentifier ?? hostOf(peer), clientIdentifier !== undefined, kind]);
    const before = this.problems.get(key)?.count ?? 0;
    const who = clientText(clientIdentifier, peer);
    const problem: Problem = {
      ...found,
      clientIdentifier,
      key,
      who,
      at: this.clock.now(),
      count: before + times,
      before,
    };
    this.problems.delete(key);
    this.problems.set(key, problem);
    const [oldest] = this.problems.keys();
    if (this.problems.size > mostProblems && oldest !== undefined) this.problems.delete(oldest);
    this.changed.fire(problem);
  }
}
