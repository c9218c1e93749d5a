import assert from 'node:assert/strict';
import { type TransportFailure, TransportFailureError } from '../../src/base/transportFailure';
import type { StepListener } from '../../src/session/effects';
import type { Endpoint } from '../../src/transport/endpoint';
import { openTransport } from '../../src/transport/openTransport';
import { Ears } from './ears';

/** Why an endpoint cannot be opened; fails where it can. */
export async function failureOf(
  endpoint: Endpoint,
  timeout = 5000,
  stepBegan?: StepListener,
): Promise<TransportFailure> {
  try {
    const transport = await openTransport(endpoint, { timeout, stepBegan });
    transport.dispose();
  } catch (error) {
    if (error instanceof TransportFailureError) return error.failure;
    throw error;
  }
  return assert.fail('It was opened');
}

/** Opens an endpoint whose server sends back what it gets, and sees that it does, byte for byte, both ways. */
export async function echoes(endpoint: Endpoint): Promise<Ears> {
  const ears = new Ears(await openTransport(endpoint, { timeout: 5000 }));
  const bytes = Uint8Array.from({ length: 256 }, (_, value) => value);
  // The transport owns what it is given.
  ears.transport.write(bytes.slice());
  await ears.until(() => ears.bytes.length === bytes.length || ears.ended !== undefined);
  assert.deepEqual(new Uint8Array(ears.bytes), bytes);
  return ears;
}
