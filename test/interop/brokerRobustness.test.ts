import assert from 'node:assert/strict';
import { flood, garbage, idle, slowLoris } from '../robustness/attacks';
import { beside, type Damage } from '../robustness/bystander';
import { sourceProgram, startTarget, type Target } from '../robustness/target';
import type { WireClient } from '../robustness/wire';

/** What no attack of this size may take, in bytes: the buffers of one slow client and what a young process grows by. */
const mostGrowth = 300 * 1_048_576;

/** `npm run robustness` is the same with the numbers of an attack, and looks at times too. */
describe('The broker in its own process serves everybody else', function () {
  this.timeout(120_000);
  let target: Target;
  before(async () => (target = await startTarget(sourceProgram())));
  after(() => target.stop());

  function check({ growth, waits, turnedAway }: Damage): void {
    assert.ok(target.isRunning());
    assert.equal(turnedAway, 0);
    assert.ok(waits.length > 0);
    assert.ok(growth < mostGrowth, `${growth} bytes more`);
  }

  it('beside connections of random and mutated bytes', async () => {
    check(await beside(target, () => garbage(target, 100)));
  });

  it('beside clients that send half a CONNECT, and closes them', async () => {
    let longest = Infinity;
    check(await beside(target, async () => void (longest = await slowLoris(target, 50))));
    assert.ok(longest < Infinity, 'one was left open');
  });

  for (const qos of [0, 1] as const) {
    it(`beside a flood at QoS ${qos} to a client that never reads`, async () => {
      check(await beside(target, () => flood(target, qos, 64e6)));
    });
  }

  it('beside many who are idle', async () => {
    let clients: WireClient[] = [];
    check(await beside(target, async () => void (clients = await idle(target, 500))));
    assert.equal(clients.length, 500);
    for (const { socket } of clients) socket.destroy();
  });
});
