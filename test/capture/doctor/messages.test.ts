import assert from 'node:assert/strict';
import { encodeUtf8 } from '../../../src/base/utf8';
import { LogAnalysis } from '../../../src/capture/analysis/analysis';
import type { Publish, WillMessage } from '../../../src/protocol/controlPacket';
import { a } from '../../support/packets';
import { ScriptedCapture, type ScriptedConnection } from '../../support/scriptedCapture';
import { describeFinding, findingsOf, finished } from './findingsOf';

const esp = (script: ScriptedCapture): ScriptedConnection => script.connected({ clientIdentifier: 'esp32' });
const text = (topic: string, payload: string, more: Partial<Publish> = {}): Publish =>
  a.publish(topic, 0, 0, { payload: encodeUtf8(payload), ...more });

const willTo = (topicName: string): WillMessage => ({
  ...{ topicName, payload: encodeUtf8('x'), qos: 0, retain: false, properties: {} },
});

/** JSON of at least so many bytes. */
const json = (length: number): string => JSON.stringify({ values: 'x'.repeat(length) });

describe('The doctor on messages', () => {
  describeFinding('qos1Unacknowledged', [
    {
      where: 'the connection ends before the PUBACK of the client',
      found: (script) => {
        const c = esp(script);
        c.server(a.publish('t', 1, 1), a.publish('t', 1, 2));
        script.pass(500);
        c.close();
      },
      title: /^2 messages of QoS 1 to “esp32” not acknowledged$/,
      packets: 2,
      butNot: 'they are acknowledged on the next connection',
      healthy: (script) => {
        const c = script.connected({ clientIdentifier: 'esp32', cleanStart: false });
        c.server(a.publish('t', 1, 1));
        c.close();
        const next = script.connected(
          { clientIdentifier: 'esp32', cleanStart: false },
          { sessionPresent: true },
        );
        next.server(a.publish('t', 1, 1, { dup: true }));
        next.client(a.acknowledgement('PUBACK', 1));
        next.close();
      },
    },
    {
      where: 'the server has not acknowledged for 10 s',
      found: (script) => {
        const c = esp(script);
        c.client(a.publish('t', 1, 1));
        script.pass(12_000);
        c.client({ type: 'PINGREQ' });
      },
      title: /^1 message of QoS 1 of “esp32” not acknowledged$/,
      butNot: 'it takes 2 s',
      healthy: (script) => {
        const c = esp(script);
        c.client(a.publish('t', 1, 1));
        script.pass(2_000);
        c.server(a.acknowledgement('PUBACK', 1));
        script.pass(20_000);
        c.client({ type: 'PINGREQ' });
        c.server({ type: 'PINGRESP' });
      },
    },
  ]);

  describeFinding('acknowledgedTwice', [
    {
      where: 'the same PUBACK comes twice',
      found: (script) => {
        const c = esp(script);
        c.server(a.publish('t', 1, 1));
        c.client(a.acknowledgement('PUBACK', 1), a.acknowledgement('PUBACK', 1));
      },
      title: /“esp32” was acknowledged twice$/,
      packets: 2,
      butNot: 'the identifier is used again',
      healthy: (script) => {
        const c = esp(script);
        for (let round = 0; round < 2; round++) {
          c.server(a.publish('t', 1, 1));
          c.client(a.acknowledgement('PUBACK', 1));
        }
      },
    },
  ]);

  describeFinding('pubrelMissing', [
    {
      where: 'a client does not go on after PUBREC',
      found: (script) => {
        const c = esp(script);
        c.client(a.publish('t', 2, 5));
        c.server(a.acknowledgement('PUBREC', 5));
        script.pass(11_000);
        c.client({ type: 'PINGREQ' });
      },
      title: /^PUBREL missing for 1 message of QoS 2 of “esp32”$/,
      butNot: 'it does',
      healthy: (script) => {
        const c = esp(script);
        c.client(a.publish('t', 2, 5));
        c.server(a.acknowledgement('PUBREC', 5));
        c.client(a.acknowledgement('PUBREL', 5));
        c.server(a.acknowledgement('PUBCOMP', 5));
        script.pass(11_000);
        c.close();
      },
    },
  ]);

  describeFinding('subscriptionsLost', [
    {
      where: 'a client with Clean Start does not subscribe again',
      found: (script) => {
        for (const subscribes of [true, false]) {
          const c = esp(script);
          if (subscribes) c.client(a.subscribe(1, [a.subscription('cmd/#')]));
          if (subscribes) c.server(a.suback(1, [0]));
          script.pass(30_000);
          c.close();
        }
      },
      title: /^“esp32” lost its subscriptions when it reconnected$/,
      sentence: /Clean Start .* throws away the session/,
      packets: 2,
      butNot: 'it subscribes after every CONNACK',
      healthy: (script) => {
        for (let round = 0; round < 3; round++) {
          const c = esp(script);
          c.client(a.subscribe(1, [a.subscription('cmd/#')]));
          c.server(a.suback(1, [0]));
          script.pass(30_000);
          c.close();
        }
      },
    },
    {
      where: 'the server has forgotten the session of a client that counts on it',
      found: (script) => {
        const resume = { clientIdentifier: 'esp32', cleanStart: false };
        const first = script.connected(resume);
        first.client(a.subscribe(1, [a.subscription('cmd/#')]));
        first.close();
        const second = script.connected(resume);
        script.pass(11_000);
        second.client({ type: 'PINGREQ' });
      },
      title: /lost its subscriptions/,
      sentence: /no longer had its session/,
      butNot: 'the session is present',
      healthy: (script) => {
        const resume = { clientIdentifier: 'esp32', cleanStart: false };
        const first = script.connected(resume);
        first.client(a.subscribe(1, [a.subscription('cmd/#')]));
        first.close();
        const second = script.connected(resume, { sessionPresent: true });
        script.pass(11_000);
        second.client({ type: 'PINGREQ' });
      },
    },
  ]);

  const withWill = (script: ScriptedCapture): ScriptedConnection =>
    script.connected({
      clientIdentifier: 'esp32',
      will: { topicName: 'esp32/gone', payload: encodeUtf8('1'), qos: 0, retain: true, properties: {} },
    });
  describeFinding('willAtEveryDisconnect', [
    {
      where: 'no connection ends with DISCONNECT',
      found: (script) => {
        for (let round = 0; round < 3; round++) {
          const c = withWill(script);
          script.pass(60_000);
          c.close();
        }
      },
      title: /^The will of “esp32” is sent whenever it disconnects$/,
      sentence: /All 3 connections .* “esp32\/gone” 3 times/,
      butNot: 'some do',
      healthy: (script) => {
        for (let round = 0; round < 3; round++) {
          const c = withWill(script);
          script.pass(60_000);
          if (round === 1) c.client(a.disconnect());
          c.close();
        }
      },
    },
  ]);

  describeFinding('retainedCleared', [
    {
      where: 'an empty payload follows one that is kept',
      found: (script) =>
        void esp(script).client(text('s', '21', { retain: true }), text('s', '', { retain: true })),
      title: /^The retained message of “s” was deleted$/,
      packets: 2,
      butNot: 'the empty one is not retained',
      healthy: (script) => void esp(script).client(text('s', '21', { retain: true }), text('s', '')),
    },
  ]);

  describeFinding('topicShape', [
    {
      where: 'a topic begins with a slash',
      found: (script) => void esp(script).client(text('/home/t', '1')),
      title: /^“\/home\/t” begins with a slash$/,
      sentence: /another topic than “home\/t”/,
      butNot: 'the slash is inside',
      healthy: (script) => void esp(script).client(text('home/t', '1')),
    },
    {
      where: 'a filter holds a space',
      found: (script) => void esp(script).client(a.subscribe(1, [a.subscription('living room/#')])),
      title: /^“living room\/#” holds a space$/,
      butNot: 'it is written otherwise',
      healthy: (script) => void esp(script).client(a.subscribe(1, [a.subscription('living-room/#')])),
    },
  ]);

  describeFinding('topicShape', [
    {
      where: 'the topic of a will does',
      found: (script) => void script.connected({ clientIdentifier: 'esp32', will: willTo('/gone') }),
      title: /^“\/gone” begins with a slash$/,
      packets: 1,
      butNot: 'it does not',
      healthy: (script) => void script.connected({ clientIdentifier: 'esp32', will: willTo('gone') }),
    },
    {
      where: 'a server delivers it',
      found: (script) => void esp(script).server(text('/home/t', '1')),
      title: /^“\/home\/t” begins with a slash$/,
      packets: 1,
      butNot: 'the slash is inside',
      healthy: (script) => void esp(script).server(text('home/t', '1')),
    },
  ]);

  it('names the client of a topic once it is seen, and leaves out what the server passes on', () => {
    const shapes = findingsOf((script) => {
      const app = script.connected({ clientIdentifier: 'app' });
      app.server(text('/t', '1'));
      esp(script).client(text('/t', '2'));
      app.server(text('/t', '2'));
    }).filter(({ kind }) => kind === 'topicShape');
    assert.deepEqual(
      shapes.map(({ client, count }) => [client, count]),
      [['esp32', 2]],
    );
  });

  it('keeps the retained messages of two servers apart', () => {
    const cleared = findingsOf((script) => {
      script.connected({}, {}, 'lab', 'out').client(text('s', '21', { retain: true }));
      script.connected({}, {}, 'staging', 'out').client(text('s', '', { retain: true }));
    }).filter(({ kind }) => kind === 'retainedCleared');
    assert.deepEqual(cleared, []);
  });

  it('says that there are more findings than it tells, and that it did not look at all', () => {
    const report = (topics: number) => {
      const script = new ScriptedCapture();
      const c = esp(script);
      for (let index = 0; index < topics; index++)
        c.client(text(`t/${index}`, '1', { retain: true }), text(`t/${index}`, '', { retain: true }));
      const analysis = new LogAnalysis(script.log);
      while (!analysis.advance(1_000));
      const { findings, omitted, overlooks } = finished(analysis.findings());
      return [findings.length, omitted, overlooks];
    };
    assert.deepEqual(report(500), [500, 0, false]);
    assert.deepEqual(report(510), [500, 10, false]);
    assert.deepEqual(report(2_010), [500, 1_500, true]);
  });

  it('tells both of a topic that begins with a slash and holds a space', () => {
    const findings = findingsOf((script) => void esp(script).client(text('/living room/t', '1')));
    const shapes = findings.filter(({ kind }) => kind === 'topicShape');
    assert.deepEqual(
      shapes.map(({ title }) => title),
      ['“/living room/t” begins with a slash', '“/living room/t” holds a space'],
    );
    assert.equal(new Set(shapes.map(({ id }) => id)).size, 2);
  });

  describeFinding('payloadCut', [
    {
      where: 'JSON ends in the middle at 256 bytes of packet',
      found: (script) => void esp(script).client(text('t', json(400).slice(0, 250))),
      title: /^Payloads of “t” are cut at about 256 bytes$/,
      packets: 1,
      butNot: 'it is whole at that size',
      healthy: (script) => {
        const payload = json(240 - '{"values":""}'.length);
        esp(script).client(text('t', payload), text('u', `${payload}   `));
      },
    },
    {
      where: 'it ends so at 1,024 bytes of payload, with the zero of a string in C',
      found: (script) => void esp(script).client(text('t', `${json(2000).slice(0, 1023)}\0`)),
      title: /about 1,024 bytes/,
      butNot: 'the length is that of no buffer',
      healthy: (script) => void esp(script).client(text('t', json(2000).slice(0, 700))),
    },
  ]);

  describeFinding('limitExceeded', [
    {
      where: 'a packet is larger than CONNACK allows',
      found: (script) => {
        const c = script.connected({ clientIdentifier: 'esp32' }, { properties: { maximumPacketSize: 100 } });
        c.client(text('t', 'x'.repeat(200)));
      },
      title: /^“esp32” exceeds the server's Maximum Packet Size$/,
      packets: 2,
      butNot: 'it is smaller',
      healthy: (script) => {
        const c = script.connected({ clientIdentifier: 'esp32' }, { properties: { maximumPacketSize: 100 } });
        c.client(text('t', 'x'.repeat(20)));
      },
    },
    {
      where: 'the server says Quota exceeded',
      found: (script) => {
        const c = esp(script);
        c.client(a.publish('t', 1, 1));
        c.server(a.acknowledgement('PUBACK', 1, 0x97));
      },
      title: /^The server refused “esp32”: Quota exceeded$/,
      butNot: 'it says that nobody subscribes',
      healthy: (script) => {
        const c = esp(script);
        c.client(a.publish('t', 1, 1));
        c.server(a.acknowledgement('PUBACK', 1, 0x10));
      },
    },
  ]);

  const stamped = (script: ScriptedCapture, stamp: (at: number) => unknown, count = 5): void => {
    const c = esp(script);
    for (let index = 0; index < count; index++) {
      script.pass(1_000);
      c.client(text('t', JSON.stringify({ ts: stamp(script.at), value: index })));
    }
  };
  describeFinding('clockWrong', [
    {
      where: 'time stamps are two hours ahead',
      found: (script) => stamped(script, (at) => Math.round(at / 1000) + 7_200),
      title: /^The clock of “esp32” is 2 h ahead$/,
      butNot: 'they are right',
      healthy: (script) => stamped(script, (at) => Math.round(at / 1000)),
    },
    {
      where: 'they begin in 1970',
      found: (script) => stamped(script, (at) => new Date(at % 100_000).toISOString()),
      title: /^The clock of “esp32” was never set$/,
      sentence: /1970-01-01T/,
      butNot: 'the number is how long the device has run',
      healthy: (script) => stamped(script, (at) => at % 100_000),
    },
    {
      where: 'they are in milliseconds and days behind',
      found: (script) => stamped(script, (at) => at - 5 * 86_400_000),
      title: /5 days behind$/,
      butNot: 'readings are sent an hour late',
      healthy: (script) => stamped(script, (at) => at - 3_600_000),
    },
  ]);
});
