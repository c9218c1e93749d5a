import type { ClientFailure, ClientState } from '../../src/client/mqttClient';
import type { ClientPlan } from './scenario';
import { lastingGoodbyes } from './scenario';

/** Whether a client tries for as long as it should: only what cannot heal ends its attempts, and that ends them at once. */
export class Perseverance {
  /** How many connections in a row the server closed in order. */
  private closings = 0;

  constructor(
    private readonly reconnects: ClientPlan['reconnects'],
    private readonly complain: (what: string) => void,
  ) {}

  heard(state: ClientState): void {
    if (state.state === 'reconnecting' && isLasting(state.failure)) {
      this.complain(`the client tries again after ${state.failure.kind}`);
    }
    const { closings } = this;
    if (state.state === 'reconnecting') this.closings = isClosing(state.failure) ? closings + 1 : 0;
    if (state.state !== 'disconnected') return;
    this.closings = 0;
    if (!state.failure || this.reconnects !== 'always') return;
    // A server that has closed one connection after the other is left to the client that it seems to prefer.
    if (isClosing(state.failure) && closings >= 2) return;
    if (!isLasting(state.failure)) this.complain(`the client gives up after ${state.failure.kind}`);
  }
}

/** The server ended in order what it had accepted. */
function isClosing(failure: ClientFailure): boolean {
  return failure.kind === 'closedByServer' && !failure.duringConnect;
}

/** Of what happens here: a store that is broken, a server that wants this client to stay away. */
function isLasting(failure: ClientFailure): boolean {
  if (failure.kind === 'storeFailed') return failure.failure.code === 'unusable';
  return failure.kind === 'disconnectedByServer' && lastingGoodbyes.includes(failure.reasonCode);
}
