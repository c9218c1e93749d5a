import * as assert from 'node:assert/strict';
import '../../support/vscodeFake';
import type { BrokerNode } from '../../../src/ui/broker/brokerNodes';
import { BrokerTree } from '../../../src/ui/broker/brokerTree';
import { BrokerWindow } from './brokerWindow';

/** Draws what VS Code would: a row and all below it. */
function draw(tree: BrokerTree, node: BrokerNode): void {
  tree.item(node);
  for (const child of tree.children(node)) draw(tree, child);
}

async function shown() {
  const window = new BrokerWindow();
  const { local, problems, clock } = window;
  const tree = new BrokerTree({ local, problems, clock });
  await local.start();
  tree.roots(true);
  draw(tree, tree.root);
  const events: (readonly string[])[] = [];
  tree.onDidChange((nodes) => {
    events.push((nodes ?? []).map(({ id }) => id));
    for (const node of nodes ?? []) draw(tree, node);
  });
  return { window, tree, events };
}

const breaksRule = [0x10, 13, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 3, 0, 60, 0, 1, 0x64];

describe('The rows of the local broker', () => {
  it('are drawn anew where they changed: a problem that comes leaves the others as they are', async () => {
    const { window, tree, events } = await shown();
    await window.device().send(breaksRule);
    tree.tick();
    tree.tick();
    assert.deepEqual(events, [['broker/problems']]);
    tree.dispose();
  });

  it('are drawn in one event, and nothing twice that is below a row', async () => {
    const { window, tree, events } = await shown();
    await window.device().connect('a');
    await window.device().send(breaksRule);
    tree.tick();
    assert.deepEqual(events, [['broker']]);
    tree.dispose();
  });

  it('are all drawn anew once a second at most, so that a press on one is not lost again and again', async () => {
    const { window, tree, events } = await shown();
    const { clock } = window;
    await window.device().connect('a');
    tree.tick();
    await window.device().connect('b');
    await window.device().send(breaksRule);
    tree.tick();
    assert.deepEqual(events, [['broker'], ['broker/problems']]);
    await clock.pass(1_000);
    tree.tick();
    assert.deepEqual(events.at(-1), ['broker']);
    tree.dispose();
  });
});
