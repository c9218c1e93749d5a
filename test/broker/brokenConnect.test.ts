import assert from 'node:assert/strict';
import { endedLine } from '../../src/cli/brokerLog';
import { encode } from '../../src/protocol/codec';
import { BrokerBench } from '../support/brokerBench';
import { a } from '../support/packets';

/** What stands before the payload of a CONNECT: the Protocol Name, 3.1.1, flags and a Keep Alive. */
const head = (flags: number) => [0, 4, 0x4d, 0x51, 0x54, 0x54, 4, flags, 0, 60];
const dev = [0, 3, 0x64, 0x65, 0x76];
const packet = (...content: number[]) => [0x10, content.length, ...content];

/** What the terminal tells of a client that sends these chunks, and closes. */
async function told(...chunks: readonly (readonly number[])[]): Promise<string> {
  const bench = new BrokerBench();
  const lines: string[] = [];
  bench.broker.onDidDisconnect((ended) => lines.push(endedLine(ended)));
  const peer = bench.open(4);
  for (const chunk of chunks) await peer.sendBytes(Uint8Array.from(chunk));
  peer.end();
  await peer.received();
  assert.equal(lines.length, 1);
  return lines[0] ?? '';
}

describe('A CONNECT that is not in order is told with its Client Identifier', () => {
  const badUserName = packet(...head(0x82), ...dev, 0, 2, 0xff, 0xff);

  it('where that stands before what is broken', async () => {
    assert.match(await told(badUserName), /^- "dev" from memory:b: protocol violation .* User Name/);
  });

  it('where the rule is broken before, and the packet can be read on', async () => {
    const willQoS3 = packet(...head(0x1e), ...dev, 0, 1, 0x77, 0, 1, 0x78);
    assert.match(await told(willQoS3), /^- "dev" from memory:b: .*\[MQTT-3\.1\.2-14\]/);
  });

  it('where it comes byte by byte, or with other packets behind it', async () => {
    assert.match(await told(...badUserName.map((byte) => [byte])), /^- "dev" from /);
    assert.match(await told([...badUserName, 0xc0, 0]), /^- "dev" from /);
  });

  it('where the rest of it never comes', async () => {
    const cut = await told([0x10, 60, ...head(2), ...dev]);
    assert.equal(cut, '- "dev" from memory:b: it left in the middle of CONNECT: 45 bytes of it are missing');
  });

  it('and without one where that is broken itself, is empty, or is not there', async () => {
    for (const connect of [
      packet(...head(2), 0, 2, 0xff, 0xff),
      packet(...head(2), 0, 9, 0x64),
      packet(...head(0x1e), 0, 0, 0, 1, 0x77, 0, 1, 0x78),
      packet(...head(2)),
    ])
      assert.match(await told(connect), /^- memory:b: protocol violation/);
  });

  it('but of what comes once it is let in, the one it has', async () => {
    const connect = [...encode(a.connect({ clientIdentifier: 'c', protocolVersion: 4 }), 4)];
    assert.match(await told(connect, badUserName), /^- "c" from /);
  });
});
