import assert from 'node:assert/strict';
import {
  capturedName,
  deviceName,
  namesOf,
  readConnectionName,
  shortName,
  steadyName,
} from '../../src/base/connectionName';

describe('The name of a connection', () => {
  const cases = [
    {
      name: deviceName('esp32', '192.168.1.31:50123'),
      read: { identifier: 'esp32', origin: '192.168.1.31', server: undefined },
      names: ['esp32 (192.168.1.31:50123)', 'esp32'],
    },
    {
      name: deviceName('a (b)\nc', '[fe80::1%eth0]:50123'),
      read: { identifier: 'a (b)\nc', origin: '[fe80::1%eth0]', server: undefined },
      names: ['a (b)\nc ([fe80::1%eth0]:50123)', 'a (b)\nc'],
    },
    {
      name: capturedName('esp32', '10.0.0.7:50123', '10.0.0.1:1883'),
      read: { identifier: 'esp32', origin: '10.0.0.7', server: '10.0.0.1:1883' },
      names: ['esp32 · 10.0.0.7:50123 → 10.0.0.1:1883', 'esp32 → 10.0.0.1:1883', 'esp32'],
    },
    {
      name: capturedName('x · y', '[::1]:5', '[::2]:1883'),
      read: { identifier: 'x · y', origin: '[::1]', server: '[::2]:1883' },
      names: ['x · y · [::1]:5 → [::2]:1883', 'x · y → [::2]:1883', 'x · y'],
    },
    {
      name: capturedName('', '10.0.0.7:50123', '10.0.0.1:1883'),
      read: { identifier: undefined, origin: '10.0.0.7', server: '10.0.0.1:1883' },
      names: ['10.0.0.7:50123 → 10.0.0.1:1883'],
    },
    ...['bench', 'bench (lab)', 'lab (10.0.0.1)', '10.0.0.7:50123', '10.0.0.7:5 (HTTP on an MQTT port)'].map(
      (name) => ({
        name,
        read: { identifier: undefined, origin: undefined, server: undefined },
        names: [name],
      }),
    ),
  ];

  for (const { name, read, names } of cases) {
    it(`tells ${JSON.stringify(read.identifier ?? 'nothing of its client')} where it is ${JSON.stringify(name)}`, () => {
      assert.deepEqual(readConnectionName(name), read);
      assert.deepEqual(namesOf(name), names);
      assert.equal(steadyName(name), names[1] ?? name);
      assert.equal(shortName(name), read.identifier ?? name);
    });
  }

  it('stays for the client that comes back from another port, and differs for another server', () => {
    const captured = (port: number, server: string) =>
      steadyName(capturedName('esp', `10.0.0.7:${port}`, server));
    assert.equal(captured(1, '10.0.0.1:1883'), captured(2, '10.0.0.1:1883'));
    assert.notEqual(captured(1, '10.0.0.1:1883'), captured(1, '10.0.0.1:1884'));
    assert.equal(steadyName(deviceName('esp', '10.0.0.7:1')), steadyName(deviceName('esp', '10.0.0.7:2')));
  });
});
