import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { encode } from '../../src/protocol/codec';
import type { ControlPacket, ProtocolVersion } from '../../src/protocol/controlPacket';
import { noProperties } from '../../src/protocol/properties';
import { clientCapture } from '../support/pcapng';
import type { Segment } from '../support/pcapng';
import { requiredPeer, requirePeer } from '../support/peers';
import type { TsharkFields } from '../support/tsharkForm';
import { expectedTsharkFields, shownTsharkFields } from '../support/tsharkForm';
import { loadVectors } from '../support/vectors';

/*
 * tshark dissects each packet that we encode behind a CONNECT of its version, on a connection of its own: one capture
 * with all of them, one run of tshark.
 */

interface Case {
  readonly file: string;
  readonly name: string;
  readonly version: ProtocolVersion;
  readonly packet: ControlPacket;
}

/** What does not fit one segment is left to the other peers. */
const largest = 60_000;
const cases: readonly Case[] = loadVectors().flatMap(({ packet, ...vector }) =>
  packet && vector.bytes.length <= largest ? [{ ...vector, packet }] : [],
);

function connect(version: ProtocolVersion): Uint8Array {
  const header = {
    protocolName: version === 3 ? 'MQIsdp' : 'MQTT',
    protocolVersion: version,
    cleanStart: true,
  } as const;
  const rest = { keepAlive: 60, properties: noProperties, clientIdentifier: 'c' };
  return encode(
    { type: 'CONNECT', ...header, ...rest, will: undefined, userName: undefined, password: undefined },
    version,
  );
}

/** The fields that tshark shows of each case's packet, in their order. */
function runTshark(): readonly TsharkFields[] {
  const segments = cases.map(({ packet, version }, index): readonly Segment[] => {
    const clientPort = 10_000 + index;
    const first = packet.type === 'CONNECT' ? [] : [{ clientPort, payload: connect(version) }];
    return [...first, { clientPort, payload: encode(packet, version) }];
  });
  const folder = mkdtempSync(path.join(tmpdir(), 'mqtt-tshark-'));
  try {
    const capture = path.join(folder, 'vectors.pcapng');
    writeFileSync(capture, clientCapture(segments.flat()));
    const options = ['-r', capture, '-T', 'json', '--no-duplicate-keys', '-J', 'mqtt'];
    const output = execFileSync(requiredPeer('tshark'), options, {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      env: { ...process.env, HOME: folder }, // A person's own preferences could change what is shown.
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const frames = (JSON.parse(output) as readonly { _source: { layers: Record<string, unknown> } }[]).map(
      ({ _source }) => shownTsharkFields(_source.layers['mqtt']),
    );
    assert.equal(frames.length, segments.flat().length, 'a frame for each segment');
    let frame = -1;
    return segments.map(({ length }) => frames[(frame += length)] ?? {});
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('tshark shows the packets that we encode with the same values', function () {
  this.timeout(60_000);
  let shown: readonly TsharkFields[] = [];
  before(function () {
    requirePeer(this, 'tshark');
    shown = runTshark();
  });

  for (const file of new Set(cases.map((one) => one.file))) {
    it(`vectors of ${file}`, () => {
      for (const [index, one] of cases.entries()) {
        if (one.file === file)
          assert.deepEqual(shown[index], expectedTsharkFields(one.packet, one.version), one.name);
      }
    });
  }
});
