import assert from 'node:assert/strict';
import { encode } from '../../src/protocol/codec';
import { pcapFile, pcapngFile } from '../support/captureFiles';
import { runCli } from '../support/cliRun';
import { a } from '../support/packets';
import { packets, talk } from '../support/tcpTalk';

const { connect, connack, publish } = packets;
const conversation = () => talk().handshake().packet('client', connect).packet('server', connack);
const decode = (file: Uint8Array, ...options: readonly string[]) =>
  runCli(['decode', 'a.pcap', ...options], { files: { 'a.pcap': file } });

/** Lines that are not fields. */
const heads = (lines: readonly string[]): readonly string[] => lines.filter((line) => /^[^ !]/.test(line));

describe('decode of a capture file', () => {
  for (const [name, file] of [
    ['pcap', pcapFile(conversation().packet('client', publish).frames)],
    ['pcapng', pcapngFile(conversation().packet('client', publish).frames)],
  ] as const) {
    it(`(${name}) prints each packet with its time, its connection and its way`, async () => {
      const { exitCode, out, errors } = await decode(file);
      assert.deepEqual([exitCode, errors], [0, []]);
      const ends = 'dev · 10.0.0.7:50123 → 10.0.0.1:1883';
      assert.deepEqual(heads(out), [
        `3 rows of 1 connection in ${file.length} bytes`,
        `#1 2023-11-14T22:13:20.003000Z ${ends}, client to server`,
        'CONNECT, MQTT 3.1.1, 17 bytes at 0',
        `#2 2023-11-14T22:13:20.004000Z ${ends}, server to client`,
        'CONNACK, MQTT 3.1.1, 4 bytes at 0',
        `#3 2023-11-14T22:13:20.005000Z ${ends}, client to server`,
        'PUBLISH, MQTT 3.1.1, 9 bytes at 0',
      ]);
      assert.ok(out.includes('        2-6                                Topic Name: a/b'));
    });
  }

  it('as JSON is one document, whatever else there is to say', async () => {
    const frames = conversation().lose('client', encode(publish, 4)).packet('client', publish).frames;
    const { exitCode, out, errors } = await decode(pcapFile(frames), '--json');
    const document = JSON.parse(out.join('\n')) as { packets: readonly Record<string, unknown>[] };
    assert.deepEqual(
      document.packets.map(({ type, kind, direction }) => [type ?? null, kind, direction]),
      [
        ['CONNECT', 'packet', 'out'],
        ['CONNACK', 'packet', 'in'],
        [null, 'note', 'out'],
        ['PUBLISH', 'packet', 'out'],
      ],
    );
    assert.deepEqual(
      [exitCode, errors],
      [0, ['1 gap in connections: the bytes are in no frame. Each is named at its place.']],
    );
  });

  it('that begins inside a packet has nothing broken by that', async () => {
    const begun = talk().send('client', encode(publish, 4).subarray(4)).packet('client', publish);
    const { exitCode, out } = await decode(pcapFile(begun.packet('client', publish).frames));
    assert.equal(exitCode, 0);
    assert.ok(
      heads(out).some((line) => line.startsWith('Rest of a packet, ')),
      out.join('\n'),
    );
  });

  it('says of a packet whose end was not captured that it is missing, and no more', async () => {
    const [frame, ...frames] = [...conversation().packet('client', publish).frames].reverse();
    assert.ok(frame);
    const bytes = frame.bytes.subarray(0, frame.bytes.length - 3);
    const { exitCode, out } = await decode(
      pcapFile([...frames.reverse(), { bytes, originalLength: frame.bytes.length }]),
    );
    assert.ok(
      out.some((line) => line.includes('the rest of this packet is missing')),
      out.join('\n'),
    );
    assert.deepEqual(
      out.filter((line) => line.startsWith('!') || line.startsWith('violation')),
      [],
    );
    assert.equal(exitCode, 0);
  });

  it('says where the file ends too early, and exits with 1', async () => {
    const file = pcapFile(conversation().packet('client', publish).frames);
    const { exitCode, out } = await decode(file.subarray(0, file.length - 2));
    assert.equal(exitCode, 1);
    assert.doesNotMatch(out.join('\n'), /snap length/);
    assert.match(out.at(-1) ?? '', /^The file ends inside block 7, at byte \d+\. What is before is shown\.$/);
  });

  it('exits with 1 where a packet breaks a rule', async () => {
    const { exitCode, out } = await decode(
      pcapFile(conversation().packet('client', a.connect({ protocolVersion: 4 })).frames),
    );
    assert.equal(exitCode, 1);
    assert.ok(out.some((line) => line.includes('[MQTT-3.1.0-2]')));
  });

  it('without MQTT says what is in it, and with half a header where it ends', async () => {
    const { exitCode, errors } = await decode(pcapFile(talk().handshake().frames));
    assert.equal(exitCode, 2);
    assert.match(
      errors.join('\n'),
      /a\.pcap: no MQTT is in it: 3 frames\. .*begin the capture before the client connects/,
    );
    const cut = await decode(Buffer.from('0a0d0d0a1c00', 'hex'));
    assert.equal(cut.exitCode, 2);
  });

  it('takes no version, since each connection has its own', async () => {
    const { exitCode, errors } = await decode(pcapFile(conversation().frames), '--mqtt', '5.0');
    assert.equal(exitCode, 2);
    assert.match(errors.join('\n'), /--mqtt: a capture file tells the version/);
  });
});
