import assert from 'node:assert/strict';
import type { ClientOptions } from '../../src/client/clientOptions';
import { connectPacket } from '../../src/client/clientOptions';

describe('The CONNECT of a client', () => {
  const options: ClientOptions = {
    version: 'automatic',
    clientIdentifier: 'c',
    cleanStart: true,
    keepAlive: 0,
    topicAliasMaximum: 0,
    properties: { maximumPacketSize: 60, receiveMaximum: 1 },
  };

  it('has the Properties that were asked for in 5.0 (3.1.2.11)', () => {
    assert.deepEqual(connectPacket(options, 5).properties, options.properties);
  });

  for (const version of [3, 4] as const) {
    it(`has none in version ${version}, so that no server is held to what it was not told`, () => {
      assert.deepEqual(connectPacket(options, version).properties, {});
    });
  }
});
