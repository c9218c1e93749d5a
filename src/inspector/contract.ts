import type { Span } from '../base/spans';
import type { RowContext } from '../capture/packetContexts';
import type { RowKind } from '../capture/rowFlags';
import type { ProtocolVersion } from '../protocol/controlPacket';
import type { Direction } from '../session/effects';
import type { CaptureFileHost, CaptureFileView } from './fileContract';
import type { AnalysisHost } from './analysisContract';
import type { ChartHost, ChartListener } from './chartContract';
import type { ConnectionHost, ConnectionView } from './downContract';
import type { FilterHost, FilterView } from './filterContract';
import type { PayloadHost, PayloadListener } from './payloadContract';
import type { PanelHost, PanelView } from './panelContract';

/** How much of the log there is. Sequence numbers count from the first packet ever captured and are never given out twice. */
export interface LogState {
  /** Sequence number of the oldest packet that is still held. */
  readonly first: number;
  /** Sequence number the next packet will get; equal to `first` where the log is empty. */
  readonly end: number;
  /** Packets and bytes that the budget made go, oldest first, since the log was last cleared. */
  readonly evictedPackets: number;
  readonly evictedBytes: number;
}

/**
 * One line of the list, undecoded: the view dissects `excerpt`, and only for lines that are on screen, so that neither
 * summaries nor warnings cost the extension host anything while packets arrive.
 */
export interface LogRow {
  /** Milliseconds since the epoch, with a fraction where the source has one. */
  readonly at: number;
  /** Undefined where nobody knows: the bytes came over no connection, and `at` is when they were decoded. */
  readonly direction: Direction | undefined;
  /** What people call the connection. */
  readonly client: string;
  /** A connection of our own whose whole name that is, though it reads like one of a client of the local broker. */
  readonly isWholeName?: true;
  readonly version: ProtocolVersion;
  readonly kind: RowKind;
  /** Of a PUBLISH: its topic, also where the packet itself has only a Topic Alias. */
  readonly topic: string | undefined;
  /** Bytes of the whole packet. */
  readonly length: number;
  /** The packet's first {@link excerptLength} bytes: all of it, for nearly every packet. */
  readonly excerpt: Uint8Array;
  /** What earlier packets of its connection decided about it. */
  readonly context: RowContext;
  /** Bytes that are secret and were replaced before they left the host, from their offset in the packet; mostly none. */
  readonly concealed: readonly Span[];
  /** Of bytes that are no packet: they make the one before them whole, whose Remaining Length is too small by as many. */
  readonly endsPrevious: boolean;
  /** Of an incomplete packet, and of bytes that are none: only the capture lacks what makes them whole. */
  readonly cut?: true;
  /** Of bytes that are no packet: with them the framing of their stream ends, by the rule that their start breaks. */
  readonly endsFraming: boolean;
}

/** Consecutive lines. Shorter than asked for, or starting later, where the log does not hold (or not yet hold) the rest. */
export interface RowPage {
  readonly first: number;
  readonly rows: readonly LogRow[];
}

/** A run of one packet's bytes, with what a view needs to know to show the packet. */
export interface PacketPart {
  readonly row: LogRow;
  /** Offset in the packet of the first of `bytes`. */
  readonly offset: number;
  /** At most {@link partLength} bytes; empty at the end of the packet. */
  readonly bytes: Uint8Array;
}

/** Enough for CONNECT with a token for a password and SUBSCRIBE with a screenful of filters; 64 such lines are 128 KiB. */
export const excerptLength = 2048;

/** Lines the host gives in one answer at most. */
export const longestPage = 256;

/** A packet may have 256 MiB: it travels in parts, so that no message blocks either end for long. */
export const partLength = 1024 * 1024;

/** What the view asks of the extension host. */
export interface InspectorHost
  extends PanelHost, FilterHost, PayloadHost, ChartHost, AnalysisHost, CaptureFileHost, ConnectionHost {
  /** The view has loaded and wants to hear of changes. `reveal` is the packet to select first, if one was asked for. */
  open(): { readonly state: LogState; readonly reveal: number | undefined };
  /** `count` lines from sequence number `first` on. */
  rows(first: number, count: number): RowPage;
  /** The bytes of a packet from `offset` on, at most `length` and {@link partLength}, or undefined where the log does not hold the packet. */
  part(sequence: number, offset: number, length: number): PacketPart | undefined;
  /** Empties the log, for every view of it. */
  clear(): void;
}

/** What the extension host tells the view, without waiting for an answer. */
export interface InspectorView
  extends PanelView, FilterView, PayloadListener, ChartListener, CaptureFileView, ConnectionView {
  /** At most about ten times a second, however fast packets arrive. */
  logChanged(state: LogState): void;
  /** Selects a packet and brings it in sight. */
  reveal(sequence: number): void;
}

/** The only command that the page may run, by a link: it shows the connections. */
export const showConnectionsCommand = 'mqttWorkbench.connections.focus';
