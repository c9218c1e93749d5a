import type { ClientStatus, RetainedStatus } from '../../broker/brokerStatus';
import { type ListenerAddress, listenerAddresses } from '../../transport/machineAddresses';
import { BrokerNode, type BrokerTreeSource, ListNode } from './brokerNode';
import { addressesRow, addressRow, brokerRow, type BrokerRow, problemsRow } from './brokerRow';
import { ClientNode } from './clientNode';
import { retainedMessagesRow, retainedRow } from './clientRow';
import { compareNames, firstInOrder } from './naturalOrder';
import { ProblemNode } from './problemNode';

/** How many addresses stand below the broker itself; more are below a row of their own. */
const mostAddresses = 3;

/** The row "Local broker", with its clients last: there may be many. */
export class LocalBrokerNode extends ListNode {
  protected readonly noun = 'client';
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
    const clients = state.broker.clients();
    const shown = this.shown(clients).map((client) => this.clientNode(client));
    this.forgetOthers(shown);
    return [
      ...(addresses.length > mostAddresses
        ? [new AddressesNode(this, addresses)]
        : addresses.map((address) => new AddressNode(this, address))),
      this.retained,
      this.problemList,
      ...shown,
      ...this.more(clients.length),
    ];
  }

  override get outline(): string {
    const { state } = this.source.local;
    if (state.kind !== 'running') return `${state.kind} ${this.source.problems.all().length > 0}`;
    const clients = state.broker.clients();
    const shown = this.shown(clients).map(({ clientIdentifier }) => clientIdentifier);
    return JSON.stringify([state.listeners, shown, clients.length > this.mostShown]);
  }

  protected count(): number {
    return this.source.local.broker?.clients().length ?? 0;
  }

  private shown(clients: readonly ClientStatus[]): readonly ClientStatus[] {
    return firstInOrder(clients, this.mostShown, compareClients);
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

/** Holds the addresses of a broker that has many of them. */
class AddressesNode extends BrokerNode {
  constructor(
    parent: BrokerNode,
    private readonly addresses: readonly ListenerAddress[],
  ) {
    super('broker/addresses', parent);
  }

  row(): BrokerRow {
    return addressesRow(this.addresses);
  }

  override children(): readonly BrokerNode[] {
    return this.addresses.map((address) => new AddressNode(this, address));
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

class RetainedMessagesNode extends ListNode {
  protected readonly noun = 'message';

  constructor(
    parent: BrokerNode,
    private readonly source: BrokerTreeSource,
  ) {
    super('broker/retained', parent);
  }

  row(): BrokerRow {
    return retainedMessagesRow(this.count());
  }

  override children(): readonly BrokerNode[] {
    return [...this.shown().map((message) => new RetainedNode(this, message)), ...this.more(this.count())];
  }

  override get outline(): string {
    const shown = this.shown().map(({ topicName, receivedAt, payload }) => [
      topicName,
      receivedAt,
      payload.length,
    ]);
    return JSON.stringify([shown, this.count() > this.mostShown]);
  }

  protected count(): number {
    return this.source.local.broker?.retainedCount ?? 0;
  }

  private shown(): readonly RetainedStatus[] {
    const messages = this.source.local.broker?.retainedMessages() ?? [];
    return firstInOrder(messages, this.mostShown, (one, other) =>
      compareNames(one.topicName, other.topicName),
    );
  }
}

export class RetainedNode extends BrokerNode {
  readonly retainedTopic: string;

  constructor(
    parent: BrokerNode,
    private readonly message: RetainedStatus,
  ) {
    super(`broker/retained/topic/${message.topicName}`, parent);
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

/** Those that are connected first, each by identifier. */
function compareClients(one: ClientStatus, other: ClientStatus): number {
  return (
    Number(one.connection === undefined) - Number(other.connection === undefined) ||
    compareNames(one.clientIdentifier, other.clientIdentifier)
  );
}
