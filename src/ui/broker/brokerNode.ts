import type { Clock } from '../../base/clock';
import type { BrokerProblems } from './brokerProblems';
import { type BrokerRow, moreRow } from './brokerRow';
import type { LocalBroker } from './localBroker';

/** How many clients, retained messages and subscriptions are listed at first, and how many more each time. */
const pageLength = 500;

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

/** A row that has nothing below it and never changes. */
export class FixedNode extends BrokerNode {
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

/** A row with a list below it that may be long: a part of it is shown, and more when somebody wants more. */
export abstract class ListNode extends BrokerNode {
  /** How many of the list are shown at most. */
  protected mostShown = pageLength;
  /** What one of the list is called. */
  protected abstract readonly noun: string;

  /** How many there are in all. */
  protected abstract count(): number;

  showMore(): void {
    this.mostShown += pageLength;
  }

  /** What is said of those that are not shown. */
  rowOfHidden(): BrokerRow {
    return moreRow(Math.max(0, this.count() - this.mostShown), pageLength, this.noun);
  }

  /** The row below those that are shown, where there are more: `count` in all. */
  protected more(count: number): readonly MoreNode[] {
    return count > this.mostShown ? [new MoreNode(this)] : [];
  }
}

/** Stands for what a list does not show; pressed, it shows more. */
export class MoreNode extends BrokerNode {
  constructor(readonly list: ListNode) {
    super(`${list.id}/more`, list);
  }

  row(): BrokerRow {
    return this.list.rowOfHidden();
  }
}
