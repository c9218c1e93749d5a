import { concatBytes } from '../../src/base/bytes';
import { encodeUtf8 } from '../../src/base/utf8';
import { ConnectionCapture } from '../../src/capture/connectionCapture';
import { PacketLog } from '../../src/capture/packetLog';
import { writePcapng } from '../../src/capture/pcap/pcapngWriter';
import { encode } from '../../src/protocol/codec';
import { a } from './packets';

/** A pcapng file of one connection of 5.0: CONNECT, CONNACK and `publishes` PUBLISH packets with payloads of so many bytes. */
export function savedCapture(publishes: number, payloadBytes = 8): Uint8Array {
  const log = new PacketLog({ byteBudget: 2 ** 30 });
  const capture = new ConnectionCapture(log, 'saved');
  let at = 1_700_000_000_000;
  capture.chunk('out', encode(a.connect({ clientIdentifier: 'saved' }), 5), at);
  capture.chunk('in', encode(a.connack(), 5), ++at);
  for (let index = 0; index < publishes; index++) {
    const payload = encodeUtf8(String(index).padStart(payloadBytes, '0'));
    capture.chunk('in', encode(a.publish(`saved/${index % 10}`, 0, 0, { payload }), 5), ++at);
  }
  capture.closed(++at);
  const sequences = Array.from({ length: log.end - log.first }, (_, index) => log.first + index);
  return concatBytes([
    ...writePcapng(log, sequences, { application: 'MQTT Workbench', conceal: (bytes) => bytes }),
  ]);
}
