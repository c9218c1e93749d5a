import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { durationText } from '../../../src/base/duration';
import type { Exchange, LinkedPacket } from '../../../src/inspector/analysisContract';
import { LightElement } from '../lightElement';
import './exchangeStrip.css';
import { exchangeName, exchangeOutcome, roleText } from './exchangeText';

/** The sequence numbers of packets that belong together. */
export type LinkedSequences = ReadonlySet<number>;

export type AskExchanges = (sequence: number) => Promise<readonly Exchange[]>;

/** Milliseconds after which an answer that was still to come is looked for again. */
const askAgain = 1_000;
/** How many packets of one exchange are shown: those sent again may be many. */
const mostShown = 24;

/**
 * The exchanges that a packet belongs to: what answers what, and how long it took. Fires `exchanges-known` with the packets
 * that belong together, and `packet-wanted` with the sequence number of one of them.
 */
export class ExchangeStrip extends LightElement {
  static override properties = { sequence: { attribute: false }, exchanges: { state: true } };

  sequence: number | undefined = undefined;
  ask: AskExchanges | undefined = undefined;
  private exchanges: readonly Exchange[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined = undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
    this.tell([]);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('sequence')) return;
    this.exchanges = [];
    this.tell([]);
    this.load();
  }

  protected override render() {
    return this.exchanges.map((exchange) => this.strip(exchange));
  }

  private strip(exchange: Exchange): TemplateResult {
    const { packets, outcome } = exchange;
    const bad =
      outcome === 'unanswered' || outcome === 'refused' || packets.some(({ role }) => role === 'repeated');
    const shown = packets.slice(0, mostShown);
    return html`<div class="exchange ${bad ? 'bad' : ''}" role="group" aria-label=${exchangeName(exchange)}>
      <span class="codicon codicon-${bad ? 'warning' : 'link'}" aria-hidden="true"></span>
      <span class="exchange-name">${exchangeName(exchange)}</span>
      <ol>
        ${shown.map((packet, index) => this.link(packet, packets[index - 1]))}
      </ol>
      ${packets.length > shown.length ? html`<span class="hint">and ${packets.length - shown.length} more</span>` : nothing}
      <span class="exchange-outcome">${exchangeOutcome(exchange)}</span>
    </div>`;
  }

  private link(packet: LinkedPacket, before: LinkedPacket | undefined): TemplateResult {
    const { sequence, packetType, at } = packet;
    const role = roleText(packet);
    const isThis = sequence === this.sequence;
    return html`<li>
      ${before ? html`<span class="hint">+${durationText(at - before.at)}</span>` : nothing}
      <button
        type="button"
        class="packet-link ${isThis ? 'current' : ''}"
        aria-current=${isThis ? 'true' : nothing}
        title=${isThis ? 'The packet that is shown' : `Show packet #${sequence}`}
        @click=${() => this.show(sequence)}
      >
        #${sequence} ${packetType}
      </button>
      ${role === '' ? nothing : html`<span class="hint">${role}</span>`}
    </li>`;
  }

  private show(sequence: number): void {
    if (sequence === this.sequence) return;
    this.dispatchEvent(new CustomEvent('packet-wanted', { detail: sequence, bubbles: true }));
  }

  private load(): void {
    clearTimeout(this.timer);
    const { sequence, ask } = this;
    if (sequence === undefined || !ask) return;
    ask(sequence).then(
      (exchanges) => {
        if (sequence === this.sequence && this.isConnected) this.arrived(exchanges);
      },
      // A packet without its strip is a packet still; the panel tells of a host that does not answer.
      (error: unknown) =>
        this.dispatchEvent(new CustomEvent('strip-failed', { detail: error, bubbles: true })),
    );
  }

  private arrived(exchanges: readonly Exchange[]): void {
    this.exchanges = exchanges;
    this.tell(exchanges);
    if (exchanges.some(({ outcome }) => outcome === 'waiting')) {
      this.timer = setTimeout(() => this.load(), askAgain);
    }
  }

  /** A packet alone belongs together with none. */
  private tell(exchanges: readonly Exchange[]): void {
    const several = exchanges.filter(({ packets }) => packets.length > 1);
    const linked = new Set(several.flatMap(({ packets }) => packets.map(({ sequence }) => sequence)));
    this.dispatchEvent(new CustomEvent('exchanges-known', { detail: linked, bubbles: true }));
  }
}

customElements.define('mqtt-exchange-strip', ExchangeStrip);
