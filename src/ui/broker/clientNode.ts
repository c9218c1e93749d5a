import { grouped } from '../../base/grouped';
import type { ClientStatus } from '../../broker/brokerStatus';
import { BrokerNode, type BrokerTreeSource, FixedNode, ListNode } from './brokerNode';
import type { BrokerRow } from './brokerRow';
import { clientRow, lineRow, statusLines, subscriptionRow } from './clientRow';
import { ProblemNode } from './problemNode';

/** A client that is connected or has a Session, with all there is to tell of it below. */
export class ClientNode extends BrokerNode {
  readonly clientIdentifier: string;
  private lines = new Map<string, BrokerNode>();

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
    const before = this.lines;
    this.lines = new Map(this.read().map(([what]) => [what, before.get(what) ?? this.line(what)]));
    return [
      ...this.lines.values(),
      ...this.source.problems.of(this.clientIdentifier).map((problem) => new ProblemNode(this, problem)),
    ];
  }

  override get outline(): string {
    return JSON.stringify([
      this.read().map(([what]) => what),
      this.source.problems.of(this.clientIdentifier).map(({ key, count }) => [key, count]),
    ]);
  }

  private line(what: string): BrokerNode {
    const value = () => this.read().find(([name]) => name === what)?.[1] ?? '';
    return what === 'Subscriptions'
      ? new SubscriptionsNode(this, () => this.current().subscriptions)
      : new LineNode(this, what, value);
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

/** How many subscriptions a client has, with each of them below. */
class SubscriptionsNode extends ListNode {
  protected readonly noun = 'subscription';

  constructor(
    parent: BrokerNode,
    private readonly subscriptions: () => ClientStatus['subscriptions'],
  ) {
    super(`${parent.id}/subscriptions`, parent);
  }

  row(): BrokerRow {
    return lineRow(['Subscriptions', grouped(this.count())]);
  }

  override children(): readonly BrokerNode[] {
    const rows = this.shown().map(
      ([filter, subscription]) => new FixedNode(this, filter, subscriptionRow(filter, subscription)),
    );
    return [...rows, ...this.more(this.count())];
  }

  override get outline(): string {
    return JSON.stringify([this.shown(), this.count() > this.mostShown]);
  }

  protected count(): number {
    return this.subscriptions().size;
  }

  private shown() {
    return [...this.subscriptions()].slice(0, this.mostShown);
  }
}
