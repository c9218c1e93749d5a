import type { Connect } from '../../../src/protocol/controlPacket';
import { a } from '../../support/packets';
import type { ScriptedCapture } from '../../support/scriptedCapture';
import { describeFinding, describeHealthy } from './findingsOf';

const esp = (more: Partial<Connect> = {}): Partial<Connect> => ({ clientIdentifier: 'esp32', ...more });

/** Two boards with one identifier, from two addresses, each of which throws the other one out. */
function fight(script: ScriptedCapture, rounds: number, said: boolean, version: 4 | 5): void {
  let before: ReturnType<ScriptedCapture['connected']> | undefined;
  for (let round = 0; round < rounds; round++) {
    const address = `192.168.1.${30 + (round % 2)}`;
    const next = script.connected(
      esp({ protocolVersion: version }),
      {},
      `esp32 (${address}:${50_000 + round})`,
    );
    if (said) before?.server(a.disconnect(0x8e));
    before?.close();
    before = next;
    script.pass(3_000);
  }
}

function connectTimes(
  script: ScriptedCapture,
  count: number,
  pause: number,
  { reasonCode = 0, goodbye = undefined as number | undefined } = {},
): void {
  for (let index = 0; index < count; index++) {
    const c = script.connected(esp(), { reasonCode });
    if (goodbye !== undefined) c.client(a.disconnect(goodbye));
    script.pass(50);
    c.close();
    script.pass(pause - 51);
  }
}

describe('The doctor on connections', () => {
  describeFinding('identifierFight', [
    {
      where: 'two clients of 5.0 throw each other out',
      found: (script) => fight(script, 5, true, 5),
      title: /^Two clients fight over the identifier “esp32”$/,
      sentence: /taken over 4 times.* from 192\.168\.1\.30 and 192\.168\.1\.31/,
      butNot: 'one client comes back once before its old connection is closed',
      healthy: (script) => fight(script, 2, true, 5),
    },
    {
      where: 'the server says nothing, as before 5.0',
      found: (script) => fight(script, 4, false, 4),
      title: /“esp32”/,
      butNot: 'a client leaves before it comes again',
      healthy: (script) => connectTimes(script, 4, 5_000, { goodbye: 0 }),
    },
    {
      where: 'only our own connection is seen, and the server closes it with Session taken over',
      found: (script) => {
        for (let round = 0; round < 3; round++) {
          const c = script.connected(esp(), {}, 'bench', 'out');
          c.server(a.disconnect(0x8e));
          c.close();
          script.pass(1_000);
        }
      },
      title: /“esp32”/,
      butNot: 'the server shuts down',
      healthy: (script) => {
        for (let round = 0; round < 3; round++) {
          const c = script.connected(esp(), {}, 'bench', 'out');
          c.server(a.disconnect(0x8b));
          c.close();
          script.pass(1_000);
        }
      },
    },
  ]);

  /** One device that is reset without a word to the server, so many minutes after each other. */
  const reset = (script: ScriptedCapture, minutes: number, count: number, version: 4 | 5): void => {
    let before: ReturnType<ScriptedCapture['connected']> | undefined;
    for (let round = 0; round < count; round++) {
      const next = script.connected(
        esp({ protocolVersion: version }),
        {},
        `esp32 (192.168.1.30:${50_000 + round})`,
      );
      if (version === 5) before?.server(a.disconnect(0x8e));
      before?.close();
      before = next;
      for (let ping = 0; ping < minutes; ping++) {
        script.pass(60_000);
        next.client({ type: 'PINGREQ' });
        next.server({ type: 'PINGRESP' });
      }
    }
    before?.client(a.disconnect());
    before?.close();
  };
  describeFinding('identifierFight', [
    {
      where: 'both come from one address',
      found: (script) => {
        for (let round = 0; round < 4; round++) {
          script.connected(esp(), {}, `esp32 (192.168.1.30:${50_000 + round})`);
          script.pass(10_000);
        }
      },
      title: /“esp32”/,
      sentence: /taken over 3 times.*If it is one device that restarts again and again/,
      butNot: 'one device is reset twice',
      healthy: (script) => reset(script, 20, 3, 5),
    },
    {
      where: 'the second one comes from elsewhere and the first one comes back, an hour later each',
      found: (script) => {
        for (const address of ['192.168.1.30', '192.168.1.31', '192.168.1.30']) {
          script.connected(esp(), {}, `esp32 (${address}:50000)`);
          script.pass(3_600_000);
        }
      },
      title: /“esp32”/,
      sentence: /taken over twice.*192\.168\.1\.30 and 192\.168\.1\.31/,
      butNot: 'it is given another address',
      healthy: (script) => {
        for (const address of ['192.168.1.30', '192.168.1.31']) {
          for (let round = 0; round < 2; round++) {
            script.connected(esp(), {}, `esp32 (${address}:5000${round})`);
            script.pass(3_600_000);
          }
        }
      },
    },
  ]);
  describeHealthy('identifierFight', [
    {
      butNot: 'one device is reset ten times, 50 minutes after each other, with 3.1.1',
      healthy: (script) => reset(script, 50, 10, 4),
    },
    {
      butNot: 'one device is reset twice within a minute',
      healthy: (script) => reset(script, 0, 3, 5),
    },
  ]);

  describeFinding('keepAliveLong', [
    {
      where: 'it is off',
      found: (script) => void script.connected(esp({ keepAlive: 0 })),
      title: /^“esp32” has no Keep Alive$/,
      packets: 1,
      butNot: 'it is a minute',
      healthy: (script) => void script.connected(esp({ keepAlive: 60 })),
    },
    {
      where: 'it is an hour',
      found: (script) => void script.connected(esp({ keepAlive: 3600 })),
      title: /^The Keep Alive of “esp32” is 60 min$/,
      butNot: 'the server sets a shorter one',
      healthy: (script) =>
        void script.connected(esp({ keepAlive: 3600 }), { properties: { serverKeepAlive: 60 } }),
    },
  ]);

  describeFinding('keepAliveMissed', [
    {
      where: 'the client is silent for more than one and a half times as long',
      found: (script) => {
        const c = script.connected(esp({ keepAlive: 10 }));
        script.pass(15_500);
        c.server(a.disconnect(0x8d));
        c.close();
      },
      title: /^“esp32” missed its Keep Alive$/,
      sentence: /sent nothing for 15\.5 s, where 15 s are allowed/,
      butNot: 'it sends PINGREQ in time',
      healthy: (script) => {
        const c = script.connected(esp({ keepAlive: 10 }));
        for (let index = 0; index < 3; index++) {
          script.pass(10_000);
          c.client({ type: 'PINGREQ' });
          c.server({ type: 'PINGRESP' });
        }
        c.close();
      },
    },
  ]);

  describeFinding('pingUnanswered', [
    {
      where: 'a PINGREQ has had no answer for 10 s',
      found: (script) => {
        const c = script.connected(esp());
        c.client({ type: 'PINGREQ' });
        script.pass(11_000);
        c.client(a.publish('t'));
      },
      title: /^“esp32” got no PINGRESP$/,
      sentence: /look at the server/,
      packets: 1,
      butNot: 'the answer is not due yet',
      healthy: (script) => {
        const c = script.connected(esp());
        c.client({ type: 'PINGREQ' });
        script.pass(1_000);
        c.client(a.publish('t'));
      },
    },
  ]);

  const cutAfterPing = (wait: number) => (script: ScriptedCapture) => {
    const c = script.connected(esp());
    script.pass(50_000);
    c.client({ type: 'PINGREQ' });
    script.pass(wait);
    c.close();
  };
  describeFinding('pingUnanswered', [
    {
      where: 'the connection is given up 6 s after a PINGREQ',
      found: cutAfterPing(6_000),
      title: /^“esp32” got no PINGRESP$/,
      packets: 1,
      butNot: 'the network goes 1.2 s after it',
      healthy: cutAfterPing(1_200),
    },
  ]);
  describeHealthy('keepAliveMissed', [
    { butNot: 'it was the server that did not answer a PINGREQ', healthy: cutAfterPing(6_000) },
    { butNot: 'the network goes right after a PINGREQ', healthy: cutAfterPing(1_200) },
  ]);

  describeFinding('reconnectStorm', [
    {
      where: 'a client comes every two seconds',
      found: (script) => connectTimes(script, 8, 2_000),
      title: /^“esp32” reconnects every 2 s$/,
      sentence: /connected 8 times, about every 2 s\. A connection lasted 51 ms/,
      butNot: 'it comes every five minutes',
      healthy: (script) => connectTimes(script, 8, 300_000),
    },
    {
      where: 'it leaves each time because of what the server sent',
      found: (script) => connectTimes(script, 8, 2_000, { goodbye: 0x82 }),
      title: /every 2 s/,
      butNot: 'it publishes every 30 s and sleeps in between, with a DISCONNECT each time',
      healthy: (script) => connectTimes(script, 12, 30_000, { goodbye: 0 }),
    },
    {
      where: 'the server refuses it each time',
      found: (script) => connectTimes(script, 6, 5_000, { reasonCode: 0x86 }),
      title: /every 5 s/,
      sentence: /6 of them were refused with 0x86/,
      butNot: 'it tries four times',
      healthy: (script) => connectTimes(script, 4, 5_000, { reasonCode: 0x86 }),
    },
  ]);

  describeHealthy('reconnectStorm', [
    {
      butNot: 'a command publishes every second in a loop of the shell',
      healthy: (script) => connectTimes(script, 20, 1_000, { goodbye: 0 }),
    },
    {
      butNot: 'four connections fail, and the ones before and after end with DISCONNECT',
      healthy: (script) => {
        connectTimes(script, 8, 5_000, { goodbye: 0 });
        connectTimes(script, 3, 5_000);
        connectTimes(script, 8, 5_000, { goodbye: 0 });
      },
    },
  ]);

  const few = ['4f2a', '99c1', '03be'];
  const many = [...few, 'b7d0', '51aa', 'c0de', '8e12', '2f9b'];
  const inTopic = (suffix: string) => ({ topic: `devices/esp-${suffix}/state` });
  const inTurns = (
    script: ScriptedCapture,
    each: (suffix: string) => { readonly userName?: string; readonly topic?: string },
    suffixes = few,
  ): void => {
    for (const suffix of suffixes) {
      const { userName, topic } = each(suffix);
      const c = script.connected(
        { clientIdentifier: `esp-${suffix}`, ...(userName !== undefined && { userName }) },
        {},
        `esp-${suffix} (192.168.1.31:5${suffix.charCodeAt(1)})`,
      );
      if (topic !== undefined) c.client(a.publish(topic, 0));
      script.pass(60_000);
      c.close();
    }
  };

  describeFinding('identifierChanges', [
    {
      where: 'each connection of a device has another one',
      found: (script) => {
        for (const suffix of ['4f2a', '99c1', '03be']) {
          const c = script.connected(
            { clientIdentifier: `esp-${suffix}` },
            {},
            `esp-${suffix} (192.168.1.31:5${suffix.charCodeAt(1)})`,
          );
          script.pass(60_000);
          c.close();
        }
      },
      title: /^Each connection from 192\.168\.1\.31 has another identifier$/,
      sentence: /“esp-4f2a” and “esp-99c1”\. Either one client .*, or several take turns/,
      packets: 3,
      butNot: 'they are connected at the same time, as several devices behind one router',
      healthy: (script) => {
        for (const suffix of ['4f2a', '99c1', '03be']) {
          script.connected(
            { clientIdentifier: `esp-${suffix}` },
            {},
            `esp-${suffix} (192.168.1.31:5${suffix.charCodeAt(1)})`,
          );
        }
      },
    },
    {
      where: 'none of many comes back, though each has its identifier in its topics',
      found: (script) => inTurns(script, inTopic, many),
      title: /^Each connection from 192\.168\.1\.31 has another identifier$/,
      sentence: /^8 connections from 192\.168\.1\.31, one after another, had as many Client Identifiers/,
      packets: 8,
      butNot: 'one of them comes back, as devices do that take turns behind one router',
      healthy: (script) => inTurns(script, inTopic, [...many.slice(1), many[1] ?? '']),
    },
  ]);

  describeHealthy('identifierChanges', [
    {
      butNot: 'each has a user of its own, as devices that take turns behind one router',
      healthy: (script) => inTurns(script, (suffix) => ({ userName: `user-${suffix}` })),
    },
    {
      butNot: 'each publishes to topics that hold its identifier, which others have to know',
      healthy: (script) => inTurns(script, inTopic),
    },
  ]);
});
