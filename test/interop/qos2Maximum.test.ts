import assert from 'node:assert/strict';
import { encodeUtf8 } from '../../src/base/utf8';
import { startMosquitto } from '../support/mosquitto';
import { OwnClient } from '../support/ownClient';
import { a } from '../support/packets';
import { requirePeer } from '../support/peers';

describe('With a mosquitto of default settings', function () {
  this.timeout(30_000);
  before(function () {
    requirePeer(this, 'mosquitto');
  });

  for (const version of [3, 4, 5] as const) {
    it(`500 QoS 2 messages published at once all arrive, exactly once, in version ${version}`, async () => {
      const mosquitto = await startMosquitto();
      try {
        const receiver = new OwnClient(mosquitto.port, { version, clientIdentifier: 'receiver' });
        const sender = new OwnClient(mosquitto.port, { version, clientIdentifier: 'sender' });
        await Promise.all([receiver.connect(), sender.connect()]);
        await receiver.subscribe([a.subscription('n', 2)]);
        const numbers = Array.from({ length: 500 }, (_, index) => index);
        await Promise.all(
          numbers.map((number) =>
            sender.publish({ topicName: 'n', payload: encodeUtf8(String(number)), qos: 2 }),
          ),
        );
        // What comes last comes behind all there is.
        await sender.publish({ topicName: 'n', payload: encodeUtf8('500'), qos: 2 });
        const is = (number: number) =>
          receiver.received.some(({ payload }) => text(payload) === String(number));
        while (!is(500)) await receiver.until(receiver.received.length + 1);
        assert.deepEqual(
          receiver.received.map(({ payload }) => Number(text(payload))),
          [...numbers, 500],
        );
        await Promise.all([receiver.disconnect(), sender.disconnect()]);
      } finally {
        await mosquitto.stop();
      }
    });
  }
});

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
