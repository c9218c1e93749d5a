import { createServer, connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { QoS } from '../../../src/protocol/controlPacket';
import { topicName } from './job';
import { Acknowledgements, connackBytes, connectBytes, FrameWalker, PublishStream, Type } from './rawPackets';

/*
 * The other side of a benchmark, in a process of its own: takes whatever is published and acknowledges it in batches,
 * streams what a subscription to `source/QoS/payload bytes/count` asks for, and sends back what is published to `echo/`.
 * It also feeds a broker with messages, for those who receive from that.
 */

/** How many messages of QoS 1 may be unacknowledged; many more than there are in a chunk. */
const window = 10_000;
const identifiers = 50_000;

/** What it is asked to do: publish so many messages to a broker. */
export interface Feed {
  readonly port: number;
  readonly qos: 0 | 1;
  readonly payloadBytes: number;
  readonly count: number;
  readonly topic: string;
}

/** First the ports it listens on, then that a feed is over. */
export type FromServer = { readonly tcp: number; readonly ws: number } | { readonly fed: true };

/** One end of a stream of bytes. */
export interface Link {
  write(bytes: Buffer): boolean;
  onceDrained(then: () => void): void;
}

/** Streams PUBLISH packets, as fast as the other side takes and acknowledges them. */
class Source {
  private acknowledged = 0;
  private sent = 0;
  private blocked = false;

  constructor(
    private readonly link: Link,
    private readonly stream: PublishStream,
    private readonly qos: QoS,
    private readonly count: number,
  ) {}

  get isDone(): boolean {
    return this.sent === this.count && (this.qos === 0 || this.acknowledged === this.count);
  }

  acknowledge(count: number): void {
    this.acknowledged += count;
    this.run();
  }

  run(): void {
    // A full window that opens a little would go on in ever smaller pieces.
    if (this.qos > 0 && this.sent - this.acknowledged > window / 2) return;
    while (!this.blocked && this.sent < this.count) {
      const open = this.qos === 0 ? this.count : this.acknowledged + window;
      const wanted = Math.min(this.count, open) - this.sent;
      if (wanted <= 0) return;
      const { bytes, count } = this.stream.take(wanted);
      this.sent += count;
      this.blocked = !this.link.write(bytes);
      if (!this.blocked) continue;
      this.link.onceDrained(() => {
        this.blocked = false;
        this.run();
      });
    }
  }
}

const streams = new Map<string, PublishStream>();

function streamOf(topic: string, qos: QoS, payloadBytes: number): PublishStream {
  const key = `${topic} ${qos} ${payloadBytes}`;
  const known = streams.get(key) ?? new PublishStream(topic, qos, payloadBytes, identifiers);
  streams.set(key, known);
  return known;
}

/** Serves one client; returns what is to be called with each chunk. */
function serve(link: Link): (chunk: Buffer) => void {
  const walker = new FrameWalker();
  const answers = new Acknowledgements();
  let source: Source | undefined;
  let pubacks = 0;
  let echoed: Buffer[] = [];

  const onFrame = (bytes: Buffer, start: number, content: number, end: number): void => {
    const first = bytes[start] as number;
    switch (first >> 4) {
      case Type.publish: {
        const qos = (first >> 1) & 3;
        const topicEnd = content + 2 + bytes.readUInt16BE(content);
        if (qos > 0) answers.add(qos === 1 ? Type.puback : Type.pubrec, bytes, topicEnd);
        // "echo/": the same packet goes back, whose identifier is as good as any.
        if (bytes[content + 2] === 0x65 && bytes[content + 6] === 0x2f)
          echoed.push(Buffer.from(bytes.subarray(start, end)));
        break;
      }
      case Type.pubrel:
        answers.add(Type.pubcomp, bytes, content);
        break;
      case Type.puback:
        pubacks++;
        break;
      case Type.connect:
        link.write(connackBytes);
        break;
      case Type.subscribe: {
        const filterEnd = content + 4 + bytes.readUInt16BE(content + 2);
        const qos = bytes[filterEnd] as number;
        link.write(Buffer.from([0x90, 3, bytes[content] as number, bytes[content + 1] as number, qos]));
        const [name, level = '0', size = '0', count = '0'] = bytes
          .toString('latin1', content + 4, filterEnd)
          .split('/');
        if (name !== 'source') break;
        const stream = streamOf(topicName, Number(level) as QoS, Number(size));
        source = new Source(link, stream, Number(level) as QoS, Number(count));
        break;
      }
      case Type.pingreq:
        link.write(Buffer.from([0xd0, 0]));
        break;
    }
  };

  return (chunk) => {
    walker.push(chunk, onFrame);
    const taken = answers.take();
    if (taken) link.write(taken);
    if (echoed.length > 0) link.write(Buffer.concat(echoed));
    echoed = [];
    const acknowledged = pubacks;
    pubacks = 0;
    source?.acknowledge(acknowledged);
  };
}

function linkOf(socket: Socket): Link {
  return {
    write: (bytes) => socket.write(bytes),
    onceDrained: (then) => socket.once('drain', then),
  };
}

function webSocketLink(socket: WebSocket, stream: Socket): Link {
  return {
    write(bytes) {
      socket.send(bytes, { binary: true });
      return !stream.writableNeedDrain;
    },
    onceDrained: (then) => stream.once('drain', then),
  };
}

/** Publishes to a broker and calls back once it has taken everything. */
function feed({ port, qos, payloadBytes, count, topic }: Feed, done: () => void): void {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.once('connect', () => socket.write(connectBytes(`feeder-${process.pid}`)));
  const walker = new FrameWalker();
  const source = new Source(linkOf(socket), streamOf(topic, qos, payloadBytes), qos, count);
  socket.on('data', (chunk) => {
    let acknowledged = 0;
    walker.push(
      chunk,
      (bytes, start) => (acknowledged += (bytes[start] as number) >> 4 === Type.puback ? 1 : 0),
    );
    source.acknowledge(acknowledged);
    if (source.isDone) socket.end();
  });
  socket.once('close', done);
}

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('data', serve(linkOf(socket)));
  // A client that is through just goes.
  socket.on('error', () => socket.destroy());
});
const webSocketServer = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
webSocketServer.on('connection', (socket, { socket: stream }) => {
  const onBytes = serve(webSocketLink(socket, stream));
  socket.on('message', (data) => {
    if (Buffer.isBuffer(data)) onBytes(data);
  });
  socket.on('error', () => socket.terminate());
});
webSocketServer.once('listening', () =>
  server.listen(0, '127.0.0.1', () => {
    const [tcp, ws] = [server, webSocketServer].map((each) => (each.address() as AddressInfo).port);
    answer({ tcp: tcp ?? 0, ws: ws ?? 0 });
  }),
);

process.on('message', (message: Feed) => feed(message, () => answer({ fed: true })));
process.on('disconnect', () => process.exit());

function answer(message: FromServer): void {
  process.send?.(message);
}
