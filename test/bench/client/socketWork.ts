import { connect } from 'node:net';
import type { Job, Measure, Work } from './job';
import { topicName, warmUpOf } from './job';
import { CountingMeter } from './meter';
import {
  Acknowledgements,
  connectBytes,
  FrameWalker,
  PublishStream,
  subscribeBytes,
  Type,
} from './rawPackets';
import type { OnFrame } from './rawPackets';

/** The ceiling: a bare socket that moves the bytes of a job, ready made, and only counts frames. */
export function socketWork({ place, work }: Job, subscribed: () => void): Promise<Measure> {
  if (place.transport !== 'tcp' || work.kind === 'roundTrip') {
    throw new Error(`There is no ceiling of ${work.kind} over ${place.transport}`);
  }
  return new Promise((resolve, reject) => {
    const socket = connect({ port: place.port, host: '127.0.0.1', noDelay: true });
    const finish = (measure: Measure): void => {
      socket.destroy();
      resolve(measure);
    };
    socket.once('error', reject);
    socket.once('connect', () => socket.write(connectBytes(`bench-${process.pid}`)));
    socket.once('data', () => {
      const side: Side = {
        write: (bytes) => socket.write(bytes),
        onDrained: (then) => socket.on('drain', then),
        onBytes: (then) => socket.on('data', then),
      };
      if (work.kind === 'publish') publish(side, work, finish);
      else receive(side, work, finish, subscribed);
    });
  });
}

interface Side {
  write(bytes: Buffer): boolean;
  onDrained(then: () => void): void;
  onBytes(then: (chunk: Buffer) => void): void;
}

function publish(
  side: Side,
  work: Extract<Work, { kind: 'publish' }>,
  finish: (measure: Measure) => void,
): void {
  const { qos, payloadBytes, count, inFlight } = work;
  const stream = new PublishStream(topicName, qos, payloadBytes, Math.min(count, 50_000));
  const walker = new FrameWalker();
  const answers = new Acknowledgements();
  const lastType = qos === 1 ? Type.puback : Type.pubcomp;
  let sent = 0;
  let done = 0;
  const meter = new CountingMeter(warmUpOf(work), count, finish);
  const onFrame: OnFrame = (bytes, start, content) => {
    const type = (bytes[start] as number) >> 4;
    if (type === Type.pubrec) answers.add(Type.pubrel, bytes, content);
    else if (type === lastType) done++;
  };
  const send = (): void => {
    const open = qos === 0 ? count : Math.min(count, done + inFlight);
    while (sent < open) {
      const taken = stream.take(Math.min(open - sent, inFlight));
      sent += taken.count;
      if (qos === 0) meter.reached(sent);
      if (!side.write(taken.bytes)) return;
    }
  };
  side.onDrained(send);
  side.onBytes((chunk) => {
    walker.push(chunk, onFrame);
    const taken = answers.take();
    if (taken) side.write(taken);
    if (qos > 0) meter.reached(done);
    send();
  });
  send();
}

function receive(
  side: Side,
  work: Extract<Work, { kind: 'receive' }>,
  finish: (measure: Measure) => void,
  subscribed: () => void,
): void {
  const { qos, count, filter } = work;
  const walker = new FrameWalker();
  const answers = new Acknowledgements();
  let received = 0;
  const meter = new CountingMeter(warmUpOf(work), count, finish);
  const onFrame: OnFrame = (bytes, start, content) => {
    const first = bytes[start] as number;
    if (first >> 4 === Type.suback) subscribed();
    if (first >> 4 !== Type.publish) return;
    received++;
    if ((first & 6) > 0) answers.add(Type.puback, bytes, content + 2 + bytes.readUInt16BE(content));
  };
  side.onBytes((chunk) => {
    walker.push(chunk, onFrame);
    const taken = answers.take();
    if (taken) side.write(taken);
    meter.reached(received);
  });
  side.write(subscribeBytes(filter, qos));
}
