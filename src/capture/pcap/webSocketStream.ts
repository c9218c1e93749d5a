import { concatBytes, noBytes } from '../../base/bytes';
import type { DecidedStream } from './applicationStream';
import { headEnd, longestOpening, switchesProtocols } from './firstBytes';
import type { MqttEntry } from './mqttEntry';
import { isConnect } from './plausiblePacket';
import type { GapCause } from './tcpSide';
import { WebSocketSide } from './webSocketSide';

interface Way {
  readonly fromClient: boolean;
  /** The head of HTTP as far as it came; undefined once the frames have begun. */
  head: Uint8Array | undefined;
  readonly frames: WebSocketSide;
}

/** A connection of HTTP that asks for a WebSocket, and the MQTT in it (MQTT 6). */
export class WebSocketStream implements DecidedStream {
  private readonly client: Way;
  private readonly server: Way;
  private entry: MqttEntry | undefined;
  private isOver = false;

  /**
   * @param open enters the connection into the log
   * @param offersMqtt the request names the subprotocol; without it the first bytes tell
   * @param isOpen the heads of HTTP came before the capture began
   * @param left it is no MQTT, or nothing more can be read
   */
  constructor(
    private readonly open: () => MqttEntry,
    private readonly offersMqtt: boolean,
    private readonly left: () => void,
    isOpen = false,
  ) {
    this.client = this.newWay(true, isOpen);
    this.server = this.newWay(false, isOpen);
  }

  data(fromClient: boolean, bytes: Uint8Array, at: number): void {
    if (this.isOver) return;
    const way = fromClient ? this.client : this.server;
    if (way.head === undefined) {
      way.frames.push(bytes, at);
      return;
    }
    const head = concatBytes([way.head, bytes]);
    const end = headEnd(head);
    way.head = end === undefined ? head : undefined;
    if (end === undefined ? head.length > longestOpening : !fromClient && !switchesProtocols(head))
      this.leave(at);
    else if (end !== undefined && end < head.length) way.frames.push(head.subarray(end), at);
  }

  gap(fromClient: boolean, missing: number, cause: GapCause, at: number): void {
    if (this.isOver) return;
    const way = fromClient ? this.client : this.server;
    way.head = undefined;
    way.frames.gap(missing, cause, at);
  }

  ended(fromClient: boolean, at: number): void {
    this.entry?.ended(fromClient, at);
  }

  closed(at: number): void {
    if (!this.isOver) this.entry?.closed(at);
    this.isOver = true;
  }

  leftOpen(at: number): void {
    if (!this.isOver) this.entry?.leftOpen(at);
    this.isOver = true;
  }

  private newWay(fromClient: boolean, isOpen: boolean): Way {
    const frames = new WebSocketSide({
      data: (bytes, at) => this.message(fromClient, bytes, at),
      gap: (missing, cause, at, hasHeaders) => {
        // The CONNECT may be what is missing.
        if (this.offersMqtt) this.entry ??= this.open();
        this.entry?.gap(fromClient, missing, cause, at, hasHeaders);
      },
      compressed: (at) => {
        if (this.offersMqtt) this.entry ??= this.open();
        this.entry?.note({ code: 'compressed' }, at);
        this.leave(at);
      },
    });
    return { fromClient, head: isOpen ? undefined : noBytes, frames };
  }

  private message(fromClient: boolean, bytes: Uint8Array, at: number): void {
    if (this.isOver) return;
    if (!this.entry && !this.offersMqtt && (!fromClient || isConnect(bytes) !== true)) {
      this.leave(at);
      return;
    }
    this.entry ??= this.open();
    this.entry.data(fromClient, bytes, at);
  }

  private leave(at: number): void {
    this.closed(at);
    this.left();
  }
}
