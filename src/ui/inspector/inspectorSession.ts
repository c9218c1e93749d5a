import type { Disposable } from '../../base/lifecycle';
import { PacketContexts } from '../../capture/packetContexts';
import type { PacketLog } from '../../capture/packetLog';
import { concealSecrets } from '../../inspector/concealment';
import {
  excerptLength,
  longestPage,
  partLength,
  type InspectorHost,
  type InspectorView,
  type LogRow,
  type LogState,
  type PacketPart,
  type RowPage,
} from '../../inspector/contract';
import { Peer, type Handlers, type MessagePort } from '../../inspector/peer';
import { analysisHandlers } from './analysisHandlers';

/** Milliseconds between two announcements of news: ten a second are more than anybody reads. */
const announcementInterval = 100;

export interface InspectorSessionOptions {
  readonly log: PacketLog;
  /** Tells this session from every other one. */
  readonly name: string;
  /** Whether anybody would see an announcement now. */
  readonly visible: () => boolean;
  /** Empties the log, and what is kept of it. */
  readonly clear: () => Promise<void>;
  readonly failed: (error: Error) => void;
}

/**
 * The extension host's side of one inspector: answers from the log, and announces that it changed. Nothing is kept for
 * the view, which may be hidden, reloaded or closed at any time while the log goes on.
 */
export class InspectorSession implements Disposable {
  private readonly peer: Peer<InspectorHost, InspectorView>;
  private readonly subscription: Disposable;
  private readonly contexts: PacketContexts;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private opened = false;
  private disposed = false;
  private revealed: number | undefined;

  constructor(
    port: MessagePort,
    private readonly options: InspectorSessionOptions,
  ) {
    const { log } = options;
    this.contexts = new PacketContexts(log);
    const handlers: Handlers<InspectorHost> = {
      open: () => this.open(),
      rows: (first, count) => this.rows(first, count),
      part: (sequence, offset) => this.part(sequence, offset),
      clear: () => options.clear(),
      ...analysisHandlers(log, () => !this.disposed && options.visible()),
    };
    this.peer = new Peer(port, handlers, options.name, options.failed);
    this.subscription = log.onDidChange(() => this.announceSoon());
  }

  /** Selects a packet in the view, or as soon as the view has loaded. */
  reveal(sequence: number): void {
    if (this.opened) this.peer.notify('reveal', sequence);
    else this.revealed = sequence;
  }

  /** The page is gone: until the next one has loaded, what it should reveal is kept. */
  closed(): void {
    this.opened = false;
  }

  /** Tells the view how the log stands, now. */
  announce(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.opened && this.options.visible()) this.peer.notify('logChanged', this.state());
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
    this.subscription.dispose();
    this.peer.dispose();
  }

  private announceSoon(): void {
    if (this.options.visible()) this.timer ??= setTimeout(() => this.announce(), announcementInterval);
  }

  private open(): { state: LogState; reveal: number | undefined } {
    const reveal = this.revealed;
    this.opened = true;
    this.revealed = undefined;
    return { state: this.state(), reveal };
  }

  private state(): LogState {
    const { first, end, evictedPackets, evictedBytes } = this.options.log;
    return { first, end, evictedPackets, evictedBytes };
  }

  private rows(first: number, count: number): RowPage {
    const { log } = this.options;
    const start = Math.max(first, log.first);
    const end = Math.min(first + Math.min(count, longestPage), log.end);
    const rows: LogRow[] = [];
    for (let sequence = start; sequence < end; sequence++) {
      const shown = this.shown(sequence);
      if (shown) rows.push(shown.row);
    }
    return { first: start, rows };
  }

  private part(sequence: number, offset: number): PacketPart | undefined {
    const shown = this.shown(sequence);
    return shown && { row: shown.row, offset, bytes: shown.bytes.slice(offset, offset + partLength) };
  }

  private shown(sequence: number): { row: LogRow; bytes: Uint8Array } | undefined {
    const { log } = this.options;
    const captured = log.row(sequence);
    const raw = log.bytesAt(sequence);
    if (!captured || !raw) return undefined;
    const { at, connection, version, kind, topic, length, decoded, endsPrevious = false } = captured;
    const secretRest = kind === 'unframed' && log.isFromClient(connection, captured.direction);
    const { bytes, concealed } = concealSecrets(raw, version, secretRest);
    const client = log.connectionName(connection) ?? `connection ${connection}`;
    // A copy, never a view: with a view the whole segment behind it would travel.
    const excerpt = bytes.slice(0, excerptLength);
    const context = this.contexts.of(captured);
    const direction = decoded ? undefined : captured.direction;
    const shown = { at, direction, client, version, kind, topic, length, excerpt, context, concealed };
    return {
      row: { ...shown, endsPrevious },
      bytes,
    };
  }
}
