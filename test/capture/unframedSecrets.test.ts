import assert from 'node:assert/strict';
import { toHex } from '../../src/base/bytes';
import { encodeUtf8 } from '../../src/base/utf8';
import { ConnectionCapture } from '../../src/capture/connectionCapture';
import { logStream } from '../../src/capture/decodedStream';
import { PacketLog } from '../../src/capture/packetLog';
import { concealRow } from '../../src/capture/rowSecrets';
import { concealSecrets, findSecrets } from '../../src/inspector/concealment';
import { encode } from '../../src/protocol/codec';
import type { Connect } from '../../src/protocol/controlPacket';
import { dissectStream } from '../../src/protocol/dissectStream';
import { captured as other, filled } from '../support/packetLogs';
import { a } from '../support/packets';
import { bringBack, snapshotOf, standingPace } from '../support/snapshots';

const secret = encodeUtf8('open sesame');

const connect = (version: 4 | 5): Connect => ({
  type: 'CONNECT',
  protocolName: 'MQTT',
  protocolVersion: version,
  cleanStart: true,
  keepAlive: 60,
  properties: {},
  clientIdentifier: 'bench',
  will: undefined,
  userName: 'me',
  password: secret,
});

/** Breaks the framing: the Remaining Length goes on after its fourth byte. */
const endless = Uint8Array.of(0xd0, 0xff, 0xff, 0xff, 0xff, 1);
const text = encodeUtf8('boot: heap ok');

function captured(...chunks: readonly Uint8Array[]): PacketLog {
  const log = new PacketLog({ byteBudget: 1_000_000 });
  const capture = new ConnectionCapture(log, 'device');
  for (const chunk of chunks) capture.chunk('in', chunk, 0);
  capture.closed(1);
  return log;
}

async function restored(log: PacketLog): Promise<PacketLog> {
  return bringBack(new PacketLog({ byteBudget: 1_000_000 }), await snapshotOf(log, { findSecrets }));
}

/** The unframed rows as people see them, live and after a reload. */
async function shown(log: PacketLog): Promise<string[]> {
  const rowsOf = (from: PacketLog) => {
    const found: string[] = [];
    for (let sequence = from.first; sequence < from.end; sequence++) {
      const row = from.row(sequence);
      const raw = from.bytesAt(sequence);
      if (row?.kind !== 'unframed' || !raw) continue;
      found.push(toHex(concealRow(from, row, raw, (...args) => concealSecrets(...args).bytes)));
    }
    return found;
  };
  const rows = rowsOf(log);
  assert.deepEqual(rowsOf(await restored(log)), rows);
  return rows;
}

describe('Bytes that break the framing', () => {
  for (const version of [4, 5] as const) {
    it(`are shown behind a sound CONNECT with a password, with the rule they break (${version})`, async () => {
      const log = captured(encode(connect(version), version), Uint8Array.of(0xc0, 0), endless, text);
      assert.deepEqual(await shown(log), [toHex(endless), toHex(text)]);
      assert.deepEqual([log.row(3)?.rest, log.row(4)?.rest], ['first', undefined]);
      assert.equal((await restored(log)).row(3)?.rest, 'first');
    });
  }

  it('are shown when they are 0xff, which no AUTH begins with', async () => {
    const garbage = new Uint8Array(8).fill(0xff);
    assert.deepEqual(await shown(captured(encode(connect(5), 5), garbage)), [toHex(garbage)]);
  });

  it('are concealed behind a CONNECT whose Remaining Length is too small', async () => {
    const packet = encode(connect(4), 4);
    const short = packet.slice();
    short[1] = packet.length - 2 - secret.length;
    // What is left of the password reads as a packet with an endless Remaining Length.
    short.set(endless, packet.length - secret.length);
    const rows = await shown(captured(short, text));
    assert.deepEqual(rows, ['2a'.repeat(secret.length), '2a'.repeat(text.length)]);
  });

  it('are concealed where they are a CONNECT or AUTH themselves, with all that follows', async () => {
    const cut = encode(connect(4), 4).slice(2);
    const header = Uint8Array.of(0x10, 0xff, 0xff, 0xff, 0xff);
    const rows = await shown(captured(Uint8Array.from([...header, ...cut]), secret));
    assert.deepEqual(rows, [toHex(header) + '2a'.repeat(cut.length), '2a'.repeat(secret.length)]);
    const auth = Uint8Array.of(0xf0, 0xff, 0xff, 0xff, 0xff, 1, 2);
    assert.deepEqual(await shown(captured(encode(connect(5), 5), auth, text)), [
      'f0ffffffff2a2a',
      '2a'.repeat(text.length),
    ]);
  });

  it('are concealed behind an AUTH that breaks a rule', async () => {
    // The Property Length counts more than there is.
    const auth = Uint8Array.of(0xf0, 3, 0x18, 9, 0x15);
    const rows = await shown(captured(encode(connect(5), 5), auth, endless));
    assert.deepEqual(rows, ['2a'.repeat(endless.length)]);
  });
});

describe('What a dump has besides packets', () => {
  /** A dump whose CONNECT is in one segment and the rest of it, which may be its password, in another. */
  function dumped(front: Uint8Array, byteBudget: number): { log: PacketLog; rest: number } {
    const log = new PacketLog({ byteBudget, segmentBytes: 500 });
    const words = encodeUtf8('open sesame');
    const padding = encode(a.publish('t', 0, 0, { payload: filled(450) }), 4);
    const bytes = Uint8Array.from([...front, ...padding, ...words]);
    logStream(log, 'dump', bytes, dissectStream(bytes, 4), 0);
    return { log, rest: log.end - 1 };
  }

  it('is concealed where there is a CONNECT, also once that has left the log', async () => {
    const { log, rest } = dumped(encode(connect(4), 4), 4000);
    assert.equal(log.row(rest)?.rest, 'secret');
    for (let more = 0; log.first === 1 && more < 100; more++) log.append(other, filled(300));
    assert.ok(log.first > 1 && log.first <= rest);
    assert.deepEqual(await shown(log), ['2a'.repeat(secret.length)]);
    assert.equal(log.isFromClient(1, 'out'), true);
  });

  it('is concealed in what is kept while all of the dump leaves the log', async () => {
    const { log } = dumped(encode(connect(4), 4), 1 << 20);
    let isCut = false;
    const rest = () => {
      if (!isCut) for (let more = 0; more < 20; more++) log.append(other, filled(300));
      if (!isCut) log.setBudget(1500);
      isCut = true;
      return Promise.resolve();
    };
    const kept = await snapshotOf(log, { findSecrets, pace: { ...standingPace, rest } });
    assert.ok(log.first > 3 && !Buffer.from(kept).includes('sesame'));
  });

  it('is shown where there is none', async () => {
    const { log } = dumped(Uint8Array.of(0xc0, 0), 1 << 20);
    assert.deepEqual(await shown(log), [toHex(secret)]);
  });
});
