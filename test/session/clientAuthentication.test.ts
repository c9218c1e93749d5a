import assert from 'node:assert/strict';
import { encodeUtf8 } from '../../src/base/utf8';
import type { Auth, ControlPacket } from '../../src/protocol/controlPacket';
import type { ClientCommand } from '../../src/session/clientContract';
import { clientConversation, connectedClient } from '../support/conversation';
import { a } from '../support/packets';

const method = 'SCRAM-SHA-1';
const naming = { authenticationMethod: method };

const auth = (reasonCode: number, data?: string, more = {}): Auth => ({
  type: 'AUTH',
  reasonCode,
  properties: {
    ...naming,
    ...(data !== undefined && { authenticationData: encodeUtf8(data) }),
    ...more,
  },
});
const accepting = (data?: string, more = {}) =>
  a.connack({
    properties: { ...naming, ...(data !== undefined && { authenticationData: encodeUtf8(data) }), ...more },
  });
const answer = (data: string): ClientCommand => ({ kind: 'authenticate', data: encodeUtf8(data) });
const fine: ClientCommand = { kind: 'authenticated' };
const again = (ticket: number): ClientCommand => ({
  kind: 'reauthenticate',
  ticket,
  data: encodeUtf8('first'),
});
const publish: ClientCommand = { kind: 'publish', ticket: 9, packet: a.publish('t') };

/** A client that has named a method in its CONNECT. */
function asking() {
  const client = clientConversation({ connect: a.connect({ properties: naming }) });
  client.command({ kind: 'connect' });
  return client;
}

/** One that owes an answer. */
function challenged() {
  const client = asking();
  client.receive(auth(0x18, 'one'));
  return client;
}

/** One that was let in by it. */
function authenticated() {
  const client = asking();
  client.receive(accepting('proof'));
  client.command(fine);
  return client;
}

describe('Enhanced authentication of a client', () => {
  it('answers each AUTH with AUTH 0x18, and is connected when CONNACK proves the server [MQTT-4.12.0-3] [MQTT-4.12.0-5]', () => {
    const client = asking();
    assert.deepEqual(client.receive(auth(0x18, 'one')).slice(1), ['challenge "one"']);
    assert.deepEqual(client.command(answer('two')), ['> AUTH 0x18']);
    assert.deepEqual(client.receive(auth(0x18, 'three')).slice(1), ['challenge "three"']);
    assert.deepEqual(client.command({ kind: 'authenticate', data: undefined }), ['> AUTH 0x18']);
    assert.deepEqual(client.receive(accepting('proof')).slice(1), ['proof "proof"', 'pause reading']);
    assert.deepEqual(client.command(fine), ['connected', 'resume reading']);
    assert.deepEqual(client.command(publish), ['> PUBLISH q0 t "x"', '9 published #0 0']);
  });

  it('lets nothing of a server through that has not proven itself, and then all of it', () => {
    const client = asking();
    assert.deepEqual(client.receive(accepting('proof'), a.publish('a', 1, 1), a.publish('b')).slice(3), [
      'proof "proof"',
      'pause reading',
    ]);
    assert.deepEqual(client.command(fine), [
      'connected',
      'deliver PUBLISH q1 #1 a "x"',
      'deliver PUBLISH q0 b "x"',
      '> PUBACK #1',
      'resume reading',
    ]);
  });

  it('sends nothing but AUTH and DISCONNECT until CONNACK [MQTT-3.1.2-30]', () => {
    const client = asking();
    client.receive(auth(0x18, 'one'));
    assert.deepEqual(client.command({ kind: 'disconnect', reasonCode: 0, properties: {} }), [
      '> DISCONNECT 0x00',
      'close: disconnected',
    ]);
  });

  it('ends with the refusal of the server, at any point [MQTT-4.12.0-1] [MQTT-4.12.0-4]', () => {
    assert.deepEqual(
      asking()
        .receive(a.connack({ reasonCode: 0x8c }))
        .slice(1),
      ['close: refused with 140 of version 5'],
    );
    const client = asking();
    client.receive(auth(0x18, 'one'));
    client.command(answer('two'));
    assert.deepEqual(client.receive(a.connack({ reasonCode: 0x87 })).slice(1), [
      'close: refused with 135 of version 5',
    ]);
  });

  for (const [code, reasonCode] of [
    ['serverNotProven', '0x80'],
    ['malformedChallenge', '0x82'],
  ] as const) {
    it(`gives a server up with DISCONNECT ${reasonCode} where ${code}`, () => {
      const client = asking();
      client.receive(accepting('forged'), a.publish('a', 1, 1));
      assert.deepEqual(client.command({ kind: 'giveUpAuthentication', problem: { code } }), [
        `> DISCONNECT ${reasonCode}`,
        `close: authenticationFailed ${code}`,
      ]);
    });
  }

  describe('closes on', () => {
    const breaches: readonly (readonly [
      what: string,
      client: () => ReturnType<typeof asking>,
      packet: ControlPacket,
      id: string,
    ])[] = [
      [
        'AUTH that CONNECT did not ask for [MQTT-4.12.0-6]',
        connectedClient,
        auth(0x18),
        'authenticationNotAgreed',
      ],
      [
        'another method in AUTH [MQTT-4.12.0-5]',
        asking,
        auth(0x18, 'x', { authenticationMethod: 'other' }),
        'authenticationMethodChanged',
      ],
      ['no method in CONNACK [MQTT-4.12.0-5]', asking, a.connack(), 'authenticationMethodChanged'],
      ['success in AUTH before CONNACK [MQTT-4.12.0-2]', asking, auth(0), 'authenticationReasonCode'],
      ['a re-authentication that the server begins', authenticated, auth(0x19), 'authenticationOutOfTurn'],
      ['AUTH that nobody waits for', authenticated, auth(0x18, 'x'), 'authenticationOutOfTurn'],
      ['Re-authenticate from the server', asking, auth(0x19), 'reasonCodeOfOtherSide'],
      ['a message before CONNACK [MQTT-3.2.0-1]', challenged, a.publish('t'), 'packetBeforeConnack'],
    ];
    for (const [what, client, packet, id] of breaches) {
      it(what, () => assert.equal(client().receive(packet).at(-1), `close: ${id}`));
    }

    it('a method in CONNACK that CONNECT did not name [MQTT-4.12.0-6]', () => {
      const client = clientConversation();
      client.command({ kind: 'connect' });
      assert.deepEqual(client.receive(accepting()).slice(1), [
        '> DISCONNECT 0x82',
        'close: authenticationMethodUnasked',
      ]);
    });

    it('a server that does not wait for the answer', () => {
      for (const next of [auth(0x18, 'two'), accepting('proof')]) {
        assert.deepEqual(asking().receive(auth(0x18, 'one'), next).slice(2), [
          'challenge "one"',
          '> DISCONNECT 0x82',
          'close: authenticationOutOfTurn',
        ]);
      }
    });
  });

  it('takes as long as CONNACK may, whoever is slow', () => {
    const slowServer = asking();
    slowServer.receive(auth(0x18, 'one'));
    slowServer.command(answer('two'));
    assert.deepEqual(slowServer.pass(10_000), ['close: connackTimeout']);
    const slowHere = asking();
    slowHere.receive(auth(0x18, 'one'));
    assert.deepEqual(slowHere.pass(10_000), ['> DISCONNECT 0x80', 'close: authenticationFailed timedOut']);
    const verifying = asking();
    verifying.receive(accepting('proof'));
    assert.deepEqual(verifying.pass(10_000), ['> DISCONNECT 0x80', 'close: authenticationFailed timedOut']);
  });

  it('that is cut in the middle is a connection that the server closed', () => {
    const client = asking();
    client.receive(auth(0x18, 'one'));
    assert.deepEqual(client.feed({ kind: 'transportClosed', at: 0, failure: undefined }), [
      'close: closedByServer during connect',
    ]);
  });

  describe('again, while connected (4.12.1)', () => {
    it('goes on beside everything else, until AUTH 0x00 [MQTT-4.12.1-1]', () => {
      const client = authenticated();
      assert.deepEqual(client.command(again(1)), ['> AUTH 0x19']);
      assert.deepEqual(client.receive(a.publish('a', 1, 1)).slice(1), [
        'deliver PUBLISH q1 #1 a "x"',
        '> PUBACK #1',
      ]);
      assert.deepEqual(client.receive(auth(0x18, 'one')).slice(1), ['challenge "one"']);
      assert.deepEqual(client.command(answer('two'), publish), [
        '> AUTH 0x18',
        '| PUBLISH q0 t "x"',
        '9 published #0 0',
      ]);
      assert.deepEqual(client.receive(auth(0, 'proof')).slice(1), ['proof "proof"']);
      assert.deepEqual(client.command(fine), ['1 reauthenticated']);
      // And once more.
      assert.deepEqual(client.command(again(2)), ['> AUTH 0x19']);
      assert.deepEqual(client.receive({ type: 'AUTH', reasonCode: 0, properties: {} }).slice(1), [
        'proof undefined',
      ]);
      assert.deepEqual(client.command(fine), ['2 reauthenticated']);
    });

    it('ends the connection where it fails, on either side [MQTT-4.12.1-2]', () => {
      const here = authenticated();
      here.command(again(1));
      assert.deepEqual(here.command({ kind: 'giveUpAuthentication', problem: { code: 'serverNotProven' } }), [
        '> DISCONNECT 0x80',
        'close: authenticationFailed serverNotProven',
      ]);
      const there = authenticated();
      there.command(again(1));
      assert.deepEqual(there.receive(a.disconnect(0x87)).slice(1), ['close: disconnectedByServer 135']);
      const silent = authenticated();
      silent.command(again(1));
      assert.deepEqual(silent.pass(10_000), ['> DISCONNECT 0x80', 'close: authenticationFailed timedOut']);
    });

    it('is not asked for where CONNECT named no method [MQTT-4.12.0-7]', () => {
      const client = connectedClient();
      assert.deepEqual(client.command(again(1)), ['1 rejected: authenticationNotAgreed']);
      assert.deepEqual(client.command(publish), ['> PUBLISH q0 t "x"', '9 published #0 0']);
    });
  });
});
