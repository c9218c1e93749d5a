import assert from 'node:assert/strict';
import { LogReader } from '../../../src/capture/analysis/logReader';
import type { SeenHandshake } from '../../../src/capture/analysis/seen';
import type { PacketLog } from '../../../src/capture/packetLog';
import { encode } from '../../../src/protocol/codec';
import { pcapFile } from '../../support/captureFiles';
import { a } from '../../support/packets';
import type { TcpTalk } from '../../support/tcpTalk';
import { linesOf, packets, readCapture, talk } from '../../support/tcpTalk';

const { connect, connack, ping } = packets;
const long = encode(a.publish('long', 1, 1, { payload: new Uint8Array(600).fill(0x61) }), 4);
const next = encode(a.publish('next', 1, 2), 4);
const puback = (packetIdentifier: number) => a.acknowledgement('PUBACK', packetIdentifier);
const begun = (): TcpTalk => talk().handshake().packet('client', connect).packet('server', connack);

/** The rows behind the CONNACK, without what a note says. */
function rows({ frames }: TcpTalk): readonly string[] {
  const { log } = readCapture(pcapFile(frames));
  return linesOf(log)
    .slice(2)
    .map((line) => line.replace(/ note: .*/, ' note').replace(/unframed .*/, 'unframed'));
}

/** What following the conversation finds wrong, and the handshakes it is told of. */
function analysed(log: PacketLog): { readonly wrong: readonly string[]; readonly ended: SeenHandshake[] } {
  const wrong: string[] = [];
  const ended: SeenHandshake[] = [];
  const observer = {
    packet: ({ violations }: { violations: readonly { id: string }[] }) =>
      wrong.push(...violations.map(({ id }) => id)),
    handshake: (handshake: SeenHandshake) => ended.push(handshake),
  };
  const reader = new LogReader(
    log,
    () => [observer],
    () => undefined,
  );
  while (!reader.advance(100));
  return { wrong, ended };
}

const blamed = (conversation: TcpTalk): readonly string[] =>
  analysed(readCapture(pcapFile(conversation.frames)).log).wrong.filter(
    (id) => id === 'acknowledgementUnmatched',
  );

describe('An answer to what a capture lacks', () => {
  const cutInTheMiddle = () =>
    begun().send('client', long.subarray(0, 200)).lose('client', long.subarray(200, 300));

  it('comes behind the rest of it, which is held back for the bytes before', () => {
    const conversation = cutInTheMiddle().send('client', long.subarray(300)).packet('server', puback(1));
    conversation.packet('client', ping);
    assert.deepEqual(rows(conversation), [
      ...['out PUBLISH cut off', 'out note', 'out unframed', 'in PUBACK', 'out PINGREQ'],
    ]);
    assert.deepEqual(blamed(conversation), []);
  });

  it('comes behind its beginning, where the end was lost and nothing follows yet', () => {
    const conversation = begun().send('client', long.subarray(0, 200)).lose('client', long.subarray(200));
    conversation.packet('server', puback(1)).send('client', next).packet('server', puback(2));
    assert.deepEqual(rows(conversation), [
      ...['out PUBLISH cut off', 'out note', 'in PUBACK', 'out PUBLISH next', 'in PUBACK'],
    ]);
    assert.deepEqual(blamed(conversation), []);
    // With the time at which its beginning came, not that of the answer which tells that more is missing.
    const { log } = readCapture(pcapFile(conversation.frames));
    const [cutOff, , answer] = [2, 3, 4].map((index) => log.row(log.first + index) ?? assert.fail());
    assert.ok((cutOff?.at ?? NaN) < (answer?.at ?? NaN));
  });

  it('comes behind the note that it is lacking, where nothing of it was captured', () => {
    const conversation = begun().lose('client', long).packet('server', puback(1));
    assert.deepEqual(rows(conversation), ['out note', 'in PUBACK']);
    assert.deepEqual(blamed(conversation), []);
    assert.deepEqual(blamed(begun().packet('server', puback(1))), ['acknowledgementUnmatched']);
  });

  it('comes behind a packet that is whole and waits behind a gap, with the time each of them took', () => {
    const conversation = begun()
      .lose('client', encode(a.publish('lost', 0), 4))
      .send('client', next);
    conversation.packet('server', puback(2)).packet('client', ping);
    assert.deepEqual(rows(conversation), ['out note', 'out PUBLISH next', 'in PUBACK', 'out PINGREQ']);
    const { log } = readCapture(pcapFile(conversation.frames));
    const { wrong, ended } = analysed(log);
    assert.deepEqual(wrong, []);
    assert.deepEqual(
      ended.map(({ kind, outcome }) => [kind, outcome]),
      [
        ['connect', 'complete'],
        ['qos1', 'complete'],
      ],
    );
    const at = (index: number): number => log.row(log.first + index)?.at ?? assert.fail();
    assert.ok(at(3) < at(4));
  });

  it('stands behind what a capture out of order brings after it, of which nothing is missed', () => {
    const frames = [
      ...begun().send('client', next).packet('server', puback(2)).packet('client', ping).frames,
    ];
    const [late = assert.fail()] = frames.splice(5, 1);
    frames.splice(6, 0, late);
    const { log, report } = readCapture(pcapFile(frames));
    assert.deepEqual(linesOf(log).slice(2), ['out PUBLISH next', 'in PUBACK', 'out PINGREQ']);
    assert.equal(report.tcp.gaps, 0);
  });

  it('does not wait for longer than a capture may be out of order, however much the server sends', () => {
    const conversation = begun().lose('client', next);
    for (let count = 0; count < 50; count++) conversation.packet('server', a.publish(`t/${count}`, 0));
    conversation.packet('client', ping);
    const told = rows(conversation);
    assert.deepEqual(
      [told[0], told[1], told[50], told[51]],
      [...['out note', 'in PUBLISH t/0', 'in PUBLISH t/49', 'out PINGREQ']],
    );
  });

  it('is not waited for where the end of the connection is what it acknowledges', () => {
    const conversation = begun().end('client').packet('server', a.publish('last', 0)).end('server');
    assert.deepEqual(rows(conversation), ['in PUBLISH last']);
  });
});
