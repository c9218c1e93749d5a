import type { LogRow, RowPage } from '../../src/inspector/contract';

export interface RowCacheOptions {
  readonly fetch: (first: number, count: number) => Promise<RowPage>;
  /** Rows that were wanted have come. */
  readonly changed: () => void;
  readonly failed: (error: unknown) => void;
  /** Rows asked for at a time. */
  readonly pageSize?: number;
  /** Pages kept; those looked at longest ago go first. */
  readonly pageLimit?: number;
  /** Requests on their way at a time: dragging the scroll bar through a million rows must not ask for all of them. */
  readonly requestLimit?: number;
}

interface Page {
  readonly rows: (LogRow | undefined)[];
  /** How many of them are not here. */
  missing: number;
  loading: boolean;
}

/** The rows of the log the view has pulled, by sequence number. A packet never changes, so neither does a row. */
export class RowCache {
  private readonly pages = new Map<number, Page>();
  private readonly pageSize: number;
  private readonly pageLimit: number;
  private readonly requestLimit: number;
  private requests = 0;
  private postponed = false;

  constructor(private readonly options: RowCacheOptions) {
    this.pageSize = options.pageSize ?? 64;
    this.pageLimit = options.pageLimit ?? 64;
    this.requestLimit = options.requestLimit ?? 3;
  }

  /** A row that is here already. */
  row(sequence: number): LogRow | undefined {
    return this.pages.get(this.pageOf(sequence))?.rows[sequence % this.pageSize];
  }

  /**
   * Makes sure that the rows from `first` up to `end`, which the log holds, are here or on their way.
   * @param oldest the first row that the log holds
   */
  want(first: number, end: number, oldest: number): void {
    this.wantPages(first, end, oldest, this.requestLimit);
  }

  /** The same for rows that nobody sees yet: a request is left for those that come in sight. */
  wantAhead(first: number, end: number, oldest: number): void {
    this.wantPages(first, end, oldest, this.requestLimit - 1);
  }

  private wantPages(first: number, end: number, oldest: number, requestLimit: number): void {
    for (let page = this.pageOf(first); page * this.pageSize < end; page++) {
      const rows = {
        first: Math.max(oldest, page * this.pageSize),
        start: Math.max(first, page * this.pageSize),
        end: Math.min(end, (page + 1) * this.pageSize),
      };
      this.wantPage(page, rows, requestLimit);
    }
    this.dropPages();
  }

  private wantPage(
    index: number,
    { first, start, end }: { readonly first: number; readonly start: number; readonly end: number },
    requestLimit: number,
  ): void {
    const page = this.pages.get(index) ?? {
      rows: new Array<LogRow | undefined>(this.pageSize),
      missing: this.pageSize,
      loading: false,
    };
    // Put back at the end: a Map keeps the order of insertion, which here is that of use.
    this.pages.delete(index);
    this.pages.set(index, page);
    if (page.loading || page.missing === 0) return;
    if (this.missingFrom(page, start) >= end) return;
    if (this.requests >= requestLimit) {
      this.postponed = true;
      return;
    }
    // Those above as well: who scrolls up would ask for a few rows of a page in each frame.
    const missing = this.missingFrom(page, first);
    void this.load(page, missing, (index + 1) * this.pageSize - missing);
  }

  /** The first row from one on that is not here. */
  private missingFrom({ rows }: Page, from: number): number {
    let missing = from;
    while (missing % this.pageSize < this.pageSize - 1 && rows[missing % this.pageSize]) missing++;
    return rows[missing % this.pageSize] ? missing + 1 : missing;
  }

  private async load(page: Page, first: number, count: number): Promise<void> {
    page.loading = true;
    this.requests++;
    let news = false;
    try {
      const answer = await this.options.fetch(first, count);
      for (const [index, row] of answer.rows.entries()) {
        const place = (answer.first + index) % this.pageSize;
        if (page.rows[place]) continue; // It may show already.
        page.rows[place] = row;
        page.missing--;
        news = true;
      }
    } catch (error) {
      this.options.failed(error);
    } finally {
      page.loading = false;
      this.requests--;
    }
    // No news, no change: asking again at once for rows the log has lost would go in circles.
    if (news || this.postponed) {
      this.postponed = false;
      this.options.changed();
    }
  }

  private dropPages(): void {
    for (const [index, page] of this.pages) {
      if (this.pages.size <= this.pageLimit) return;
      if (!page.loading) this.pages.delete(index);
    }
  }

  private pageOf(sequence: number): number {
    return Math.floor(sequence / this.pageSize);
  }
}
