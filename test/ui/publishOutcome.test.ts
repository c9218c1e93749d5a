import * as assert from 'node:assert/strict';
import { ClientError, PublishError } from '../../src/client/clientFailure';
import { ProtocolViolation } from '../../src/protocol/violations';
import { NotConnectedError, type OutgoingMessage } from '../../src/ui/connections/liveConnection';
import {
  explainPublishError,
  explainPublishReason,
  publishedText,
} from '../../src/ui/reporting/publishOutcome';
import { benchProfile } from '../support/windowConnection';

const profile = { ...benchProfile, keepAlive: 60 };
const connection = { profile, version: 5 } as const;

function message(changes: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return { topicName: 'devices/led', payload: new Uint8Array(1234), qos: 1, retain: false, ...changes };
}

describe('A published message', () => {
  const texts: readonly [reasonCode: number, changes: Partial<OutgoingMessage>, text: string][] = [
    [0, { qos: 0 }, 'Published devices/led · 1,234 B · QoS 0 sent'],
    [0, {}, 'Published devices/led · 1,234 B · QoS 1 acknowledged'],
    [0, { qos: 2, retain: true }, 'Published devices/led · 1,234 B · QoS 2 received exactly once · retained'],
    [0x10, {}, 'Published devices/led · 1,234 B · QoS 1 acknowledged · no subscriber'],
  ];
  for (const [reasonCode, changes, text] of texts) {
    it(`is told as "${text}"`, () => {
      assert.equal(publishedText(reasonCode, message(changes)), text);
      assert.equal(explainPublishReason(reasonCode, message(changes), connection), undefined);
    });
  }

  const refusals: readonly [reasonCode: number, text: RegExp][] = [
    [0x80, /^bench refused the message to "devices\/led": unspecified error \(0x80\)\. .*log/],
    [0x87, /not authorized \(0x87\)\. This user may not publish there/],
    [0x90, /topic name invalid \(0x90\)\. .*Choose another/],
    [0x97, /quota exceeded \(0x97\)/],
    [0x99, /payload format invalid \(0x99\)/],
  ];
  for (const [reasonCode, text] of refusals) {
    it(`is told as refused with 0x${reasonCode.toString(16)}`, () => {
      assert.match(explainPublishReason(reasonCode, message(), connection) ?? '', text);
    });
  }

  it('is told to go out again by itself where its session is kept', () => {
    const told = (version: '3.1.1' | '5.0', cleanStart: boolean, qos: 0 | 1): string => {
      const kept = !cleanStart && qos > 0;
      const error = new ClientError({ kind: 'closedByServer', duringConnect: false }, kept);
      return explained(error, version, cleanStart, qos);
    };
    const explained = (
      error: ClientError,
      version: '3.1.1' | '5.0',
      cleanStart: boolean,
      qos: 0 | 1,
    ): string =>
      explainPublishError(error, message({ qos }), {
        profile: { ...profile, version, cleanStart },
        version: version === '5.0' ? 5 : 4,
      }) ?? '';
    for (const text of [told('3.1.1', false, 1), told('5.0', false, 1)]) {
      assert.match(text, /It is kept while this window is open: connect again, and it is sent by itself\.$/);
    }
    const kept = new ClientError({ kind: 'closedByServer', duringConnect: false }, true);
    const onDisk = { ...profile, cleanStart: false, clientId: 'c' };
    assert.match(
      explainPublishError(kept, message({ qos: 1 }), { profile: onDisk, version: 5 }) ?? '',
      /It is kept: connect again, and it is sent by itself\.$/,
    );
    for (const text of [told('3.1.1', true, 1), told('5.0', true, 1), told('5.0', false, 0)]) {
      assert.match(text, /Connect and publish again\.$/);
    }
  });

  it('is told in the words of the server too', () => {
    assert.match(
      explainPublishReason(0x97, message(), connection, { reasonString: 'ten a day' }) ?? '',
      /quota exceeded \(0x97\)\. It says: "ten a day"\. /,
    );
  });

  const errors: readonly [error: unknown, text: RegExp][] = [
    [
      new PublishError({ kind: 'queueFull', bound: { messages: 1000, bytes: 2000 } }),
      /was not taken: 1,000 messages or 2,000 B wait already/,
    ],
    [
      new PublishError({ kind: 'tooManyRequests', outstanding: 65_535 }),
      /^Nothing was sent: 65,535 requests wait for their answers already/,
    ],
    [new PublishError({ kind: 'expired' }), /was not sent: its Message Expiry Interval passed/],
    [
      new NotConnectedError('bench'),
      /^Nothing was published: bench is not connected\. Connect it and publish again\.$/,
    ],
    [
      new ClientError({ kind: 'closedByServer', duringConnect: false }),
      /^The connection ended before .* was through: connection dropped by the server\. Whether it arrived is not known/,
    ],
    [
      new ProtocolViolation({ id: 'topicNameWildcard', offset: 0, value: 'a/#' }),
      /^The message to "devices\/led" cannot be sent over MQTT 5\.0\. .*MQTT-3\.3\.2-2/,
    ],
  ];
  for (const [error, text] of errors) {
    it(`is told as not sent: ${String(error)}`, () => {
      assert.match(explainPublishError(error, message(), connection) ?? '', text);
    });
  }

  it('leaves other errors to whoever knows them', () => {
    assert.equal(explainPublishError(new TypeError('x'), message(), connection), undefined);
  });
});
