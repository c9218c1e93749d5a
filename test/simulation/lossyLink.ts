import { encodeUtf8 } from '../../src/base/utf8';
import { PacketWriter } from '../../src/protocol/codec';
import type { Connect, Publish, QoS } from '../../src/protocol/controlPacket';
import { ClientConnection } from '../../src/session/clientConnection';
import { ServerConnection } from '../../src/session/serverConnection';
import type { ServerCommand } from '../../src/session/serverContract';
import { SessionState } from '../../src/session/sessionState';
import { outboundMessage } from '../support/outboundMessage';
import { a } from '../support/packets';
import { randomFrom } from '../support/random';

export interface LossyLinkOptions {
  readonly seed: number;
  readonly connect: Connect;
  readonly qos: QoS;
  /** How many messages each side publishes. */
  readonly messages: number;
  /** How often a step breaks the connection, 0 to 1. */
  readonly loss: number;
}

/** What each side got, in order, and how often the connection broke. */
export interface Exchanged {
  readonly atServer: readonly string[];
  readonly atClient: readonly string[];
  readonly breaks: number;
}

/**
 * A client and a server that publish to each other over a link that delivers bytes in pieces of any size and breaks now
 * and then, losing what is under way in both directions. Both keep their Sessions. The same seed gives the same run.
 */
export function exchangeOverLossyLink(options: LossyLinkOptions): Exchanged {
  return new LossyLink(options).run();
}

class LossyLink {
  private readonly random: () => number;
  private readonly clientSession = new SessionState();
  private readonly serverSession = new SessionState();
  private sessionPresent = false;
  private client: ClientConnection;
  private server: ServerConnection;
  private toServer = new Uint8Array(0);
  private toClient = new Uint8Array(0);
  private at = 0;
  private isUp = false;
  private breaks = 0;
  private fromClient = 0;
  private fromServer = 0;
  private readonly atServer: string[] = [];
  private readonly atClient: string[] = [];

  constructor(private readonly options: LossyLinkOptions) {
    this.random = randomFrom(options.seed);
    [this.client, this.server] = this.connections();
  }

  run(): Exchanged {
    this.command('connect');
    while (!this.isDone) this.step();
    const { atServer, atClient, breaks } = this;
    return { atServer, atClient, breaks };
  }

  private get isDone(): boolean {
    const { messages } = this.options;
    const allSent = this.fromClient === messages && this.fromServer === messages;
    const quiet = this.toServer.length === 0 && this.toClient.length === 0;
    return this.isUp && allSent && quiet && this.clientSession.isEmpty && this.serverSession.isEmpty;
  }

  private step(): void {
    this.at++;
    const choice = this.random();
    const { messages, loss } = this.options;
    if (choice < loss && this.breaks < 500) this.break();
    else if (choice < 0.3 && this.isUp && this.fromClient < messages) this.command('publish');
    else if (choice < 0.5 && this.isUp && this.fromServer < messages) this.serve(this.fromServer++);
    else if (choice < 0.75) this.flowToServer();
    else this.flowToClient();
  }

  private flowToServer(): void {
    const length = Math.ceil(this.random() * this.toServer.length);
    const chunk = this.toServer.slice(0, length);
    this.toServer = this.toServer.slice(length);
    if (length > 0) this.toServerConnection(chunk);
  }

  private flowToClient(): void {
    const length = Math.ceil(this.random() * this.toClient.length);
    const chunk = this.toClient.slice(0, length);
    this.toClient = this.toClient.slice(length);
    if (length > 0) this.performClient(this.client.handle({ kind: 'bytes', at: this.at, chunk }));
  }

  /** Both ends lose what was under way and begin anew. */
  private break(): void {
    this.breaks++;
    this.isUp = false;
    this.toServer = new Uint8Array(0);
    this.toClient = new Uint8Array(0);
    const closed = { kind: 'transportClosed', at: this.at, failure: undefined } as const;
    this.client.handle(closed);
    this.server.handle(closed);
    [this.client, this.server] = this.connections();
    this.command('connect');
  }

  private connections(): [ClientConnection, ServerConnection] {
    const out = new PacketWriter();
    const { connect } = this.options;
    return [
      new ClientConnection({ connect, session: this.clientSession, out, connackPatience: 1e9 }),
      new ServerConnection({ out, maximumPacketSize: undefined }),
    ];
  }

  private command(what: 'connect' | 'publish'): void {
    const ticket = what === 'publish' ? ++this.fromClient : 0;
    const command =
      what === 'connect'
        ? ({ kind: 'connect' } as const)
        : ({ kind: 'publish', ticket, packet: this.message('c', ticket) } as const);
    this.performClient(this.client.handle({ kind: 'commands', at: this.at, commands: [command] }));
  }

  private serve(number: number): void {
    const packet = this.message('s', number + 1);
    this.tellServer({ kind: 'publish', message: outboundMessage(packet) });
  }

  private message(from: string, number: number): Publish {
    return a.publish(from, this.options.qos, 0, { payload: encodeUtf8(`${from}${number}`) });
  }

  private performClient(effects: ReturnType<ClientConnection['handle']>): void {
    for (const effect of effects) {
      if (effect.kind === 'close') throw new Error(`the client closed: ${JSON.stringify(effect.ending)}`);
      if (effect.kind === 'transmit') this.toServer = join(this.toServer, effect.bytes);
      if (effect.kind !== 'deliver') continue;
      for (const packet of effect.packets) {
        if (packet.type === 'connected') this.isUp = true;
        else if (packet.type === 'PUBLISH') this.atClient.push(text(packet));
      }
    }
  }

  private toServerConnection(chunk: Uint8Array): void {
    const effects = this.server.handle({ kind: 'bytes', at: this.at, chunk });
    this.performServer(effects);
  }

  private tellServer(command: ServerCommand): void {
    this.performServer(this.server.handle({ kind: 'commands', at: this.at, commands: [command] }));
  }

  private performServer(effects: ReturnType<ServerConnection['handle']>): void {
    for (const effect of effects) {
      if (effect.kind === 'close') throw new Error(`the server closed: ${JSON.stringify(effect.ending)}`);
      if (effect.kind === 'transmit') this.toClient = join(this.toClient, effect.bytes);
      if (effect.kind !== 'deliver') continue;
      for (const packet of effect.packets) {
        if (packet.type === 'CONNECT') {
          const acceptance = {
            session: this.serverSession,
            sessionPresent: this.sessionPresent,
            properties: {},
            queueBytes: 1e9,
          };
          this.sessionPresent = true;
          this.tellServer({ kind: 'accept', acceptance });
        } else if (packet.type === 'PUBLISH') {
          this.atServer.push(text(packet));
          this.tellServer({ kind: 'acknowledge', answers: [0] });
        }
      }
    }
  }
}

function text({ payload }: Publish): string {
  return Buffer.from(payload).toString();
}

function join(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
