import assert from 'node:assert/strict';
import { concatBytes } from '../../../src/base/bytes';
import { encodeNote, type CaptureNote } from '../../../src/base/captureNote';
import { LogAnalysis } from '../../../src/capture/analysis/analysis';
import { logStream } from '../../../src/capture/decodedStream';
import { PacketLog } from '../../../src/capture/packetLog';
import { encode } from '../../../src/protocol/codec';
import { dissectStream } from '../../../src/protocol/dissectStream';
import { a } from '../../support/packets';
import { ScriptedCapture, type ScriptedConnection } from '../../support/scriptedCapture';
import { findingsOf, finished } from './findingsOf';

function note(script: ScriptedCapture, { number: connection }: ScriptedConnection, said: CaptureNote): void {
  script.log.append(
    { at: script.at, direction: 'out', connection, kind: 'note', version: 5, topic: undefined },
    encodeNote(said),
  );
}

/** A client whose PUBACK and whose pings are in the part that was not captured. */
function converse(script: ScriptedCapture, said: CaptureNote): void {
  const c = script.connected({ clientIdentifier: 'bench', keepAlive: 10 });
  c.client(a.publish('t', 1, 7));
  c.client({ type: 'PINGREQ' });
  script.pass(60_000);
  note(script, c, said);
  c.client(a.publish('t'));
  script.pass(5_000);
  c.client({ type: 'DISCONNECT', reasonCode: 0, properties: {} });
  c.close();
}

describe('The doctor, of packets that nobody saw,', () => {
  for (const code of ['gap', 'snapLength', 'midConnection'] as const) {
    it(`says nothing after a note of a capture file that packets are missing: ${code}`, () => {
      assert.deepEqual(
        findingsOf((script) => converse(script, code === 'midConnection' ? { code } : { code, bytes: 100 })),
        [],
      );
    });
  }

  it('does not say that a Keep Alive is off where CONNECT was not captured', () => {
    const findings = findingsOf((script) => {
      const c = script.open('esp32 (10.0.0.7:50000)', 'in', 4);
      c.server(a.connack());
      script.pass(1_000);
      c.client(a.publish('t'), a.disconnect());
      c.close();
    });
    assert.deepEqual(findings, []);
  });

  it('does not miss a PINGRESP that may have come after the last that was captured, of which nobody noted the end', () => {
    const pinged = (wait: number) => (script: ScriptedCapture) => {
      const c = script.connected({ clientIdentifier: 'esp32' });
      c.client({ type: 'PINGREQ' });
      script.pass(wait);
      c.client(a.publish('t'));
      script.log.closeConnection(c.number);
    };
    assert.deepEqual(findingsOf(pinged(6_000)), []);
    const kinds = findingsOf(pinged(11_000)).map(({ kind }) => kind);
    assert.deepEqual(kinds, ['pingUnanswered']);
  });

  it('says what it saw where a note is about something else', () => {
    const kinds = findingsOf((script) => converse(script, { code: 'compressed' })).map(({ kind }) => kind);
    assert.deepEqual([...kinds].sort(), ['keepAliveMissed', 'qos1Unacknowledged']);
  });

  it('takes what left the log before it was read for no silence', () => {
    const script = new ScriptedCapture(new PacketLog({ byteBudget: 16_384, segmentBytes: 1024 }));
    const c = script.connected({ clientIdentifier: 'bench', keepAlive: 10 });
    const analysis = new LogAnalysis(script.log);
    while (!analysis.advance(100));
    for (let count = 0; count < 5000; count++) {
      script.pass(5000);
      c.client({ type: 'PINGREQ' });
      c.server({ type: 'PINGRESP' });
    }
    c.client({ type: 'DISCONNECT', reasonCode: 0, properties: {} });
    c.close();
    while (!analysis.advance(100));
    assert.ok(script.log.evictedPackets > 1000);
    assert.deepEqual(finished(analysis.findings()).findings, []);
  });

  it('does not say of a dump that nobody answered: it is a part that somebody picked', () => {
    const findings = findingsOf(({ log }) => {
      const dump = [a.connect({ keepAlive: 60 }), a.connack(), a.publish('t', 1, 7), a.publish('t', 2, 8)];
      const bytes = concatBytes(dump.map((packet) => encode(packet, 4)));
      logStream(log, 'dump.txt:1', bytes, dissectStream(bytes), 0);
    });
    assert.deepEqual(findings, []);
  });

  it('takes the packets of a dump for no storm, and its file for no client', () => {
    const findings = findingsOf(({ log }) => {
      for (let count = 1; count <= 6; count++) {
        const clientIdentifier = `esp32-${1000 + count}`;
        const connection = [a.connect({ clientIdentifier, keepAlive: 60 }), a.connack()];
        const bytes = concatBytes(connection.map((packet) => encode(packet, 5)));
        logStream(log, 'dump.txt:1', bytes, dissectStream(bytes), 0);
      }
      const [connect, connack] = [encode(a.connect({ keepAlive: 60 }), 5), encode(a.connack(), 5)];
      const bytes = concatBytes(Array.from({ length: 6 }, () => [connect, connack]).flat());
      logStream(log, 'dump.txt:2', bytes, dissectStream(bytes), 0);
    });
    assert.deepEqual(
      findings.map(({ title }) => title),
      [],
    );
  });
});
