import assert from 'node:assert/strict';
import {
  brokenClause,
  connectedLine,
  deniedLine,
  droppedLine,
  endedLine,
  failedLine,
  mistakenClause,
  mistakenLine,
} from '../../src/cli/brokerLog';
import { brokerSettings, optionOf } from '../../src/cli/brokerSettings/settings';
import type { TransportFailure } from '../../src/base/transportFailure';
import type { RefusalCause, ServerEnding } from '../../src/session/serverContract';
import { a } from '../support/packets';

const peer = '127.0.0.1:5000';
/** Who never sent CONNECT. */
const nobody = {
  ...{ clientIdentifier: undefined, userName: undefined, version: undefined },
  ...{ peer, listener: 'mqtt' },
} as const;

describe("The broker's log", () => {
  it('tells who came', () => {
    const client = {
      ...{ clientIdentifier: 'c', userName: undefined, peer, listener: 'mqtt' },
      version: 4,
      sessionPresent: true,
      droppedMessages: 0,
    } as const;
    assert.equal(connectedLine(client), '+ "c" from 127.0.0.1:5000, MQTT 3.1.1, session resumed');
    assert.equal(
      connectedLine({ ...client, userName: 'an\nna' }),
      '+ "c" as "an\\nna" from 127.0.0.1:5000, MQTT 3.1.1, session resumed',
    );
    const returned = (droppedMessages: number) => connectedLine({ ...client, droppedMessages }).slice(47);
    assert.equal(returned(1), 'resumed (1 message to it was dropped while it was away)');
    assert.equal(returned(20), 'resumed (20 messages to it were dropped while it was away)');
  });

  const endings: readonly (readonly [ending: ServerEnding, text: string])[] = [
    [{ kind: 'disconnectedByClient', disconnect: a.disconnect() }, 'disconnected'],
    [
      { kind: 'disconnectedByClient', disconnect: a.disconnect(0x04, { reasonString: 'low\nbattery' }) },
      'disconnected, disconnect with will message (0x04) "low\\nbattery"',
    ],
    [{ kind: 'disconnectedByServer', reasonCode: 0x8e }, 'sent away, session taken over (0x8e)'],
    [{ kind: 'refused', reasonCode: 0x86 }, 'refused, bad user name or password (0x86)'],
    [{ kind: 'connectTimeout' }, 'no whole CONNECT arrived in time'],
    [{ kind: 'keepAliveTimeout' }, 'nothing was heard for one and a half times the keep alive'],
    [{ kind: 'dropped', failure: undefined }, 'connection closed without DISCONNECT'],
    [
      { kind: 'dropped', failure: { step: 'tcp', code: 'reset', detail: 'ECONNRESET' } },
      'connection lost (ECONNRESET)',
    ],
  ];
  for (const [ending, text] of endings) {
    it(`says ${JSON.stringify(text)}`, () => {
      const who = { clientIdentifier: 'c', userName: undefined, version: 5 as const, peer, listener: 'mqtt' };
      const client = { ...who, ending, droppedMessages: 0, receivedPackets: 1 };
      assert.equal(endedLine(client), `- "c" from 127.0.0.1:5000: ${text}`);
    });
  }

  it('has the code of a refusal as it went over the wire', () => {
    const refused = (reasonCode: number, version: 3 | 4 = 4) =>
      endedLine({
        ...{
          clientIdentifier: 'c',
          userName: undefined,
          version,
          peer,
          listener: 'mqtt',
          droppedMessages: 0,
          receivedPackets: 1,
        },
        ending: { kind: 'refused', reasonCode },
      });
    assert.match(refused(0x86), /refused, bad user name or password \(0x04\)$/);
    assert.match(refused(0x97), /refused, server unavailable \(0x03\)$/);
    assert.match(refused(0x97, 3), /refused, server unavailable \(0x03\)$/);
    assert.match(refused(0x85), /refused, identifier rejected \(0x02\)$/);
    assert.match(refused(0x8a), /refused, banned \(without CONNACK: 3\.1\.1 has no code for it\)$/);
    assert.match(refused(0x8a, 3), /without CONNACK: 3\.1 has no code for it\)$/);
  });

  it('names the option for which a client is refused, which there is', () => {
    const causes = {
      ...{ maximumConnections: '--maximum-connections', sessions: '--sessions' },
      ...{
        topicLevels: '--topic-levels',
        maximumQoS: '--maximum-qos',
        retainAvailable: '--retain-available',
        maximumPacketSize: '--maximum-packet-size',
      },
    } as const;
    const named = { clientIdentifier: 'c', userName: undefined, version: 5, peer, listener: 'mqtt' } as const;
    const refused = (cause: RefusalCause) =>
      endedLine({
        ...{ ...named, droppedMessages: 0, receivedPackets: 1 },
        ending: { kind: 'refused', reasonCode: 0x97, cause },
      });
    for (const [cause, option] of Object.entries(causes)) {
      assert.ok(refused(cause as RefusalCause).includes(`(0x97): `));
      assert.deepEqual(/--[a-z-]+/.exec(refused(cause as RefusalCause))?.[0], option);
      assert.ok([...brokerSettings.keys()].some((name) => optionOf(name) === option));
    }
    assert.match(refused('serverTopic'), /: its will is for a topic below \$SYS/);
  });

  it('says who was refused, or may not do something: identifier and user, and the address where there is neither', () => {
    const refused = (clientIdentifier: string, userName?: string) =>
      endedLine({
        ...{
          clientIdentifier,
          userName,
          version: 5,
          peer,
          listener: 'mqtt',
          droppedMessages: 0,
          receivedPackets: 1,
        },
        ending: { kind: 'refused', reasonCode: 0x86 },
      });
    const why = 'refused, bad user name or password (0x86)';
    assert.equal(refused('dev', 'anna'), `- "dev" as "anna" from 127.0.0.1:5000: ${why}`);
    assert.equal(
      refused('', 'anna'),
      `- a client without an identifier as "anna" from 127.0.0.1:5000: ${why}`,
    );
    assert.equal(refused(''), `- a client without an identifier from 127.0.0.1:5000: ${why}`);
    assert.equal(
      deniedLine({
        clientIdentifier: 'auto-1',
        userName: 'bob',
        peer,
        action: 'publish',
        topic: 'a',
        reason: 'rules',
      }),
      '- "auto-1" as "bob" from 127.0.0.1:5000 may not publish to "a"',
    );
  });

  it('has a code for who was sent away only where one went over the wire', () => {
    const sentAway = (version: 3 | 4 | 5 | undefined) =>
      endedLine({
        ...{
          clientIdentifier: 'c',
          userName: undefined,
          version,
          peer,
          listener: 'mqtt',
          droppedMessages: 0,
          receivedPackets: 1,
        },
        ending: { kind: 'disconnectedByServer', reasonCode: 0x8e },
      });
    assert.match(sentAway(5), /sent away, session taken over \(0x8e\)$/);
    assert.match(sentAway(4), /session taken over \(without DISCONNECT: 3\.1\.1 has none from a server\)$/);
    assert.match(sentAway(3), /session taken over \(without DISCONNECT: 3\.1 has none from a server\)$/);
    assert.match(sentAway(undefined), /sent away, session taken over$/);
  });

  it('says what a client did that was sent away for a limit', () => {
    const sentAway = endedLine({
      ...{
        clientIdentifier: 'c',
        userName: undefined,
        version: 4,
        peer,
        listener: 'mqtt',
        droppedMessages: 0,
        receivedPackets: 1,
      },
      ending: { kind: 'disconnectedByServer', reasonCode: 0x90, cause: 'topicLevels' },
    });
    assert.match(
      sentAway,
      /topic name invalid \(without DISCONNECT.*\): it published .* than --topic-levels allows$/,
    );
  });

  it('says how large a packet was that is larger than the broker takes, with its option', () => {
    const line = (version: 4 | 5, ending: ServerEnding) =>
      endedLine({
        ...{ clientIdentifier: 'c', userName: undefined, peer, listener: 'mqtt' },
        ...{ version: ending.kind === 'refused' ? undefined : version, ending },
        ...{ droppedMessages: 0, receivedPackets: 1 },
      });
    const limit = { reasonCode: 0x95, cause: 'maximumPacketSize', packetSize: 306 } as const;
    const why = 'packet of 306 bytes, larger than --maximum-packet-size allows';
    const who = '- "c" from 127.0.0.1:5000';
    assert.deepEqual(
      [
        line(4, { kind: 'disconnectedByServer', ...limit }),
        line(4, { kind: 'refused', version: 4, ...limit }),
        line(5, { kind: 'refused', version: 5, ...limit }),
        line(5, { kind: 'refused', version: 5, reasonCode: 0x95, cause: 'tooMuchAhead' }),
      ],
      [
        `${who}: sent away, packet too large (without DISCONNECT: 3.1.1 has none from a server): ${why}`,
        `${who}: refused, packet too large (without CONNACK: 3.1.1 has no code for it): ${why}`,
        `${who}: refused, packet too large (0x95): ${why}`,
        `${who}: refused, packet too large (0x95): it sent more than 1 MiB before it was let in`,
      ],
    );
  });

  it('names the clause of the version that a malformed CONNECT has [MQTT-3.1.2-13]', () => {
    const ending = (version: 4 | 5): ServerEnding => ({
      ...{ kind: 'protocol', violation: { id: 'willRetainWithoutWill', offset: 9 } },
      version,
    });
    assert.equal(
      brokenClause({ ...nobody, ending: ending(5), droppedMessages: 0, receivedPackets: 1 }),
      'MQTT-3.1.2-13',
    );
    assert.equal(
      brokenClause({ ...nobody, ending: ending(4), droppedMessages: 0, receivedPackets: 1 }),
      'MQTT-3.1.2-15',
    );
    assert.match(
      endedLine({ ...nobody, ending: ending(5), droppedMessages: 0, receivedPackets: 1 }),
      /\[MQTT-3\.1\.2-13\]/,
    );
  });

  it('cuts topics and identifiers that fill the terminal', () => {
    const denied = {
      ...{ clientIdentifier: 'i'.repeat(60_000), userName: undefined, peer, action: 'publish' as const },
      ...{ topic: 't'.repeat(60_000), reason: 'rules' as const },
    } as const;
    assert.ok(deniedLine(denied).length < 500);
    assert.match(deniedLine(denied), /i…" from .*t…"$/);
  });

  it('says of who never sent CONNECT just that', () => {
    const ending = { kind: 'dropped', failure: undefined } as const;
    assert.equal(
      endedLine({ ...nobody, ending, droppedMessages: 0, receivedPackets: 1 }),
      '- 127.0.0.1:5000: it disconnected before sending CONNECT',
    );
    const cut = (lacking: number) =>
      endedLine({ ...nobody, ending: { ...ending, lacking }, droppedMessages: 0, receivedPackets: 1 });
    assert.match(cut(0), /: it left in the middle of CONNECT$/);
    assert.match(cut(44), /: it left in the middle of CONNECT: 44 bytes of it are missing$/);
  });

  it('says that a connection ended in the middle of a packet, however it ended', () => {
    const who = { clientIdentifier: 'c', userName: undefined, version: 5 as const, peer, listener: 'mqtt' };
    const line = (failure: TransportFailure | undefined, lacking: number) =>
      endedLine({
        ...who,
        ending: { kind: 'dropped', failure, lacking },
        droppedMessages: 0,
        receivedPackets: 1,
      });
    assert.match(
      line(undefined, 1),
      /: connection closed in the middle of a packet: 1 byte of it is missing$/,
    );
    const reset = { step: 'tcp', code: 'reset', detail: 'ECONNRESET' } as const;
    assert.match(line(reset, 0), /: connection lost in the middle of a packet \(ECONNRESET\)$/);
  });

  it('says of who sent a WebSocket frame that ends it what is wrong with that, before CONNECT too', () => {
    const ended = (code: 'textFrame' | 'frameInvalid', detail: string) => ({
      ...{ ...nobody, droppedMessages: 0, receivedPackets: 1 },
      ending: { kind: 'dropped', failure: { step: 'webSocket', code, detail } } as const,
    });
    const text = ended('textFrame', 'it begins with 10 0c');
    assert.match(
      endedLine(text),
      /5000: protocol violation \[MQTT-6\.0\.0-1\]: a WebSocket frame of text, it begins with 10 0c\. Usual cause: /,
    );
    assert.equal(brokenClause(text), 'MQTT-6.0.0-1');
    const invalid = ended('frameInvalid', 'RSV1 must be clear');
    assert.equal(endedLine(invalid), '- 127.0.0.1:5000: invalid WebSocket frame: RSV1 must be clear');
    assert.equal(brokenClause(invalid), undefined);
  });

  it('names the rule a client broke, with its clause and usual cause, and what was dropped', () => {
    const ended = {
      ...nobody,
      ending: { kind: 'protocol', violation: { id: 'firstPacketNotConnect', offset: 0, value: 'PUBLISH' } },
      droppedMessages: 3,
      receivedPackets: 0,
    } as const;
    assert.equal(brokenClause(ended), 'MQTT-3.1.0-1');
    assert.equal(brokenClause({ ...ended, ending: { kind: 'connectTimeout' } }), undefined);
    assert.equal(
      endedLine(ended),
      '- 127.0.0.1:5000: protocol violation [MQTT-3.1.0-1]: The first packet from the client is PUBLISH instead of CONNECT. ' +
        'Usual cause: The client writes before its connect call returned, or speaks another protocol. (3 messages to it were dropped)',
    );
  });

  it('tells what the broker failed at, whatever was thrown, without letting it act on the terminal', () => {
    const failure = { clientIdentifier: 'c', peer: '127.0.0.1:5000' };
    assert.equal(
      failedLine({ ...failure, error: new Error('no \u001b[2J database') }),
      '! "c" from 127.0.0.1:5000: the broker failed ("no \\u001b[2J database")',
    );
    assert.equal(
      failedLine({ ...failure, clientIdentifier: undefined, error: 7 }),
      '! 127.0.0.1:5000: the broker failed ("7")',
    );
  });

  it('tells what a client was not let do, and why', () => {
    const denied = {
      clientIdentifier: 'c',
      userName: undefined,
      peer,
      action: 'publish',
      topic: 'a',
    } as const;
    assert.deepEqual(
      [
        ...(['rules', 'serverTopic', 'topicLevels'] as const).map((reason) => ({ reason })),
        ...(['wildcardSubscriptionAvailable', 'sharedSubscriptionAvailable'] as const).map((feature) => ({
          ...({ reason: 'unavailable', action: 'subscribe', feature } as const),
        })),
        { reason: 'unavailable', feature: 'retainAvailable' } as const,
        ...(['subscriptionsPerSession', 'subscriptionBytes'] as const).map((limit) => ({
          ...({ reason: 'subscriptionQuota', limit } as const),
        })),
        ...(['retainedMessages', 'retainedBytes'] as const).map((limit) => ({
          ...({ reason: 'retainedQuota', limit } as const),
        })),
      ].map((ground) => deniedLine({ ...denied, ...ground })),
      [
        '- "c" from 127.0.0.1:5000 may not publish to "a"',
        '- "c" from 127.0.0.1:5000 may not publish to "a": only the broker does',
        '- "c" from 127.0.0.1:5000 may not publish to "a": it has more levels than --topic-levels allows',
        '- "c" from 127.0.0.1:5000 may not subscribe to "a": --wildcard-subscription-available is false',
        '- "c" from 127.0.0.1:5000 may not subscribe to "a": --shared-subscription-available is false',
        '- "c" from 127.0.0.1:5000: its message to "a" was not retained, --retain-available is false',
        '- "c" from 127.0.0.1:5000 may not subscribe to "a": it has as many subscriptions as --subscriptions-per-session allows',
        '- "c" from 127.0.0.1:5000 may not subscribe to "a": all subscriptions take as many bytes, and its own their part, as --subscription-bytes allows',
        '- "c" from 127.0.0.1:5000: its message to "a" was not retained, there are as many as --retained-messages allows',
        '- "c" from 127.0.0.1:5000: its message to "a" was not retained, they take as many bytes as --retained-bytes allows',
      ],
    );
  });

  it('tells that what comes for a client that is away is dropped, with the option it is for', () => {
    const lines = (['queuedMessages', 'queueBytes', 'totalQueueBytes'] as const).map((limit) =>
      droppedLine({ clientIdentifier: 'c', userName: undefined, peer, topic: 't', limit }),
    );
    const what = '- "c" is away, and what comes for it is dropped: as many';
    assert.deepEqual(lines, [
      `${what} messages wait for it as --queued-messages allows`,
      `${what} bytes of messages wait for it as --queue-bytes allows`,
      `${what} bytes of messages wait for all clients as --total-queue-bytes allows`,
    ]);
    const named = { clientIdentifier: 'c', userName: 'anna', peer, topic: 't', limit: 'queueBytes' } as const;
    assert.match(droppedLine(named), /^- "c" as "anna" is away/);
  });

  it('tells a mistake of a client that stays', () => {
    const violation = { id: 'packetIdentifierInUse', offset: 0, value: 1, subject: 'client' } as const;
    const mistaken = {
      clientIdentifier: 'c',
      userName: 'anna',
      version: 4,
      peer,
      violation,
      count: 1,
      mistakes: [{ type: 'mistake', violation, packet: 2 }],
    } as const;
    assert.equal(mistakenClause(mistaken), 'MQTT-2.3.1-2');
    assert.match(
      mistakenLine(mistaken),
      /^- "c" as "anna" from 127\.0\.0\.1:5000: protocol violation \[MQTT-2\.3\.1-2\]: Packet Identifier 1 is in use.* Usual cause: /,
    );
    assert.doesNotMatch(mistakenLine(mistaken), /at once/);
    assert.match(mistakenLine({ ...mistaken, count: 300 }), / \(300 times at once\)$/);
  });
});
