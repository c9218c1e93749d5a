import assert from 'node:assert/strict';
import { encodeUtf8 } from '../../src/base/utf8';
import { dissect } from '../../src/protocol/dissect';
import { foreignProtocol, foreignViolation } from '../../src/protocol/foreignProtocol';

describe('The first bytes of a client', () => {
  const cases: readonly (readonly [what: string, bytes: Uint8Array, kind: string])[] = [
    ['nothing', new Uint8Array(0), 'undecided'],
    ['a TLS record', Uint8Array.of(0x16, 3, 1, 2, 0), 'tls'],
    ['its first byte', Uint8Array.of(0x16), 'undecided'],
    ['a CONNECT with reserved flags', Uint8Array.of(0x16, 12, 0, 4), 'other'],
    ['a CONNECT', Uint8Array.of(0x10, 12, 0, 4), 'other'],
    ['a request', encodeUtf8('GET / HTTP/1.1\r\n'), 'http'],
    ['a method and its space', encodeUtf8('OPTIONS '), 'http'],
    ['the preface of HTTP/2', encodeUtf8('PRI * HTTP/2.0'), 'http'],
    ['part of a method', encodeUtf8('P'), 'undecided'],
    ['a method alone', encodeUtf8('POST'), 'undecided'],
    ['what SSH says first', encodeUtf8('SSH-2.0-OpenSSH_9.2p1\r\n'), 'ssh'],
    ['the header of a load balancer', encodeUtf8('PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n'), 'proxy'],
    ['the same in its second version', encodeUtf8('\r\n\r\n\0\r\nQUIT\n!'), 'proxy'],
    ['AMQP', Uint8Array.of(0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1), 'amqp'],
    ['a PUBACK with a reserved flag', Uint8Array.of(0x41, 2, 0, 1), 'other'],
    ['the beginning of that', encodeUtf8('\r\n\r\n\0'), 'undecided'],
    ['a PUBREC with reserved flags', Uint8Array.of(0x53, 2, 0, 1), 'other'],
    ['a PUBACK', Uint8Array.of(0x40, 2, 0, 1), 'other'],
    ['text', encodeUtf8('HELO there'), 'other'],
  ];
  for (const [what, bytes, kind] of cases) {
    it(`${what}: ${kind}`, () => assert.equal(foreignProtocol(bytes), kind));
  }

  it('show the first line of a request and nothing that acts on a terminal', () => {
    assert.deepEqual(foreignViolation(encodeUtf8('GET /\u001b[2J HTTP/1.1\r\nHost: a')), {
      id: 'httpOnPlainPort',
      offset: 0,
      value: 'GET /?[2J HTTP/1.1',
    });
  });

  it('show what SSH says first', () => {
    const { id, value } = foreignViolation(encodeUtf8('SSH-2.0-OpenSSH_9.2p1 Debian\r\n')) ?? {};
    assert.deepEqual([id, value], ['sshOnMqttPort', 'SSH-2.0-OpenSSH_9.2p1 Debian']);
  });

  it('are named in the dissection of what came first, and only there', () => {
    const hello = Uint8Array.of(0x16, 3, 1, 0, 200, 1, 0, 0, 196);
    const ids = (earlierPackets: number) =>
      dissect(hello, { version: 4, sender: 'client', earlierPackets }).violations.map(({ id }) => id);
    assert.deepEqual(ids(0), ['tlsOnPlainPort']);
    assert.ok(!ids(1).includes('tlsOnPlainPort'));
  });
});
