import type { Clock } from '../../base/clock';
import type { ClientStatus, RetainedStatus } from '../../broker/brokerStatus';
import { type ListenerAddress, listenerAddresses } from '../../transport/machineAddresses';
import type { BrokerProblems, Problem } from './brokerProblems';
import { addressRow, brokerRow, type BrokerRow, moreRow, problemsRow } from './brokerRow';
import {
  clientRow,
  lineRow,
  problemRow,
  retainedMessagesRow,
  retainedRow,
  statusLines,
  subscriptionRow,
} from './clientRow';
import type { LocalBroker } from './localBroker';

/** How many clients, retained messages and subscriptions are listed. */
const mostRows = 500;

export interface BrokerTreeSource {
  readonly local: Pick<LocalBroker, 'state' | 'broker'>;
  readonly problems: Pick<BrokerProblems, 'all' | 'of'>;
  readonly clock: Clock;
}

/** A row of the Connections view that belongs to the local broker. Menus read its fields as the arguments of commands. */
export abstract class BrokerNode {
  /** What was drawn last: a tick redraws only rows that read differently. */
  drawn = '';

  constructor(
    readonly id: string,
    readonly parent: BrokerNode | undefined,
  ) {}

  abstract row(): BrokerRow;

  /** Rows below it, at the moment of asking; undefined where there never are any. */
  children(): readonly BrokerNode[] | undefined {
    return undefined;
  }

  /** Says which rows are below it, so that a change shows. */
  get outline(): string {
    return '';
  }
}

/** The row "Local broker". */
export class LocalBrokerNode extends BrokerNode {
  private readonly clients = new Map<string, ClientNode>();
  private readonly retained: RetainedMessagesNode;
  private readonly problemList: ProblemsNode;

  constructor(private readonly source: BrokerTreeSource) {
    super('broker', undefined);
    this.retained = new RetainedMessagesNode(this, source);
    this.problemList = new ProblemsNode(this, source);
  }

  row(): BrokerRow {
    const { state } = this.source.local;
    const clients = this.source.local.broker?.clients() ?? [];
    const connected = clients.filter(({ connection }) => connection !== undefined).length;
    return brokerRow(state, { connected, sessions: clients.length });
  }

  override children(): readonly BrokerNode[] {
    const { local, problems } = this.source;
    const { state } = local;
    const hasProblems = problems.all().length > 0;
    if (state.kind !== 'running') return hasProblems ? [this.problemList] : [];
    const addresses = state.listeners.flatMap((listener) => listenerAddresses(listener));
    const clients = sorted(state.broker.clients());
    const shown = clients.slice(0, mostRows).map((client) => this.clientNode(client));
    this.forgetOthers(shown);
    return [
      ...addresses.map((address) => new AddressNode(this, address)),
      ...shown,
      ...(clients.length > mostRows ? [new MoreNode(this, clients.length - mostRows, 'client')] : []),
      this.retained,
      this.problemList,
    ];
  }

  override get outline(): string {
    const { state } = this.source.local;
    if (state.kind !== 'running') return `${state.kind} ${this.source.problems.all().length > 0}`;
    const clients = sorted(state.broker.clients()).slice(0, mostRows);
    return JSON.stringify([state.listeners, clients.map(({ clientIdentifier }) => clientIdentifier)]);
  }

  private clientNode(status: ClientStatus): ClientNode {
    const { clientIdentifier } = status;
    const known = this.clients.get(clientIdentifier) ?? new ClientNode(this, this.source, status);
    known.status = status;
    this.clients.set(clientIdentifier, known);
    return known;
  }

  private forgetOthers(shown: readonly ClientNode[]): void {
    const kept = new Set(shown);
    for (const [clientIdentifier, node] of this.clients)
      if (!kept.has(node)) this.clients.delete(clientIdentifier);
  }
}

export class AddressNode extends BrokerNode {
  readonly url: string;

  constructor(
    parent: BrokerNode,
    private readonly address: ListenerAddress,
  ) {
    super(`broker/address/${address.url}`, parent);
    this.url = address.url;
  }

  row(): BrokerRow {
    return addressRow(this.address);
  }
}

class ClientNode extends BrokerNode {
  readonly clientIdentifier: string;
  private lines = new Map<string, LineNode>();

  constructor(
    parent: BrokerNode,
    private readonly source: BrokerTreeSource,
    public status: ClientStatus,
  ) {
    super(`broker/client/${status.clientIdentifier}`, parent);
    this.clientIdentifier = status.clientIdentifier;
  }

  row(): BrokerRow {
    return clientRow(this.current(), this.source.problems.of(this.clientIdentifier), this.source.clock.now());
  }

  override children(): readonly BrokerNode[] {
    const { subscriptions } = this.current();
    const before = this.lines;
    this.lines = new Map(
      this.read().map(([what]) => [
        what,
        before.get(what) ?? new LineNode(this, what, () => this.value(what)),
      ]),
    );
    return [
      ...this.lines.values(),
      ...[...subscriptions]
        .slice(0, mostRows)
        .map(
          ([filter, subscription]) =>
            new FixedNode(this, `subscription/${filter}`, subscriptionRow(filter, subscription)),
        ),
      ...(subscriptions.size > mostRows
        ? [new MoreNode(this, subscriptions.size - mostRows, 'subscription')]
        : []),
      ...this.source.problems.of(this.clientIdentifier).map((problem) => new ProblemNode(this, problem)),
    ];
  }

  override get outline(): string {
    const { subscriptions } = this.current();
    return JSON.stringify([
      this.read().map(([what]) => what),
      [...subscriptions].slice(0, mostRows),
      this.source.problems.of(this.clientIdentifier).map(({ key, count }) => [key, count]),
    ]);
  }

  private value(what: string): string {
    return this.read().find(([name]) => name === what)?.[1] ?? '';
  }

  private read(): ReturnType<typeof statusLines> {
    return statusLines(this.current(), this.source.clock.now());
  }

  /** As it is now, or was at last where it is gone. */
  private current(): ClientStatus {
    this.status = this.source.local.broker?.client(this.clientIdentifier) ?? this.status;
    return this.status;
  }
}

/** One thing to tell of a client, which changes by itself. */
class LineNode extends BrokerNode {
  constructor(
    parent: BrokerNode,
    private readonly what: string,
    private readonly value: () => string,
  ) {
    super(`${parent.id}/line/${what}`, parent);
  }

  row(): BrokerRow {
    return lineRow([this.what, this.value()]);
  }
}

class FixedNode extends BrokerNode {
  constructor(
    parent: BrokerNode,
    name: string,
    private readonly shown: BrokerRow,
  ) {
    super(`${parent.id}/${name}`, parent);
  }

  row(): BrokerRow {
    return this.shown;
  }
}

class MoreNode extends FixedNode {
  constructor(parent: BrokerNode, count: number, noun: string) {
    super(parent, `more/${noun}`, moreRow(count, noun));
  }
}

class RetainedMessagesNode extends BrokerNode {
  constructor(
    parent: BrokerNode,
    private readonly source: BrokerTreeSource,
  ) {
    super('broker/retained', parent);
  }

  row(): BrokerRow {
    return retainedMessagesRow(this.source.local.broker?.retainedCount ?? 0);
  }

  override children(): readonly BrokerNode[] {
    const messages = this.messages();
    return [
      ...messages.slice(0, mostRows).map((message) => new RetainedNode(this, message)),
      ...(messages.length > mostRows ? [new MoreNode(this, messages.length - mostRows, 'message')] : []),
    ];
  }

  override get outline(): string {
    return JSON.stringify(
      this.messages()
        .slice(0, mostRows)
        .map(({ topicName, receivedAt, payload }) => [topicName, receivedAt, payload.length]),
    );
  }

  private messages(): readonly RetainedStatus[] {
    const messages = this.source.local.broker?.retainedMessages() ?? [];
    return messages.sort((one, other) => compare(one.topicName, other.topicName));
  }
}

export class RetainedNode extends BrokerNode {
  readonly retainedTopic: string;

  constructor(
    parent: BrokerNode,
    private readonly message: RetainedStatus,
  ) {
    super(`broker/retained/${message.topicName}`, parent);
    this.retainedTopic = message.topicName;
  }

  row(): BrokerRow {
    return retainedRow(this.message);
  }
}

class ProblemsNode extends BrokerNode {
  constructor(
    parent: BrokerNode,
    private readonly source: BrokerTreeSource,
  ) {
    super('broker/problems', parent);
  }

  row(): BrokerRow {
    return problemsRow(this.source.problems.all().length);
  }

  override children(): readonly BrokerNode[] {
    return this.source.problems.all().map((problem) => new ProblemNode(this, problem));
  }

  override get outline(): string {
    return JSON.stringify(this.source.problems.all().map(({ key, count }) => [key, count]));
  }
}

export class ProblemNode extends BrokerNode {
  readonly problemKey: string;

  constructor(
    parent: BrokerNode,
    private readonly problem: Problem,
  ) {
    super(`${parent.id}/${problem.key}`, parent);
    this.problemKey = problem.key;
  }

  row(): BrokerRow {
    return problemRow(this.problem);
  }
}

/** Those that are connected first, each by identifier. */
function sorted(clients: readonly ClientStatus[]): readonly ClientStatus[] {
  return [...clients].sort(
    (one, other) =>
      Number(one.connection === undefined) - Number(other.connection === undefined) ||
      compare(one.clientIdentifier, other.clientIdentifier),
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
