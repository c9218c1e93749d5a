import assert from 'node:assert/strict';
import { Emitter } from '../../src/base/lifecycle';
import { heardAfter, type Handlers, type MessagePort, Peer, PeerError } from '../../src/inspector/peer';

interface Calculator {
  add(a: number, b: number): number;
  divide(a: number, b: number): number;
  forever(): Promise<void>;
  function(): () => void;
}

interface Display {
  show(text: string): void;
}

/** Two ends of one channel. Messages arrive later and as copies, as they do between a webview and its host. */
function channel(): { left: MessagePort; right: MessagePort; sent: unknown[] } {
  const sent: unknown[] = [];
  const toLeft = new Emitter<unknown>();
  const toRight = new Emitter<unknown>();
  const end = (to: Emitter<unknown>, from: Emitter<unknown>): MessagePort => ({
    post: (message) => {
      const copy: unknown = structuredClone(message);
      sent.push(copy);
      queueMicrotask(() => to.fire(copy));
    },
    onMessage: from.event,
  });
  return { left: end(toRight, toLeft), right: end(toLeft, toRight), sent };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function calculator(port: MessagePort, failures: Error[] = []): Peer<Calculator, Display> {
  return new Peer<Calculator, Display>(
    port,
    {
      add: (a, b) => a + b,
      divide: (a, b) => {
        if (b === 0) throw new Error('Division by zero');
        return Promise.resolve(a / b);
      },
      forever: () => new Promise<void>(() => undefined),
      function: () => () => undefined,
    },
    'calculator',
    (error) => failures.push(error),
  );
}

function display(port: MessagePort, shown: string[] = [], session = 'display'): Peer<Display, Calculator> {
  return new Peer<Display, Calculator>(
    port,
    {
      show: (text) => {
        if (text === '') throw new Error('Nothing to show');
        shown.push(text);
      },
    },
    session,
    (error) => assert.fail(error),
  );
}

describe('Peer', () => {
  it('answers calls of the other end, those that are settled later too', async () => {
    const { left, right } = channel();
    calculator(left);
    const asking = display(right);
    assert.deepEqual(await Promise.all([asking.call('add', 2, 3), asking.call('divide', 9, 3)]), [5, 3]);
  });

  it('makes a throwing handler a rejected promise with its message', async () => {
    const { left, right } = channel();
    calculator(left);
    await assert.rejects(display(right).call('divide', 1, 0), new PeerError('Division by zero'));
  });

  it('makes a value that cannot travel a rejected promise', async () => {
    const { left, right } = channel();
    calculator(left);
    await assert.rejects(display(right).call('function'), PeerError);
  });

  it('rejects a call whose arguments cannot travel', async () => {
    const { left, right } = channel();
    calculator(left);
    const asking = display(right) as unknown as Peer<Display, { add(a: unknown): number }>;
    await assert.rejects(
      asking.call('add', () => undefined),
      /could not be cloned/,
    );
  });

  it('tells the other end without an answer', async () => {
    const { left, right, sent } = channel();
    const shown: string[] = [];
    const telling = calculator(left);
    display(right, shown);
    telling.notify('show', '42');
    await turn();
    assert.deepEqual(shown, ['42']);
    assert.deepEqual(sent, [{ kind: 'notice', method: 'show', args: ['42'] }]);
  });

  it('reports a notice whose handler threw at the end that received it', async () => {
    const { left, right } = channel();
    const failures: Error[] = [];
    const telling = display(left) as unknown as Peer<Display, { divide(a: number, b: number): void }>;
    calculator(right, failures);
    telling.notify('divide', 1, 0);
    await turn();
    assert.deepEqual(failures, [new Error('Division by zero')]);
  });

  for (const method of ['multiply', 'constructor', '__proto__', 'toString']) {
    it(`has no method ${method}`, async () => {
      const { left, right } = channel();
      calculator(left);
      const asking = display(right) as unknown as Peer<Display, Record<string, () => void>>;
      await assert.rejects(asking.call(method), new PeerError(`There is no method ${method}`));
    });
  }

  it('rejects what is pending, and everything later, once it is disposed', async () => {
    const { left, right } = channel();
    calculator(left);
    const asking = display(right);
    const pending = asking.call('forever');
    asking.dispose();
    await assert.rejects(pending, new PeerError('The conversation is over'));
    await assert.rejects(asking.call('add', 1, 1), PeerError);
  });

  it('drops an answer to an earlier load of the same page, whose call had the same number', async () => {
    const { left, right } = channel();
    calculator(left);
    const earlier = display(right, [], 'first load');
    const lost = earlier.call('add', 1, 1);
    const later = display(right, [], 'second load');
    const kept = later.call('add', 20, 22);
    earlier.dispose();
    await assert.rejects(lost, PeerError);
    assert.equal(await kept, 42);
  });

  it('ignores messages that are not of its kind', async () => {
    const { left, right, sent } = channel();
    calculator(left);
    const strangers = [
      null,
      7,
      'add',
      {},
      { kind: 'call' },
      { kind: 'call', method: 'add', args: 7 },
      { kind: 'x' },
    ];
    for (const stranger of strangers) right.post(stranger);
    await turn();
    assert.equal(sent.length, strangers.length);
  });

  it('does not compile with a misspelt method, a missing handler or a wrong argument', () => {
    const asking = display(channel().right);
    // @ts-expect-error: no such method
    void (() => asking.call('ad', 1, 2));
    // @ts-expect-error: an argument is missing
    void (() => asking.call('add', 1));
    // @ts-expect-error: an argument of another type
    void (() => asking.call('add', 1, '2'));
    // @ts-expect-error: a handler is missing
    const incomplete: Handlers<Calculator> = { add: (a, b) => a + b };
    // @ts-expect-error: a handler of another type
    const other: Handlers<Display> = { show: (text: number) => void text };
    assert.ok(asking && incomplete && other);
  });

  it('hears what it was told while it opened once it has, in order, and of what then fails too', async () => {
    const { left, right } = channel();
    let isOpen: () => void = assert.fail;
    const opened = new Promise<void>((resolve) => (isOpen = resolve));
    const shown: string[] = [];
    const failures: Error[] = [];
    const show = (text: string): void => {
      if (text === '') throw new Error('Nothing to show');
      shown.push(text);
    };
    new Peer<Display, Calculator>(left, heardAfter<Display>(opened, { show }), 'display', (error) =>
      failures.push(error),
    );
    const other = calculator(right);
    for (const text of ['first', '', 'second']) other.notify('show', text);
    await turn();
    assert.deepEqual(shown, []);
    isOpen();
    await turn();
    other.notify('show', 'third');
    await turn();
    assert.deepEqual(shown, ['first', 'second', 'third']);
    assert.deepEqual(
      failures.map(({ message }) => message),
      ['Nothing to show'],
    );
  });
});
