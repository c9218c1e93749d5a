import assert from 'node:assert/strict';
import { LogAnalysis } from '../../../src/capture/analysis/analysis';
import type { Connect } from '../../../src/protocol/controlPacket';
import { a } from '../../support/packets';
import { ScriptedCapture, type ScriptedConnection } from '../../support/scriptedCapture';
import { describeHealthy, findingsOf, finished } from './findingsOf';

const kept = (protocolVersion: 4 | 5): Partial<Connect> => ({
  ...{ clientIdentifier: 'esp32', cleanStart: false, protocolVersion },
  properties: protocolVersion === 5 ? { sessionExpiryInterval: 100 } : {},
});

/** The connection is lost after PUBREC as often as said, and the sender goes on with PUBREL each time (4.4). */
function handshake(
  script: ScriptedCapture,
  from: 'client' | 'server',
  { version = 5, losses = 1, ends = true }: { version?: 4 | 5; losses?: number; ends?: boolean } = {},
): ScriptedConnection {
  const to = from === 'client' ? 'server' : 'client';
  let c = script.connected(kept(version));
  c[from](a.publish('q', 2, 4));
  c[to](a.acknowledgement('PUBREC', 4));
  for (let loss = 0; loss < losses; loss++) {
    c.close();
    script.pass(2_000);
    c = script.connected(kept(version), { sessionPresent: true });
    // [MQTT-4.4.0-1]
    c[from](a.acknowledgement('PUBREL', 4));
    script.pass(3);
  }
  if (ends) c[to](a.acknowledgement('PUBCOMP', 4));
  return c;
}

function analysed(converse: (script: ScriptedCapture) => void): LogAnalysis {
  const script = new ScriptedCapture();
  converse(script);
  const analysis = new LogAnalysis(script.log);
  while (!analysis.advance(3));
  return analysis;
}

describe('A handshake that goes on over the next connection', () => {
  for (const version of [4, 5] as const) {
    for (const from of ['client', 'server'] as const) {
      const which = `of the ${from} resumes with PUBREL, version ${version}`;
      describeHealthy('pubrelMissing', [
        { butNot: `a message ${which}`, healthy: (script) => void handshake(script, from, { version }) },
        {
          butNot: `three connections are lost before the PUBCOMP of a message ${which}`,
          healthy: (script) => void handshake(script, from, { version, losses: 3 }),
        },
      ]);
    }
  }

  it('is not without PUBREL while its PUBCOMP is not due yet', () => {
    assert.deepEqual(
      findingsOf((script) => void handshake(script, 'client', { ends: false })),
      [],
    );
  });

  it('is without PUBREL where the session is there and its client does not go on with it', () => {
    const [finding] = findingsOf((script) => {
      handshake(script, 'client', { losses: 0, ends: false }).close();
      script.connected(kept(5), { sessionPresent: true }).client({ type: 'PINGREQ' });
    });
    assert.equal(finding?.title, 'PUBREL missing for 1 message of QoS 2 of “esp32”');
  });

  it('takes no PUBREL for one that releases a message of QoS 1', () => {
    const findings = findingsOf((script) => {
      const c = script.connected(kept(5));
      c.server(a.publish('t', 1, 4));
      c.close();
      const next = script.connected(kept(5), { sessionPresent: true });
      next.server(a.acknowledgement('PUBREL', 4));
      next.client(a.acknowledgement('PUBCOMP', 4, 0x92));
    });
    assert.deepEqual(
      findings.map(({ kind }) => kind),
      ['qos1Unacknowledged'],
    );
  });

  it('is one that was answered, in the statistics', () => {
    for (const losses of [1, 3]) {
      const report = finished(
        analysed((script) => void handshake(script, 'client', { losses })).statistics(),
      );
      const qos2 = report.handshakes.find(({ kind }) => kind === 'qos2');
      assert.deepEqual([qos2?.complete, qos2?.unanswered], [1, 0]);
      assert.equal(qos2?.maximum, losses * 2_004);
    }
    const lost = analysed((script) => handshake(script, 'client', { ends: false }).close());
    const qos2 = finished(lost.statistics()).handshakes.find(({ kind }) => kind === 'qos2');
    assert.deepEqual([qos2?.complete, qos2?.unanswered], [0, 1]);
  });

  it('is resumed, and not without an answer, in the timeline', () => {
    const analysis = analysed((script) => {
      handshake(script, 'client', { losses: 2 });
      const c = script.connected({ clientIdentifier: 'lost' });
      c.client(a.publish('q', 2, 4));
      c.close();
    });
    const { lanes } = finished(analysis.timeline({ from: undefined, to: undefined, columns: 4_000 }));
    const outcomes = lanes.map(({ handshakes }) =>
      handshakes.filter(({ kind }) => kind === 'qos2').map(({ outcome }) => outcome),
    );
    assert.deepEqual(outcomes, [['resumed', 'resumed', 'complete'], ['unanswered']]);
  });
});
