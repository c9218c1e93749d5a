import { encodeUtf8 } from '../../../src/base/utf8';
import { a } from '../../support/packets';
import type { ScriptedCapture } from '../../support/scriptedCapture';

/** Two boards that fight over an identifier, a sensor with a period and a gap, and handshakes of every kind. */
export function troubledConversation(script: ScriptedCapture) {
  const sensor = script.connected(
    { clientIdentifier: 'sensor', keepAlive: 30 },
    {},
    'sensor (192.168.1.40:49152)',
  );
  const subscribe = sensor.client(a.subscribe(1, [a.subscription('/cmd/#', 1)]));
  script.pass(2);
  const suback = sensor.server(a.suback(1, [1]));
  const publish = sensor.client(a.publish('sensor/state', 2, 7, { payload: encodeUtf8('{"t":21.5}') }));
  script.pass(0.26);
  const pubrec = sensor.server(a.acknowledgement('PUBREC', 7));
  script.pass(1.5);
  const pubrel = sensor.client(a.acknowledgement('PUBREL', 7));
  script.pass(0.4);
  const pubcomp = sensor.server(a.acknowledgement('PUBCOMP', 7));
  const unanswered = sensor.server(a.publish('/cmd/led', 1, 3, { payload: encodeUtf8('on') }));
  let board: ReturnType<ScriptedCapture['connected']> | undefined;
  for (let round = 0; round < 40; round++) {
    script.pass(round === 25 ? 6_000 : 1_000);
    sensor.client(a.publish('sensor/beat', 1, 100 + round, { payload: encodeUtf8(`{"n":${round}}`) }));
    script.pass(3);
    sensor.server(a.acknowledgement('PUBACK', 100 + round));
    if (round % 5 !== 0) continue;
    const address = `192.168.1.${30 + (round % 2)}:${50_000 + round}`;
    const will = {
      topicName: 'esp32/gone',
      payload: encodeUtf8('1'),
      qos: 0,
      retain: true,
      properties: {},
    } as const;
    const next = script.connected(
      { clientIdentifier: 'esp32-7f2a', keepAlive: 0, will },
      {},
      `esp32-7f2a (${address})`,
    );
    board?.server(a.disconnect(0x8e));
    board?.close();
    board = next;
  }
  const ping = sensor.client({ type: 'PINGREQ' });
  script.pass(800);
  const pong = sensor.server({ type: 'PINGRESP' });
  script.pass(20);
  sensor.close();
  script.log.announce();
  return { subscribe, suback, publish, pubrec, pubrel, pubcomp, unanswered, ping, pong };
}
