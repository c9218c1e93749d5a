import assert from 'node:assert/strict';
import { ConnectionCapture } from '../../../src/capture/connectionCapture';
import { PacketLog } from '../../../src/capture/packetLog';
import { addressBytes, capturedEndpoints } from '../../../src/capture/pcap/capturedEndpoints';
import { endpointText } from '../../../src/capture/pcap/endpoints';
import { encode } from '../../../src/protocol/codec';
import { a } from '../../support/packets';

const local = { address: '127.0.0.1', port: 50_000 };
const remote = { address: '::ffff:10.0.0.1', port: 8883 };

function shown(direction: 'in' | 'out', ends = { local, remote }): readonly string[] | undefined {
  const log = new PacketLog({ byteBudget: 1 << 20 });
  const capture = new ConnectionCapture(log, 'bench');
  capture.ends(ends);
  capture.chunk(direction, encode(a.connect(), 5), 1);
  const found = capturedEndpoints(log, capture.connection);
  return found && [endpointText(found.client), endpointText(found.server)];
}

describe('The ends of a captured connection', () => {
  it('are those of its transport: the client is who sent CONNECT', () => {
    assert.deepEqual(shown('out'), ['127.0.0.1:50000', '10.0.0.1:8883']);
    assert.deepEqual(shown('in'), ['10.0.0.1:8883', '127.0.0.1:50000']);
  });

  it('are unknown where one is no address, or they are of two kinds', () => {
    assert.equal(shown('out', { local, remote: { address: 'unknown', port: 1 } }), undefined);
    assert.equal(shown('out', { local, remote: { address: '::1', port: 1 } }), undefined);
    const log = new PacketLog({ byteBudget: 1 << 20 });
    assert.equal(capturedEndpoints(log, log.openConnection('bench')), undefined);
  });

  const addresses: readonly [text: string, shown: string | undefined][] = [
    ['1.2.3.4', '1.2.3.4:1'],
    ['::', '[::]:1'],
    ['::1', '[::1]:1'],
    ['fe80::1%eth0', '[fe80::1]:1'],
    ['2001:db8:0:0:1:0:0:1', '[2001:db8::1:0:0:1]:1'],
    ['::FFFF:1.2.3.4', '1.2.3.4:1'],
    ['1.2.3', undefined],
    ['1.2.3.256', undefined],
    ['1:2:3', undefined],
    ['1::2::3', undefined],
    ['1:2:3:4:5:6:7::8', undefined],
    ['1:2:3:4:5:6:7:8:9', undefined],
    ['::g', undefined],
    ['', undefined],
  ];
  for (const [text, expected] of addresses) {
    it(`of “${text}” ${expected === undefined ? 'are none' : `are ${expected}`}`, () => {
      const address = addressBytes(text);
      assert.equal(address && endpointText({ address, port: 1 }), expected);
    });
  }
});
