import * as assert from 'node:assert/strict';
import { fakeVscode } from '../support/vscodeFake';
import { ConnectionPicker } from '../../src/ui/connections/connectionPicker';
import type { Connections } from '../../src/ui/connections/connections';
import type { LiveConnection } from '../../src/ui/connections/liveConnection';

const only = {
  ...{ key: 'user:bench', isConnected: true, isLasting: true },
  connect: () => Promise.resolve(),
} as LiveConnection;

function pickerOf(...all: readonly LiveConnection[]): ConnectionPicker {
  return new ConnectionPicker({
    all: () => all,
    get: (wanted: string) => all.find(({ key }) => key === wanted),
  } as Connections);
}

describe('The connection of a command', () => {
  beforeEach(() => fakeVscode.window.messages.splice(0));
  const told = (): readonly string[] => fakeVscode.window.messages.map(({ text }) => text);

  it('is the only one that is up where none was named', async () => {
    assert.equal(await pickerOf(only).pickConnected(undefined, '?'), only);
    assert.deepEqual(told(), []);
  });

  it('may be on its way back: what is published there waits', async () => {
    const reconnecting = { ...only, isConnected: false } as LiveConnection;
    const picker = pickerOf(reconnecting);
    assert.equal(await picker.pickConnected(undefined, '?'), reconnecting);
    assert.equal(await picker.pickConnected({ connectionKey: 'user:bench' }, '?'), reconnecting);
    assert.deepEqual(told(), []);
  });

  it('is no other than the one that was named, which may be gone', async () => {
    const picker = pickerOf(only);
    const argument = { connectionKey: 'user:gone' };
    assert.equal(await picker.pickConnected(argument, '?'), undefined);
    assert.equal(await picker.pick(argument, '?'), undefined);
    assert.equal(told().length, 2);
    assert.match(told()[0] ?? '', /no longer in the settings/);
  });

  it('tells where it went while a person was asked', async () => {
    const gone = { ...only, isConnected: false, isLasting: false };
    assert.equal(await pickerOf().connect(gone as LiveConnection), undefined);
    assert.match(told()[0] ?? '', /no longer in the settings/);
  });
});
