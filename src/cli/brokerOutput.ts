import { toBase64 } from '../base/base64';
import type { SessionStoreFailure } from '../base/sessionStoreError';
import { isLoopback } from '../broker/access/userAccess';
import type { Broker } from '../broker/broker';
import type { RefusedConnection } from '../session/effects';
import type { ListenerAddress } from '../transport/machineAddresses';
import {
  brokenClause,
  connectedLine,
  deniedLine,
  droppedLine,
  endedLine,
  endedText,
  failedLine,
  mistakenClause,
  mistakenLine,
  takenOverLine,
} from './brokerLog';
import type { OutputForm } from './brokerSettings/coherence';
import type { ListenerSetting } from './brokerSettings/listenSetting';
import { refusedText } from './refusedText';
import type { Terminal } from './terminal';
import { qrLines } from '../base/qrCode';

/** Tells what a broker does: lines for people, or an object of JSON a line. */
export class BrokerOutput {
  constructor(
    private readonly terminal: Terminal,
    private readonly form: OutputForm,
    private readonly now: () => number,
  ) {}

  watch(broker: Broker): void {
    broker.onDidConnect((client) => this.tell('connected', client, connectedLine(client)));
    broker.onDidDisconnect((ended) => {
      const clause = brokenClause(ended);
      const fields = { ...ended, receivedPackets: undefined, text: endedText(ended), clause };
      this.tell('disconnected', fields, endedLine(ended));
    });
    broker.onDidTakeOver((taken) => this.tell('takenOver', taken, takenOverLine(taken)));
    broker.onDidDeny((denied) => this.tell('denied', denied, deniedLine(denied)));
    broker.onDidMistake((mistaken) => {
      // The first of them says it: there may be thousands.
      const fields = { ...mistaken, mistakes: undefined, clause: mistakenClause(mistaken) };
      this.tell('mistaken', fields, mistakenLine(mistaken));
    });
    broker.onDidDrop((dropped) => this.tell('dropped', dropped, droppedLine(dropped)));
    broker.onDidFail((failure) => this.fault('failed', failure, failedLine(failure)));
  }

  listening(listener: ListenerSetting, bound: string, addresses: readonly ListenerAddress[]): void {
    const { protocol } = listener;
    const urls = addresses.map(({ url }) => url);
    const names = { tcp: '', tls: ' (TLS)', ws: ' (WebSocket)', wss: ' (secure WebSocket)' };
    this.tell('listening', { protocol, address: bound, urls }, `listening on ${bound}${names[protocol]}`);
    const reached = addresses.filter(({ isLoopback }) => !isLoopback);
    if (this.form.json) return;
    for (const { url, interfaceName } of reached) this.terminal.out(`  ${url} on ${interfaceName}`);
    if (!this.form.qr) return;
    const [best] = reached;
    const shown = best ? qrLines(best.url) : [`  no QR code: ${unreachedText(listener, bound)}`];
    for (const line of shown) this.terminal.out(line);
  }

  refused(connection: RefusedConnection, listener: string): void {
    const { peer, failure } = connection;
    const text = refusedText(connection, this.now());
    // Not what it sent: a CONNECT on a port for TLS has its password in it.
    this.tell('refused', { peer, listener, failure, text }, `- ${peer}: ${text}`);
  }

  store(failure: SessionStoreFailure | undefined): void {
    if (!failure) return this.tell('stateKept', {}, 'the state is kept again');
    const detail = 'detail' in failure ? ` (${failure.detail})` : '';
    const text = `! the state cannot be kept: ${failure.code}${detail}; nothing is acknowledged until it can`;
    this.fault('stateNotKept', { failure }, text);
  }

  /** Of a start that failed; without JSON whoever runs commands says it. */
  notStarted(text: string): void {
    this.tell('notStarted', { text }, text);
  }

  stopped(): void {
    this.tell('stopped', {}, 'stopped');
  }

  notice(text: string): void {
    this.fault('notice', { text }, text);
  }

  private tell(event: string, fields: object, line: string): void {
    this.terminal.out(this.form.json ? this.eventLine(event, fields) : line);
  }

  /** With JSON everything is on standard output, in its order. */
  private fault(event: string, fields: object, line: string): void {
    if (this.form.json) this.terminal.out(this.eventLine(event, fields));
    else this.terminal.error(line);
  }

  private eventLine(event: string, fields: object): string {
    const at = new Date(this.now()).toISOString();
    return JSON.stringify({ event, at, ...fields }, (_key, value: unknown) => {
      if (value instanceof Uint8Array) return toBase64(value);
      return value instanceof Error ? value.message : value;
    });
  }
}

/** Why there is no address of a listener that other machines could be told. */
function unreachedText({ host }: ListenerSetting, bound: string): string {
  if (host === '0.0.0.0' || host === '::') return 'this machine has no address in a network';
  if (!isLoopback(bound)) return `${bound} is no address that a device could use as it is`;
  return `only this machine reaches ${bound}; with 0.0.0.0 (--host, or the address in --listen) devices do`;
}
