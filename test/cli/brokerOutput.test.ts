import assert from 'node:assert/strict';
import { qrLines } from '../../src/base/qrCode';
import { BrokerOutput } from '../../src/cli/brokerOutput';
import type { Terminal } from '../../src/cli/terminal';
import { addressText } from '../../src/transport/addressText';
import type { ListenerAddress } from '../../src/transport/machineAddresses';
import { BrokerBench } from '../support/brokerBench';
import { a } from '../support/packets';

/** An output and what it has written. */
function outputTo(form: { readonly json?: boolean; readonly qr?: boolean } = {}) {
  const lines: string[] = [];
  const nothing = () => Promise.reject(new Error('Nobody asks for it.'));
  const out = (line: string) => void lines.push(line);
  const terminal: Terminal = {
    ...{ out, error: out, input: nothing, secret: nothing, file: nothing, version: '0' },
  };
  return { lines, output: new BrokerOutput(terminal, { json: false, qr: false, ...form }, () => 0) };
}

const objects = (lines: readonly string[]) =>
  lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);

describe('What the broker in the terminal tells', () => {
  for (const json of [false, true]) {
    it(`is that messages for a client that is away are dropped, ${json ? 'in JSON' : 'in a line'}`, async () => {
      const { lines, output } = outputTo({ json });
      const bench = new BrokerBench({ queuedMessages: 1 });
      const away = await bench.client('away', { properties: { sessionExpiryInterval: 100 } });
      await away.send(a.subscribe(1, [a.subscription('t', 1)]), a.disconnect());
      const publisher = await bench.client('p');
      output.watch(bench.broker);
      for (let number = 1; number <= 3; number++) await publisher.send(a.publish('t', 1, number));
      if (json) {
        const dropped = { clientIdentifier: 'away', peer: 'memory:b', topic: 't', limit: 'queuedMessages' };
        assert.deepEqual(objects(lines), [{ event: 'dropped', at: new Date(0).toISOString(), ...dropped }]);
      } else {
        assert.deepEqual(lines, [
          '- "away" is away, and what comes for it is dropped: as many messages wait for it as --queued-messages allows',
        ]);
      }
    });
  }

  it('is the first of a thousand mistakes, with how many there are', async () => {
    const { lines, output } = outputTo({ json: true });
    const bench = new BrokerBench();
    const client = await bench.client('c');
    output.watch(bench.broker);
    await client.send(...Array.from({ length: 1000 }, () => a.acknowledgement('PUBACK', 7)));
    const [mistaken = {}] = objects(lines);
    assert.deepEqual(
      [mistaken['event'], mistaken['count'], mistaken['clause']],
      ['mistaken', 1000, 'MQTT-2.2.1-5'],
    );
    assert.ok((lines[0]?.length ?? 0) < 400);
  });

  for (const json of [false, true]) {
    it(`is a payload that is not the text it says it is, ${json ? 'in JSON' : 'in a line'}`, async () => {
      const { lines, output } = outputTo({ json });
      const bench = new BrokerBench();
      const client = await bench.client('c');
      output.watch(bench.broker);
      const said = { payload: Uint8Array.of(0xff), properties: { payloadFormatIndicator: 1 } } as const;
      await client.send(a.publish('t', 0, 0, said));
      if (json) {
        const [{ event, clause, clientIdentifier } = {}] = objects(lines);
        assert.deepEqual([event, clause, clientIdentifier], ['mistaken', '3.3.2.3.2', 'c']);
      } else
        assert.match(
          lines.join(),
          /^- "c" from memory:b: protocol violation \[3\.3\.2\.3\.2\]: The payload is not UTF-8 at byte 0/,
        );
    });
  }
});

describe('The QR code of a listener', () => {
  const listener = { protocol: 'tls', host: '127.0.0.1', port: 8883 } as const;
  const loopback: ListenerAddress = {
    ...{ address: '127.0.0.1', interfaceName: 'lo', isLoopback: true },
    family: 'IPv4',
    url: 'mqtts://127.0.0.1:8883',
  };
  const reached = { ...loopback, address: '10.0.0.1', interfaceName: 'eth0', isLoopback: false };

  it('is that of the address by which others reach it', () => {
    const { lines, output } = outputTo({ qr: true });
    const every = { ...listener, host: '0.0.0.0' };
    output.listening(every, '0.0.0.0:8883', [{ ...reached, url: 'mqtts://10.0.0.1:8883' }, loopback]);
    assert.deepEqual(lines.slice(0, 2), [
      'listening on 0.0.0.0:8883 (TLS)',
      '  mqtts://10.0.0.1:8883 on eth0',
    ]);
    assert.deepEqual(lines.slice(2), qrLines('mqtts://10.0.0.1:8883'));
  });

  for (const [what, host, addresses, text] of [
    [
      'only this machine reaches it',
      '127.0.0.1',
      [loopback],
      'only this machine reaches 127.0.0.1:8883; with 0.0.0.0 (--host, or the address in --listen) devices do',
    ],
    ['this machine is in no network', '0.0.0.0', [loopback], 'this machine has no address in a network'],
    [
      'its address counts on one link alone',
      'fe80::1',
      [],
      '[fe80::1]:8883 is no address that a device could use as it is',
    ],
  ] as const) {
    it(`is none where ${what}, which is said`, () => {
      const { lines, output } = outputTo({ qr: true });
      const bound = addressText(host, listener.port);
      output.listening({ ...listener, host }, bound, addresses);
      assert.deepEqual(lines.slice(1), [`  no QR code: ${text}`]);
    });
  }

  it('is not missed where nobody asked for it', () => {
    const { lines, output } = outputTo();
    output.listening(listener, '127.0.0.1:8883', [loopback]);
    assert.deepEqual(lines, ['listening on 127.0.0.1:8883 (TLS)']);
  });
});
