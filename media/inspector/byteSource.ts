import { noBytes } from '../../src/base/bytes';
import { Emitter, type Event } from '../../src/base/lifecycle';

/** Bytes that may not all be here: a packet may have 256 MiB, of which a view shows a screenful. */
export interface ByteSource {
  readonly length: number;
  /** One byte; undefined where its page is not here, which is fetched then: {@link onDidLoad} tells when it has come. */
  at(offset: number): number | undefined;
  /** A copy or a view of `[start, end)`, fetched where it has to be; undefined where the log no longer has it. */
  read(start: number, end: number): Promise<Uint8Array | undefined>;
  readonly onDidLoad: Event<void>;
}

/** Bytes that are all here. */
export class WholeBytes implements ByteSource {
  readonly onDidLoad: Event<void> = () => ({ dispose: () => undefined });

  constructor(readonly bytes: Uint8Array) {}

  get length(): number {
    return this.bytes.length;
  }

  at(offset: number): number | undefined {
    return this.bytes[offset];
  }

  read(start: number, end: number): Promise<Uint8Array> {
    return Promise.resolve(this.bytes.subarray(start, end));
  }
}

export const emptySource: ByteSource = new WholeBytes(noBytes);

/** Bytes of a page: what a few screens show, small enough to arrive within a frame or two. */
export const pageLength = 64 * 1024;
/** Pages that stay: 16 MiB. */
export const mostPages = 256;

/** Bytes as the host has them from `offset` on, at most `length`; undefined where it has them no longer. */
export type FetchBytes = (offset: number, length: number) => Promise<Uint8Array | undefined>;

/** Bytes that are fetched page by page as they are looked at. The pages that were looked at last stay. */
export class PagedBytes implements ByteSource {
  private readonly loaded = new Emitter<void>();
  /** In the order of their use, the one that was used last at the end. */
  private readonly pages = new Map<number, Uint8Array>();
  private readonly pending = new Set<number>();
  private lastPage = -1;
  private lastBytes: Uint8Array = noBytes;
  /** The log no longer has the packet: nothing more is asked for. */
  private gone = false;
  readonly onDidLoad = this.loaded.event;

  constructor(
    readonly length: number,
    /** The first bytes, which are always here. */
    private readonly head: Uint8Array,
    private readonly fetch: FetchBytes,
    private readonly failed: (error: unknown) => void,
  ) {}

  at(offset: number): number | undefined {
    if (offset < this.head.length) return this.head[offset];
    if (offset >= this.length) return undefined;
    const page = Math.floor(offset / pageLength);
    if (page !== this.lastPage) {
      const bytes = this.pages.get(page);
      if (!bytes) {
        this.load(page);
        return undefined;
      }
      this.pages.delete(page);
      this.pages.set(page, bytes);
      this.lastPage = page;
      this.lastBytes = bytes;
    }
    return this.lastBytes[offset - page * pageLength];
  }

  async read(start: number, end: number): Promise<Uint8Array | undefined> {
    if (end <= this.head.length) return this.head.subarray(start, end);
    const bytes = new Uint8Array(end - start);
    for (let at = start; at < end;) {
      const part = await this.fetch(at, end - at);
      if (!part || part.length === 0) return undefined;
      bytes.set(part.subarray(0, end - at), at - start);
      at += part.length;
    }
    return bytes;
  }

  private load(page: number): void {
    if (this.gone || this.pending.has(page)) return;
    this.pending.add(page);
    this.fetch(page * pageLength, pageLength)
      .then((bytes) => {
        if (!bytes) {
          this.gone = true;
          return;
        }
        this.pages.set(page, bytes);
        for (const oldest of this.pages.keys()) {
          if (this.pages.size <= mostPages) break;
          this.pages.delete(oldest);
        }
        this.loaded.fire();
      })
      .catch(this.failed)
      .finally(() => this.pending.delete(page));
  }
}

/** The bytes of a source from `start` on, such as the payload of a packet. */
export class SourceWindow implements ByteSource {
  constructor(
    private readonly source: ByteSource,
    private readonly start: number,
    readonly length = source.length - start,
  ) {}

  get onDidLoad(): Event<void> {
    return this.source.onDidLoad;
  }

  at(offset: number): number | undefined {
    return offset < this.length ? this.source.at(this.start + offset) : undefined;
  }

  read(start: number, end: number): Promise<Uint8Array | undefined> {
    return this.source.read(this.start + start, this.start + Math.min(end, this.length));
  }
}
