import assert from 'node:assert/strict';
import { toHex } from '../../src/base/bytes';
import { encodeUtf8 } from '../../src/base/utf8';
import { ConnectionCapture } from '../../src/capture/connectionCapture';
import { PacketLog } from '../../src/capture/packetLog';
import { concealRow } from '../../src/capture/rowSecrets';
import { concealSecrets, findSecrets } from '../../src/inspector/concealment';
import { encode } from '../../src/protocol/codec';
import type { Connect } from '../../src/protocol/controlPacket';
import { bringBack, snapshotOf } from '../support/snapshots';

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
