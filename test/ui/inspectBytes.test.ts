import assert from 'node:assert/strict';
import { fakeVscode } from '../support/vscodeFake';
import { fromHex } from '../../src/base/bytes';
import { PacketLog } from '../../src/capture/packetLog';
import { inspectBytes } from '../../src/ui/inspector/inspectBytes';

const bytesOf = (hex: string) => fromHex(hex) ?? assert.fail(hex);

function inspector() {
  const log = new PacketLog({ byteBudget: 1 << 20 });
  const inspected: number[] = [];
  const clock = { now: () => 0, schedule: () => assert.fail() };
  return { log, inspected, clock, inspect: (sequence: number) => void inspected.push(sequence) };
}

describe('Decode as MQTT', () => {
  beforeEach(() => {
    fakeVscode.window.messages.length = 0;
    fakeVscode.window.press = undefined;
  });

  it('tells that the version is a guess, and offers the others', async () => {
    const view = inspector();
    await inspectBytes(view, 'main.c:1', bytesOf('c0 00 d0 00'));
    assert.deepEqual(view.inspected, [1]);
    assert.deepEqual(
      fakeVscode.window.messages.map(({ kind, text, buttons }) => [kind, text, buttons]),
      [
        [
          'information',
          'main.c:1: 4 bytes. Version guessed: 3.1.1, as all 2 packets parse.',
          ['Read as 5.0', 'Read as 3.1'],
        ],
      ],
    );
  });

  it('reads the bytes again by the version that is chosen, and asks no more', async () => {
    const view = inspector();
    fakeVscode.window.press = 'Read as 5.0';
    await inspectBytes(view, 'main.c:1', bytesOf('c0 00'));
    assert.deepEqual(view.inspected, [1, 2]);
    assert.deepEqual(
      [1, 2].map((sequence) => view.log.row(sequence)?.version),
      [4, 5],
    );
    assert.equal(fakeVscode.window.messages.length, 1);
  });

  it('says nothing where one version parses more than the others', async () => {
    await inspectBytes(inspector(), 'main.c:1', bytesOf('30 05 00 03 61 2f 62'));
    assert.deepEqual(fakeVscode.window.messages, []);
  });

  it('says that nothing parses', async () => {
    await inspectBytes(inspector(), 'main.c:1', bytesOf('32 03 00 01 74'));
    assert.match(
      fakeVscode.window.messages[0]?.text ?? '',
      /Version guessed: 3\.1\.1, but no version parses\./,
    );
  });

  it('says nothing where a CONNECT says the version', async () => {
    await inspectBytes(inspector(), 'main.c:1', bytesOf('10 0d 00 04 4d 51 54 54 04 02 00 3c 00 01 63'));
    assert.deepEqual(fakeVscode.window.messages, []);
  });
});
