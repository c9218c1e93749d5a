import assert from 'node:assert/strict';
import { qrLines, qrSvg } from '../../src/base/qrCode';
import { listenerAddresses, machineAddresses, machineNames } from '../../src/transport/machineAddresses';

const one = (address: string, family: 'IPv4' | 'IPv6', internal = false) => ({
  ...{ address, family, internal, netmask: '', mac: '', cidr: null },
  ...(family === 'IPv6' && { scopeid: 0 }),
});

const addresses = machineAddresses({
  lo: [one('127.0.0.1', 'IPv4', true), one('::1', 'IPv6', true)],
  eth0: [one('2001:db8::5', 'IPv6'), one('192.168.1.5', 'IPv4'), one('fe80::1%eth0', 'IPv6')],
} as Parameters<typeof machineAddresses>[0]);

describe('The addresses to type into a device', () => {
  const urls = (protocol: 'tcp' | 'tls' | 'ws' | 'wss', host: string, port = 1883) =>
    listenerAddresses({ protocol, host, port }, addresses).map(({ url }) => url);

  it('are all of the machine, those that others reach first', () => {
    assert.deepEqual(urls('tcp', '::'), [
      'mqtt://192.168.1.5:1883',
      'mqtt://[2001:db8::5]:1883',
      'mqtt://127.0.0.1:1883',
      'mqtt://[::1]:1883',
    ]);
    assert.deepEqual(urls('wss', '0.0.0.0', 8084), [
      'wss://192.168.1.5:8084/mqtt',
      'wss://127.0.0.1:8084/mqtt',
    ]);
  });

  it('are the one that the listener is bound to', () => {
    assert.deepEqual(urls('tls', '127.0.0.1', 8883), ['mqtts://127.0.0.1:8883']);
    assert.deepEqual(urls('ws', '192.168.1.5', 8083), ['ws://192.168.1.5:8083/mqtt']);
  });

  it('and the names of the machine are what its certificate is for', () => {
    assert.deepEqual(machineNames(addresses, 'bench'), [
      ...['localhost', 'bench', 'bench.local', '127.0.0.1', '::1', '2001:db8::5', '192.168.1.5', 'fe80::1'],
    ]);
    assert.deepEqual(machineNames([], 'my_bench!'), ['localhost', '127.0.0.1', '::1']);
  });

  it('come as a QR code, in a picture and in a terminal', () => {
    assert.match(qrSvg('mqtt://192.168.1.5:1883'), /^<svg [^]*<\/svg>$/);
    const lines = qrLines('mqtt://192.168.1.5:1883');
    assert.ok(lines.length >= 12);
    assert.equal(new Set(lines.map((line) => line.length)).size, 1);
  });
});
