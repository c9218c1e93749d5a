import assert from 'node:assert/strict';
import { concatBytes } from '../../src/base/bytes';
import { encodeUtf8 } from '../../src/base/utf8';
import { logStream } from '../../src/capture/decodedStream';
import type { Exchange } from '../../src/capture/exchange';
import { findExchanges } from '../../src/capture/exchanges';
import type { PacketLog } from '../../src/capture/packetLog';
import { encode } from '../../src/protocol/codec';
import { dissectStream } from '../../src/protocol/dissectStream';
import { a } from '../support/packets';
import { ScriptedCapture } from '../support/scriptedCapture';

function exchangesOf(log: PacketLog, sequence: number): readonly Exchange[] {
  const search = findExchanges(log, sequence);
  for (;;) {
    const step = search.next();
    if (step.done) return step.value;
  }
}

/** `qos1 complete 5 ms: 3 PUBLISH start, 4 PUBACK answer` */
function shown(log: PacketLog, sequence: number): string[] {
  return exchangesOf(log, sequence).map(({ kind, outcome, took, packets, awaited }) => {
    const links = packets.map((each) => `${each.sequence} ${each.packetType} ${each.role}`).join(', ');
    return `${kind} ${outcome} ${took} ms${awaited ? ` awaits ${awaited}` : ''}: ${links}`;
  });
}

/** That each of these packets has the same exchange. */
function assertLinked(log: PacketLog, sequences: readonly number[], expected: string): void {
  for (const sequence of sequences)
    assert.deepEqual(shown(log, sequence), [expected], `of packet ${sequence}`);
}

describe('The exchange of a packet', () => {
  it('is a PUBLISH with its PUBACK, of the client and of the server, though others have the same identifier', () => {
    const script = new ScriptedCapture();
    const c = script.connected();
    const other = script.connected({ clientIdentifier: 'other' });
    const sent = c.client(a.publish('t', 1, 7));
    const theirs = c.server(a.publish('u', 1, 7));
    const foreign = other.client(a.publish('t', 1, 7));
    const foreignAck = other.server(a.acknowledgement('PUBACK', 7));
    script.pass(5);
    const ack = c.server(a.acknowledgement('PUBACK', 7));
    script.pass(3);
    const ownAck = c.client(a.acknowledgement('PUBACK', 7));
    const again = c.client(a.publish('t', 1, 7));
    const { log } = script;
    assertLinked(log, [sent, ack], `qos1 complete 5 ms: ${sent} PUBLISH start, ${ack} PUBACK answer`);
    assertLinked(
      log,
      [theirs, ownAck],
      `qos1 complete 8 ms: ${theirs} PUBLISH start, ${ownAck} PUBACK answer`,
    );
    assertLinked(
      log,
      [foreign, foreignAck],
      `qos1 complete 0 ms: ${foreign} PUBLISH start, ${foreignAck} PUBACK answer`,
    );
    assertLinked(log, [again], `qos1 waiting 0 ms awaits PUBACK: ${again} PUBLISH start`);
  });

  it('is all four packets of QoS 2, and names the one that is missing', () => {
    const script = new ScriptedCapture();
    const c = script.connected();
    const publish = c.client(a.publish('t', 2, 9));
    const pubrec = c.server(a.acknowledgement('PUBREC', 9));
    const next = c.client(a.publish('t', 2, 10));
    const pubrel = c.client(a.acknowledgement('PUBREL', 9));
    script.pass(4);
    const pubcomp = c.server(a.acknowledgement('PUBCOMP', 9));
    const nextRec = c.server(a.acknowledgement('PUBREC', 10));
    script.pass(100);
    c.close();
    const whole = `${publish} PUBLISH start, ${pubrec} PUBREC answer, ${pubrel} PUBREL answer, ${pubcomp} PUBCOMP answer`;
    assertLinked(script.log, [publish, pubrec, pubrel, pubcomp], `qos2 complete 4 ms: ${whole}`);
    const half = `${next} PUBLISH start, ${nextRec} PUBREC answer`;
    assertLinked(script.log, [next, nextRec], `qos2 unanswered 104 ms awaits PUBREL: ${half}`);
    assert.equal(exchangesOf(script.log, next)[0]?.connectionEnded, true);
  });

  it('goes on over the next connection of the same client, where the message is sent again', () => {
    const script = new ScriptedCapture();
    const first = script.connected({ cleanStart: false });
    const sent = first.client(a.publish('t', 1, 3));
    script.pass(1000);
    first.close();
    const stranger = script.connected({ clientIdentifier: 'stranger' });
    stranger.client(a.publish('t', 1, 3, { dup: true }));
    const second = script.connected({ cleanStart: false }, { sessionPresent: true });
    const again = second.client(a.publish('t', 1, 3, { dup: true }));
    script.pass(2);
    const ack = second.server(a.acknowledgement('PUBACK', 3));
    const links = `${sent} PUBLISH start, ${again} PUBLISH again, ${ack} PUBACK answer`;
    assertLinked(script.log, [sent, again, ack], `qos1 complete 1004 ms: ${links}`);
  });

  it('has in it what was sent again because its answer was lost on the way', () => {
    const script = new ScriptedCapture();
    const first = script.connected({ cleanStart: false });
    const sent = first.client(a.publish('t', 1, 3));
    const lost = first.server(a.acknowledgement('PUBACK', 3));
    first.close();
    script.pass(1000);
    const second = script.connected({ cleanStart: false }, { sessionPresent: true });
    const again = second.client(a.publish('t', 1, 3, { dup: true }));
    const ack = second.server(a.acknowledgement('PUBACK', 3));
    const start = `${sent} PUBLISH start, ${lost} PUBACK answer`;
    assertLinked(script.log, [sent, lost], `qos1 complete 0 ms: ${start}`);
    const whole = `${start}, ${again} PUBLISH again, ${ack} PUBACK answer`;
    assertLinked(script.log, [again, ack], `qos1 complete 1001 ms: ${whole}`);
  });

  it('is read by its Remaining Length, which may have several bytes', () => {
    const script = new ScriptedCapture();
    const long = { authenticationMethod: 'm', authenticationData: new Uint8Array(300) };
    const c = script.open();
    const connect = c.client(a.connect({ properties: long }));
    const connack = c.server(a.connack({ reasonCode: 0x87, properties: { reasonString: 'x'.repeat(200) } }));
    const refused = `connect refused 0 ms: ${connect} CONNECT start, ${connack} CONNACK answer`;
    assertLinked(script.log, [connect, connack], refused);
    const d = script.connected({ properties: long });
    const begin = d.client({ type: 'AUTH', reasonCode: 0x19, properties: long });
    const more = d.server({ type: 'AUTH', reasonCode: 0x18, properties: long });
    const end = d.server({ type: 'AUTH', reasonCode: 0, properties: long });
    const links = `${begin} AUTH start, ${more} AUTH answer, ${end} AUTH answer`;
    assertLinked(script.log, [begin, more, end], `authenticate complete 0 ms: ${links}`);
  });

  it('says that an answer came twice', () => {
    const script = new ScriptedCapture();
    const c = script.connected();
    const sent = c.client(a.publish('t', 1, 3));
    const ack = c.server(a.acknowledgement('PUBACK', 3));
    const twice = c.server(a.acknowledgement('PUBACK', 3));
    const links = `${sent} PUBLISH start, ${ack} PUBACK answer, ${twice} PUBACK repeated`;
    assertLinked(script.log, [sent, ack, twice], `qos1 complete 0 ms: ${links}`);
  });

  it('is refused by a Reason Code of 0x80 and above', () => {
    const script = new ScriptedCapture();
    const c = script.connected();
    const sent = c.client(a.publish('t', 2, 3));
    const refusal = c.server(a.acknowledgement('PUBREC', 3, 0x87));
    assertLinked(script.log, [sent], `qos2 refused 0 ms: ${sent} PUBLISH start, ${refusal} PUBREC answer`);
  });

  it('is a SUBSCRIBE with its SUBACK and an UNSUBSCRIBE with its UNSUBACK', () => {
    const script = new ScriptedCapture();
    const c = script.connected();
    const subscribe = c.client(a.subscribe(1, [a.subscription('#')]));
    const unsubscribe = c.client(a.unsubscribe(2, ['#']));
    const suback = c.server(a.suback(1, [0]));
    const unsuback = c.server(a.unsuback(2, [0]));
    const { log } = script;
    assertLinked(
      log,
      [subscribe, suback],
      `subscribe complete 0 ms: ${subscribe} SUBSCRIBE start, ${suback} SUBACK answer`,
    );
    assertLinked(
      log,
      [unsubscribe, unsuback],
      `unsubscribe complete 0 ms: ${unsubscribe} UNSUBSCRIBE start, ${unsuback} UNSUBACK answer`,
    );
  });

  it('is CONNECT, AUTH and CONNACK, and a refusal is said', () => {
    const script = new ScriptedCapture();
    const c = script.open();
    const connect = c.client(a.connect({ properties: { authenticationMethod: 'm' } }));
    const auth = c.server({ type: 'AUTH', reasonCode: 0x18, properties: { authenticationMethod: 'm' } });
    const answer = c.client({ type: 'AUTH', reasonCode: 0x18, properties: { authenticationMethod: 'm' } });
    script.pass(6);
    const connack = c.server(a.connack({ reasonCode: 0x87 }));
    const links = `${connect} CONNECT start, ${auth} AUTH answer, ${answer} AUTH answer, ${connack} CONNACK answer`;
    assertLinked(script.log, [connect, auth, answer, connack], `connect refused 6 ms: ${links}`);
  });

  it('counts PINGREQs off against PINGRESPs, and says which was not answered', () => {
    const script = new ScriptedCapture();
    const c = script.connected();
    const one = c.client({ type: 'PINGREQ' });
    const two = c.client({ type: 'PINGREQ' });
    script.pass(2);
    const first = c.server({ type: 'PINGRESP' });
    script.pass(2);
    const second = c.server({ type: 'PINGRESP' });
    const three = c.client({ type: 'PINGREQ' });
    script.pass(90_000);
    c.close();
    assertLinked(
      script.log,
      [one, first],
      `ping complete 2 ms: ${one} PINGREQ start, ${first} PINGRESP answer`,
    );
    assertLinked(
      script.log,
      [two, second],
      `ping complete 4 ms: ${two} PINGREQ start, ${second} PINGRESP answer`,
    );
    assertLinked(script.log, [three], `ping unanswered 90000 ms awaits PINGRESP: ${three} PINGREQ start`);
  });

  it('is a request with its response beside the handshake of each', () => {
    const script = new ScriptedCapture();
    const c = script.connected();
    const data = (text: string) => ({ correlationData: encodeUtf8(text) });
    const request = c.client(a.publish('ask', 1, 4, { properties: { responseTopic: 'me', ...data('b') } }));
    const ack = c.server(a.acknowledgement('PUBACK', 4));
    c.server(a.publish('me', 0, 0, { properties: data('a') }));
    script.pass(9);
    const response = c.server(a.publish('me', 0, 0, { properties: data('b') }));
    const pair = `request complete 9 ms: ${request} PUBLISH start, ${response} PUBLISH answer`;
    assert.deepEqual(shown(script.log, request), [
      `qos1 complete 0 ms: ${request} PUBLISH start, ${ack} PUBACK answer`,
      pair,
    ]);
    assert.deepEqual(shown(script.log, response), [pair]);
  });

  it('is that of the request whose Response Topic it has, where another has the same Correlation Data', () => {
    const script = new ScriptedCapture();
    const c = script.connected();
    const correlationData = Uint8Array.of(1);
    const ask = (responseTopic: string) =>
      c.client(a.publish('ask', 0, 0, { properties: { responseTopic, correlationData } }));
    const [wanted] = [ask('me'), ask('somebody else')];
    const response = c.server(a.publish('me', 0, 0, { properties: { correlationData } }));
    const pair = `request complete 0 ms: ${wanted} PUBLISH start, ${response} PUBLISH answer`;
    assertLinked(script.log, [wanted, response], pair);
  });

  it('is a request with its response of others too, where the client only listens to both', () => {
    const script = new ScriptedCapture();
    const c = script.connected();
    const of = { correlationData: encodeUtf8('b') };
    const request = c.server(a.publish('ask', 0, 0, { properties: { responseTopic: 'them', ...of } }));
    script.pass(9);
    const response = c.server(a.publish('them', 0, 0, { properties: of }));
    assertLinked(
      script.log,
      [request, response],
      `request complete 9 ms: ${request} PUBLISH start, ${response} PUBLISH answer`,
    );
  });

  it('is a response with the request that its client sent, not with the one that came back to it', () => {
    const script = new ScriptedCapture();
    const c = script.connected();
    const of = { correlationData: encodeUtf8('b') };
    const ask = a.publish('ask', 0, 0, { properties: { responseTopic: 'me', ...of } });
    const request = c.client(ask);
    c.server(ask);
    script.pass(9);
    const response = c.server(a.publish('me', 0, 0, { properties: of }));
    assertLinked(
      script.log,
      [request, response],
      `request complete 9 ms: ${request} PUBLISH start, ${response} PUBLISH answer`,
    );
  });

  it('is unknown where the packet that began it is not there, and none where there is none', () => {
    const script = new ScriptedCapture();
    const c = script.connected();
    const ack = c.server(a.acknowledgement('PUBACK', 4));
    const plain = c.client(a.publish('t'));
    assert.equal(exchangesOf(script.log, ack)[0]?.outcome, 'unknown');
    assert.deepEqual(exchangesOf(script.log, plain), []);
    assert.deepEqual(exchangesOf(script.log, 9999), []);
  });

  it('says of decoded bytes that the answer is not among them, not that nobody answered', () => {
    const { log } = new ScriptedCapture();
    const dump = [a.connect(), a.connack(), a.publish('t', 1, 7)];
    const bytes = concatBytes(dump.map((packet) => encode(packet, 4)));
    logStream(log, 'dump.txt:1', bytes, dissectStream(bytes), 0);
    assert.deepEqual(shown(log, 3), ['qos1 absent 0 ms awaits PUBACK: 3 PUBLISH start']);
  });

  it('is none of a PUBLISH with QoS 3, which is neither acknowledged nor received', () => {
    const script = new ScriptedCapture();
    const publish = encode(a.publish('t', 1, 7), 4);
    const malformed = script.connected().raw(Uint8Array.from([0x36, ...publish.subarray(1)]));
    assert.deepEqual(exchangesOf(script.log, malformed), []);
  });
});
