import assert from 'node:assert/strict';
import type { Connection, Effect, Input, Transport, TransportListener } from '../../src/session/effects';
import { Pump } from '../../src/session/pump';
import { FakeClock, turn } from '../support/fakeClock';

type TestEffect = Effect<string, string, string>;

/** A connection that notes what it is told and answers with what the test has prepared. */
class ScriptedConnection implements Connection<string, string, string, string> {
  readonly inputs: string[] = [];
  readonly answers: TestEffect[][] = [];
  readonly sentBytes: Uint8Array[] = [];

  sent(bytes: Uint8Array): void {
    this.sentBytes.push(bytes);
  }

  handle(input: Input<string>): readonly TestEffect[] {
    this.inputs.push(
      input.kind === 'commands'
        ? `commands ${input.commands.join(' ')}`
        : input.kind === 'writable'
          ? `writable ${input.writable}`
          : input.kind === 'deadline'
            ? `deadline ${input.timer} at ${input.at}`
            : input.kind,
    );
    return this.answers.shift() ?? [];
  }
}

class ScriptedTransport implements Transport {
  readonly peer = 'test';
  readonly done: string[] = [];
  isFull = false;
  hasSentAll = false;
  listener!: TransportListener;

  start(listener: TransportListener): void {
    this.listener = listener;
  }
  write(bytes: Uint8Array): boolean {
    this.done.push(`write ${bytes.length}`);
    return !this.isFull;
  }
  pauseReading(paused: boolean): void {
    this.done.push(paused ? 'pause' : 'resume');
  }
  end(): void {
    this.done.push('end');
  }
  dispose(): void {
    this.done.push('dispose');
  }
}

function setUp() {
  const connection = new ScriptedConnection();
  const transport = new ScriptedTransport();
  const clock = new FakeClock(0);
  const heard: string[] = [];
  const tapped: string[] = [];
  const tap = { isBroken: false };
  const journal = { isBroken: false };
  const taps = (text: string) => {
    tapped.push(text);
    if (tap.isBroken) throw new Error('the tap is broken');
  };
  const pump = new Pump(
    connection,
    transport,
    clock,
    {
      delivered: (packets) => {
        heard.push(...packets);
        if (packets.includes('throw')) throw new Error('a listener is broken');
      },
      settled: (outcomes) => heard.push(...outcomes),
      stored: (changes) => {
        heard.push(`store ${changes.map(({ kind }) => kind).join(' ')}`);
        return !journal.isBroken;
      },
      ended: (ending) => heard.push(`ended ${ending}`),
      closed: () => heard.push('closed'),
    },
    {
      chunk: (direction, bytes, at) => taps(`${direction} ${bytes.length} at ${at}`),
      closed: (at) => taps(`closed at ${at}`),
    },
  );
  pump.start();
  return { connection, transport, clock, heard, tapped, tap, journal, pump };
}

const transmit = (length: number, more = false): TestEffect => ({
  kind: 'transmit',
  bytes: new Uint8Array(length),
  more,
});

describe('The pump', () => {
  it('lets the connection have bytes again that the transport has sent, and none that wait there', () => {
    const { connection, transport, tapped } = setUp();
    const write = (): Uint8Array => {
      const effect = { kind: 'transmit', bytes: new Uint8Array(5), more: false } as const;
      connection.answers.push([effect]);
      transport.listener.bytes(new Uint8Array(1));
      return effect.bytes;
    };
    write();
    assert.deepEqual(connection.sentBytes, []);
    transport.hasSentAll = true;
    const sent = write();
    assert.equal(connection.sentBytes[0], sent);
    transport.isFull = true;
    write();
    assert.equal(connection.sentBytes.length, 1);
    assert.equal(tapped.filter((text) => text.startsWith('out')).length, 3);
  });

  it('gives the connection everything that is asked for in one turn as one input', async () => {
    const { connection, pump } = setUp();
    pump.submit('a');
    pump.submit('b');
    assert.deepEqual(connection.inputs, []);
    await turn();
    pump.submit('c');
    await turn();
    assert.deepEqual(connection.inputs, ['commands a b', 'commands c']);
  });

  it('does what is asked for while it hands on at the end of the same callback', () => {
    const { connection, transport, pump } = setUp();
    connection.answers.push([{ kind: 'deliver', packets: ['m'] }, transmit(1)], [transmit(2)]);
    transport.listener.bytes(new Uint8Array(3));
    pump.submit('later');
    assert.deepEqual(connection.inputs, ['bytes']);
    pump.flush();
    assert.deepEqual(connection.inputs, ['bytes', 'commands later']);
    assert.deepEqual(transport.done, ['write 1', 'write 2']);
  });

  it('shows the tap every chunk in both directions, before anything is decoded, and the end', () => {
    const { connection, transport, tapped } = setUp();
    connection.answers.push([transmit(2)]);
    transport.listener.bytes(new Uint8Array(5));
    transport.listener.closed(undefined);
    assert.deepEqual(tapped, ['in 5 at 0', 'out 2 at 0', 'closed at 0']);
  });

  it('reads on after the end for a bounded time and amount, so that the last word arrives', async () => {
    for (const [chunk, expected] of [
      [1, 10],
      [8_388_608, 2],
    ] as const) {
      const { transport, connection, clock, pump } = setUp();
      connection.answers.push([{ kind: 'close', ending: 'over' }]);
      pump.start();
      transport.listener.bytes(Uint8Array.of(1));
      let count = 0;
      for (; !transport.done.includes('dispose') && count < 100; count++) {
        await clock.pass(1_000);
        transport.listener.bytes(new Uint8Array(chunk));
      }
      assert.equal(count, expected + 1);
    }
  });

  it('shows the tap what still arrives after the conversation has ended', () => {
    const { connection, transport, tapped } = setUp();
    connection.answers.push([{ kind: 'close', ending: 'why' }]);
    transport.listener.bytes(new Uint8Array(1));
    transport.listener.bytes(new Uint8Array(2));
    assert.deepEqual(tapped, ['in 1 at 0', 'in 2 at 0']);
    assert.deepEqual(connection.inputs, ['bytes']);
  });

  it('asks again while there is more, until the transport is full, and when it has caught up', () => {
    const { connection, transport } = setUp();
    connection.answers.push([transmit(1, true)], [transmit(2, true)], [transmit(3, true)]);
    transport.listener.bytes(new Uint8Array(1));
    assert.deepEqual(connection.inputs, ['bytes', 'writable true', 'writable true', 'writable true']);
    transport.isFull = true;
    connection.answers.push([transmit(4, true)]);
    transport.listener.bytes(new Uint8Array(1));
    assert.deepEqual(connection.inputs.slice(4), ['bytes', 'writable false']);
    transport.listener.drained();
    assert.deepEqual(connection.inputs.slice(6), ['writable true']);
  });

  it('says when a full transport gets on, to a conversation that goes on or has ended', async () => {
    const { connection, transport, clock } = setUp();
    transport.isFull = true;
    connection.answers.push([transmit(1)]);
    transport.listener.bytes(new Uint8Array(1));
    transport.listener.progressed?.();
    assert.deepEqual(connection.inputs, ['bytes', 'writable false', 'progress']);
    connection.answers.push([{ kind: 'close', ending: 'why' }]);
    transport.listener.bytes(new Uint8Array(1));
    await clock.pass(1_999);
    transport.listener.progressed?.();
    await clock.pass(1_999);
    assert.ok(!transport.done.includes('dispose'));
    await clock.pass(1);
    assert.ok(transport.done.includes('dispose'));
  });

  it('does not read from a peer that does not take its answers', () => {
    const { connection, transport } = setUp();
    transport.isFull = true;
    connection.answers.push([transmit(1_048_576)], [], [transmit(1)]);
    transport.listener.bytes(new Uint8Array(1));
    assert.deepEqual(transport.done, ['write 1048576']);
    transport.listener.bytes(new Uint8Array(1));
    assert.deepEqual(transport.done.slice(1), ['write 1', 'pause']);
    transport.listener.drained();
    assert.deepEqual(transport.done.slice(3), ['resume']);
  });

  it('reads what has come, once, from a peer it does not read from, where that is asked for', () => {
    const { connection, transport } = setUp();
    const listen = () => {
      connection.answers.push([{ kind: 'listen' }]);
      transport.listener.progressed?.();
    };
    listen();
    assert.deepEqual(transport.done, [], 'it is read from anyway');
    transport.isFull = true;
    connection.answers.push([transmit(1_048_577)]);
    transport.listener.bytes(new Uint8Array(1));
    assert.deepEqual(transport.done.splice(0), ['write 1048577', 'pause']);
    listen();
    assert.deepEqual(transport.done.splice(0), ['resume']);
    transport.listener.bytes(new Uint8Array(1));
    transport.listener.bytes(new Uint8Array(1));
    assert.deepEqual(transport.done.splice(0), ['pause']);
    listen();
    transport.listener.drained();
    transport.listener.bytes(new Uint8Array(1));
    assert.deepEqual(transport.done.splice(0), ['resume', 'resume']);
  });

  it('keeps one timer of a name, and none after the end', async () => {
    const { connection, transport, clock } = setUp();
    connection.answers.push([
      { kind: 'arm', timer: 'keepAlive', at: 10 },
      { kind: 'arm', timer: 'keepAlive', at: 20 },
      { kind: 'arm', timer: 'connect', at: 15 },
      { kind: 'disarm', timer: 'connect' },
    ]);
    transport.listener.bytes(new Uint8Array(1));
    await clock.pass(19);
    assert.deepEqual(connection.inputs, ['bytes']);
    connection.answers.push([
      { kind: 'arm', timer: 'keepAlive', at: 30 },
      { kind: 'close', ending: 'why' },
    ]);
    await clock.pass(1);
    assert.deepEqual(connection.inputs.slice(1), ['deadline keepAlive at 20']);
    transport.listener.closed(undefined);
    assert.equal(clock.waiting, 0);
  });

  it('ends once: the owner hears why, the transport sends its last bytes, then it is closed', async () => {
    const { connection, transport, clock, heard, pump } = setUp();
    connection.answers.push([transmit(1), { kind: 'close', ending: 'why' }]);
    transport.listener.bytes(new Uint8Array(1));
    pump.submit('too late');
    pump.dispose();
    await turn();
    assert.deepEqual(connection.inputs, ['bytes']);
    assert.deepEqual(transport.done, ['write 1', 'end']);
    assert.deepEqual(heard, ['ended why']);
    transport.listener.closed(undefined);
    transport.listener.closed(undefined);
    assert.deepEqual(heard, ['ended why', 'closed']);
    assert.equal(clock.waiting, 0);
  });

  it('breaks a transport off that does not end', async () => {
    const { connection, transport, clock, heard } = setUp();
    connection.answers.push([{ kind: 'close', ending: 'why' }]);
    transport.listener.bytes(new Uint8Array(1));
    await clock.pass(2_000);
    assert.deepEqual(transport.done, ['end', 'dispose']);
    assert.deepEqual(heard, ['ended why', 'closed']);
  });

  it('lets a batch be acknowledged although a listener throws, and does not hide the error', () => {
    const { connection, transport } = setUp();
    connection.answers.push([{ kind: 'deliver', packets: ['throw'] }, transmit(1)]);
    assert.throws(() => transport.listener.bytes(new Uint8Array(1)), /a listener is broken/);
    assert.deepEqual(transport.done, ['write 1']);
    transport.listener.bytes(new Uint8Array(1));
    assert.deepEqual(connection.inputs, ['bytes', 'bytes']);
  });

  it('loses no bytes because the tap throws, and does not hide the error', async () => {
    const { connection, transport, heard, tap, pump } = setUp();
    tap.isBroken = true;
    connection.answers.push([{ kind: 'deliver', packets: ['m'] }, transmit(1)]);
    const isReported = /the tap is broken/;
    assert.throws(() => transport.listener.bytes(new Uint8Array(1)), isReported);
    connection.answers.push([transmit(2)]);
    pump.submit('a');
    assert.throws(() => pump.flush(), isReported);
    assert.deepEqual(transport.done, ['write 1', 'write 2']);
    assert.throws(() => transport.listener.closed(undefined), isReported);
    await turn();
    assert.deepEqual(connection.inputs, ['bytes', 'commands a', 'transportClosed']);
    assert.deepEqual(heard, ['m', 'closed']);
  });

  it('waits longer for the end while the peer takes or sends bytes', async () => {
    const { connection, transport, clock } = setUp();
    connection.answers.push([{ kind: 'close', ending: 'why' }]);
    transport.listener.bytes(new Uint8Array(1));
    await clock.pass(1_999);
    transport.listener.drained();
    await clock.pass(1_999);
    transport.listener.bytes(new Uint8Array(1));
    await clock.pass(1_999);
    assert.deepEqual(transport.done, ['end']);
    await clock.pass(1);
    assert.deepEqual(transport.done, ['end', 'dispose']);
    assert.equal(clock.waiting, 0);
  });

  it('sends nothing that follows from what could not be kept, and still keeps it with what the end leads to', async () => {
    const { connection, transport, heard, journal } = setUp();
    const store = (...kinds: ('lost' | 'cleared')[]): TestEffect => ({
      kind: 'store',
      changes: kinds.map((kind) => ({ kind })),
    });
    journal.isBroken = true;
    connection.answers.push([store('lost'), transmit(1)]);
    // What was given back comes again with the next batch, by which time the disk may have room.
    connection.answers.push([store('lost', 'cleared'), transmit(2), { kind: 'close', ending: 'why' }]);
    transport.listener.bytes(new Uint8Array(1));
    journal.isBroken = false;
    await turn();
    assert.deepEqual(connection.inputs, ['bytes', 'transportClosed']);
    assert.deepEqual(transport.done, ['dispose']);
    assert.deepEqual(heard, ['store lost', 'store lost cleared', 'ended why', 'closed']);
  });

  it('keeps and settles once, ahead of its turn, what follows from what is handed on', () => {
    const { connection, transport, heard, pump } = setUp();
    const effects: TestEffect[] = [
      { kind: 'store', changes: [{ kind: 'lost' }] },
      { kind: 'settle', outcomes: ['settled'] },
    ];
    const packets: string[] = [];
    packets.includes = () => {
      pump.keep();
      pump.keep();
      heard.push('handed on');
      return false;
    };
    connection.answers.push([{ kind: 'deliver', packets }, ...effects, transmit(1)], effects);
    transport.listener.bytes(new Uint8Array(1));
    const once = ['store lost', 'settled'];
    assert.deepEqual(heard, [...once, 'handed on']);
    transport.listener.bytes(new Uint8Array(1));
    assert.deepEqual(heard.slice(3), once);
    assert.deepEqual(transport.done, ['write 1']);
  });

  it('sends what other commands of the turn lead to where one throws, and throws that error', () => {
    const { connection, transport, pump } = setUp();
    const connectionHandle = connection.handle.bind(connection);
    connection.handle = (input) => {
      const effects = connectionHandle(input);
      if (input.kind === 'commands') throw new Error('one is broken');
      return effects;
    };
    connection.answers.push([], [transmit(1)]);
    pump.submit('a');
    assert.throws(() => pump.flush(), /^Error: one is broken$/);
    assert.deepEqual(connection.inputs, ['commands a', 'writable true']);
    assert.deepEqual(transport.done, ['write 1']);
  });

  it('can be disposed by a listener', async () => {
    const { connection, transport, heard, pump } = setUp();
    const connectionHandle = connection.handle.bind(connection);
    connection.handle = (input) => {
      if (input.kind === 'bytes') pump.dispose();
      return connectionHandle(input);
    };
    transport.listener.bytes(new Uint8Array(1));
    await turn();
    assert.deepEqual(connection.inputs, ['bytes', 'transportClosed']);
    assert.deepEqual(heard, ['closed']);
  });
});
