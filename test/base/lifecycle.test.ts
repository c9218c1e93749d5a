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
