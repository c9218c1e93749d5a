import assert from 'node:assert/strict';
import { encodeUtf8 } from '../../../src/base/utf8';
import { PacketContexts } from '../../../src/capture/packetContexts';
import type { PacketLog } from '../../../src/capture/packetLog';
import { rowRest } from '../../../src/capture/rowSecrets';
import { rowViolations } from '../../../src/capture/rowViolations';
import { concealSecrets } from '../../../src/inspector/concealment';
import { encode } from '../../../src/protocol/codec';
import type { Frame } from '../../support/captureFiles';
import { pcapFile } from '../../support/captureFiles';
import { a } from '../../support/packets';
import { linesOf, readCapture, talk } from '../../support/tcpTalk';

const connect = encode(a.connect({ clientIdentifier: 'esp32-with-a-long-name', keepAlive: 60 }), 5);
const connack = encode(a.connack(), 5);
const publish = encode(a.publish('x/y', 1, 5, { properties: { contentType: 'text/plain' } }), 5);
/** Behind the IPv4 and TCP headers, with the protocol level and nothing of the Properties. */
const versionEnd = 40 + 9;

const snapped = (frame: Frame | undefined, length: number): Frame => {
  const { bytes } = frame ?? assert.fail();
  return { bytes: bytes.subarray(0, length), originalLength: bytes.length };
};

/** The version of each packet that is whole, and what breaks a rule in it. */
function wholePackets(log: PacketLog): readonly unknown[] {
  const contexts = new PacketContexts(log);
  return Array.from({ length: log.end - log.first }, (_, index) => {
    const row = log.row(log.first + index) ?? assert.fail();
    const raw = log.bytesAt(row.sequence) ?? assert.fail();
    return row.kind === 'packet' ? [row.version, rowViolations(row, raw, contexts)] : [];
  }).filter((each) => each.length > 0);
}

/** CONNACK and PUBLISH are read by 5.0 and break no rule. */
function assertBothAre5({ frames }: ReturnType<typeof talk>): void {
  assert.deepEqual(wholePackets(readCapture(pcapFile(frames)).log), [
    [5, []],
    [5, []],
  ]);
}

describe('A connection whose CONNECT is cut', () => {
  const answered = () => talk().handshake().send('client', connect).send('server', connack);

  it('has the version that the CONNECT names, where the snap length kept that', () => {
    const frames = [...answered().send('client', publish).frames];
    frames[3] = snapped(frames[3], versionEnd);
    const { log } = readCapture(pcapFile(frames));
    assert.deepEqual(wholePackets(log), [
      [5, []],
      [5, []],
    ]);
    assert.equal(log.row(log.first)?.version, 5);
    assert.match(
      linesOf(log).join('\n'),
      /^out CONNECT cut off\nout note: .*\nin CONNACK\nout PUBLISH x\/y$/,
    );
  });

  it('has the version that its beginning names, where another segment of it was lost', () => {
    const talked = talk().handshake().send('client', connect.subarray(0, 20));
    talked.lose('client', connect.subarray(20)).send('server', connack).send('client', publish);
    assertBothAre5(talked);
  });

  it('has the version that its beginning names, where it was sent in many pieces', () => {
    const talked = talk().handshake();
    for (const byte of connect.subarray(0, 20)) talked.send('client', Uint8Array.of(byte));
    talked.lose('client', connect.subarray(20)).send('server', connack).send('client', publish);
    assertBothAre5(talked);
  });

  it('has what is left of its password concealed, where the capture began in its middle', () => {
    const secret = encode(a.connect({ userName: 'anna', password: encodeUtf8('hunter2-hunter2') }), 5);
    const talked = talk()
      .send('client', secret.subarray(secret.length - 25))
      .send('server', connack);
    const { log } = readCapture(pcapFile(talked.send('client', publish).send('server', connack).frames));
    const shown = Array.from({ length: log.end - log.first }, (_, index) => {
      const row = log.row(log.first + index) ?? assert.fail();
      const raw = log.bytesAt(row.sequence) ?? assert.fail();
      const { bytes } = concealSecrets(raw, row.version, rowRest(log, row));
      return `${row.direction} ${row.packetType ?? row.kind} ${Buffer.from(bytes).toString('latin1')}`;
    });
    assert.ok(
      shown.some((line) => line === `out unframed ${'*'.repeat(25)}`),
      shown.join('\n'),
    );
    assert.ok(shown.every((line) => !line.includes('hunter')));
    assert.ok(shown.some((line) => line.startsWith('out PUBLISH') && line.includes('x/y')));
  });

  it('has the version that its packets tell, where it is all but its first bytes that were lost', () => {
    const talked = talk().handshake().send('client', connect.subarray(0, 4));
    talked.lose('client', connect.subarray(4)).send('server', connack).send('client', publish);
    assertBothAre5(talked);
  });

  it('has the version that its packets tell, where the cut is before the one it names', () => {
    const frames = [...answered().send('client', publish).send('client', publish).frames];
    frames[3] = snapped(frames[3], versionEnd - 4);
    assert.deepEqual(wholePackets(readCapture(pcapFile(frames)).log), [
      [5, []],
      [5, []],
      [5, []],
    ]);
  });

  it('shows no password in the rest of it that was captured, nor takes what follows for one', () => {
    const password = Uint8Array.from('secret', (character) => character.charCodeAt(0));
    const whole = encode(a.connect({ clientIdentifier: 'x'.repeat(40), userName: 'u', password }), 5);
    for (const [from, to] of [
      [20, 30],
      [0, 30],
      [0, 60],
    ] as const) {
      const talked = talk().handshake();
      if (from > 0) talked.send('client', whole.subarray(0, from));
      talked.lose('client', whole.subarray(from, to)).send('client', whole.subarray(to));
      talked.send('server', connack).send('client', publish).send('client', publish);
      talked.lose('client', publish.subarray(0, 9)).send('client', publish.subarray(9));
      const { log } = readCapture(pcapFile(talked.send('client', publish).frames));
      const rests = Array.from({ length: log.end - log.first }, (_, index) =>
        log.row(log.first + index),
      ).filter((row) => row?.kind === 'unframed');
      assert.deepEqual(
        rests.map((row) => [row?.rest, row?.cut]),
        [
          ['secret', undefined],
          [undefined, true],
        ],
      );
    }
  });

  it('goes on with the rest of the CONNECT where that is captured, with the version of its beginning', () => {
    const talked = talk().handshake().send('client', connect.subarray(0, 20));
    talked.lose('client', connect.subarray(20, 22)).send('client', connect.subarray(22));
    talked.send('server', connack).send('client', publish);
    assert.deepEqual(wholePackets(readCapture(pcapFile(talked.frames)).log).slice(-2), [
      [5, []],
      [5, []],
    ]);
  });
});
