import assert from 'node:assert/strict';
import { DisposableStack, Emitter } from '../../src/base/lifecycle';

describe('An emitter', () => {
  it('tells every listener, in the order they came, until they leave', () => {
    const emitter = new Emitter<number>();
    const heard: string[] = [];
    const first = emitter.event((value) => heard.push(`first ${value}`));
    emitter.event((value) => heard.push(`second ${value}`));
    emitter.fire(1);
    first.dispose();
    first.dispose();
    emitter.fire(2);
    assert.deepEqual(heard, ['first 1', 'second 1', 'second 2']);
  });

  it('tells the others when one throws, and throws that error afterwards', () => {
    const emitter = new Emitter<void>();
    const heard: string[] = [];
    emitter.event(() => {
      throw new Error('one');
    });
    emitter.event(() => heard.push('other'));
    assert.throws(() => emitter.fire(), /^Error: one$/);
    assert.deepEqual(heard, ['other']);
  });

  it('lets a listener leave, and another come, while it tells', () => {
    const emitter = new Emitter<void>();
    const heard: string[] = [];
    const leaving = emitter.event(() => {
      heard.push('leaving');
      leaving.dispose();
      emitter.event(() => heard.push('late'));
    });
    emitter.event(() => heard.push('staying'));
    emitter.fire();
    emitter.fire();
    assert.deepEqual(heard, ['leaving', 'staying', 'staying', 'late']);
  });

  it('tells everybody of an event before one that is fired in the middle of it', () => {
    const emitter = new Emitter<number>();
    const heard: string[] = [];
    emitter.event((value) => {
      heard.push(`first ${value}`);
      if (value < 3) emitter.fire(value + 1);
    });
    emitter.event((value) => heard.push(`second ${value}`));
    emitter.fire(1);
    assert.deepEqual(heard, ['first 1', 'second 1', 'first 2', 'second 2', 'first 3', 'second 3']);
  });

  it('throws what listeners of an event throw at who fired that, not at who fires another in the middle of it', () => {
    const emitter = new Emitter<number>();
    const thrown: unknown[] = [];
    emitter.event((value) => {
      if (value > 1) return;
      try {
        emitter.fire(2);
      } catch (error) {
        thrown.push(error);
      }
    });
    emitter.event((value) => {
      if (value === 1) throw new Error('one');
    });
    assert.throws(() => emitter.fire(1), /^Error: one$/);
    assert.deepEqual(thrown, []);
  });

  it('tells nobody who has left, or after it was disposed of, in the middle of an event', () => {
    const emitter = new Emitter<string>();
    const heard: string[] = [];
    emitter.event((value) => {
      if (value === 'leave') leaving.dispose();
      else emitter.dispose();
    });
    const leaving = emitter.event(() => assert.fail('heard'));
    emitter.event((value) => heard.push(value));
    emitter.fire('leave');
    emitter.fire('end');
    assert.deepEqual(heard, ['leave']);
  });

  it('is silent once it is disposed', () => {
    const emitter = new Emitter<void>();
    emitter.event(() => assert.fail('heard'));
    emitter.dispose();
    emitter.fire();
  });
});

describe('A stack of disposables', () => {
  it('gives back what it is given and disposes it once, last first', () => {
    const stack = new DisposableStack();
    const disposed: string[] = [];
    const first = { dispose: () => disposed.push('first') };
    assert.equal(stack.add(first), first);
    stack.add({ dispose: () => disposed.push('second') });
    stack.dispose();
    stack.dispose();
    assert.deepEqual(disposed, ['second', 'first']);
  });
});
