import { html, nothing, type TemplateResult } from 'lit';
import { assertNever } from '../../src/base/assert';
import { grouped } from '../../src/base/grouped';
import { clauseStatement } from '../../src/protocol/clauseStatements';
import type { ProtocolVersion } from '../../src/protocol/controlPacket';
import type { FieldNode } from '../../src/protocol/dissect';
import { reasonCodeName } from '../../src/protocol/reasonCodes';
import { showHex } from '../../src/protocol/show';
import { versionNames } from '../../src/protocol/versionNames';
import {
  describeViolation,
  violationTable,
  type Severity,
  type Violation,
} from '../../src/protocol/violations';
import type { TreeRow } from './fieldTreeModel';
import './hoverCard.css';
import { LightElement } from './lightElement';
import { severityIcons } from './packetRow';

/** Milliseconds that a pointer rests on a row before its card shows: as long as VS Code's own hovers wait. */
const patience = 500;
/** Pixels between a row and its card. */
const distance = 2;

/** What there is to say of a field: its place, what defines it, and the rules it breaks with their usual causes. */
export class HoverCard extends LightElement {
  static override properties = { version: { attribute: false }, shown: { state: true } };

  version: ProtocolVersion = 5;
  private shown:
    | { readonly row: TreeRow; readonly violations: readonly Violation[]; readonly by: HTMLElement }
    | undefined = undefined;
  private next: TreeRow | undefined = undefined;
  private timer: ReturnType<typeof setTimeout> | undefined = undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.hide();
  }

  showSoon(row: TreeRow, violations: readonly Violation[], by: HTMLElement): void {
    if (row === this.next) return;
    this.hide();
    this.next = row;
    this.timer = setTimeout(() => this.show(row, violations, by), patience);
  }

  show(row: TreeRow, violations: readonly Violation[], by: HTMLElement): void {
    clearTimeout(this.timer);
    this.next = row;
    this.shown = { row, violations, by };
  }

  hide(): void {
    clearTimeout(this.timer);
    this.next = undefined;
    this.shown = undefined;
  }

  protected override render() {
    if (!this.shown) return nothing;
    const { row, violations } = this.shown;
    return html`<div class="hover-card" role="tooltip">
      ${row.kind === 'field' ? this.field(row.field) : nothing}
      ${violations.map((violation) => this.violation(violation))}
    </div>`;
  }

  protected override updated(): void {
    const card = this.querySelector<HTMLElement>('.hover-card');
    if (!card || !this.shown) return;
    const row = this.shown.by.getBoundingClientRect();
    const { width, height } = card.getBoundingClientRect();
    const below = row.bottom + distance + height <= window.innerHeight;
    card.style.left = `${Math.max(0, Math.min(row.left + 24, window.innerWidth - width))}px`;
    card.style.top = `${Math.max(0, below ? row.bottom + distance : row.top - distance - height)}px`;
  }

  private field({ label, value, section, start, end, bits }: FieldNode): TemplateResult {
    const length = end - start;
    const bytes = length === 1 ? `byte ${start}` : `bytes ${start} – ${end - 1} (${grouped(length)})`;
    const range =
      bits && (bits.high === bits.low ? `bit ${bits.high} of ` : `bits ${bits.high}-${bits.low} of `);
    const place = length === 0 ? `no byte, at ${start}` : `${range ?? ''}${bytes}`;
    return html`<p class="hover-title">${label}</p>
      ${value === undefined ? nothing : html`<p class="hover-value">${value}</p>`}
      <p class="hover-place">
        ${place}${section === '' ? nothing : ` · section ${section} of MQTT ${versionNames[this.version === 3 ? 4 : this.version]}`}
      </p>`;
  }

  private violation(violation: Violation): TemplateResult {
    const { message, cause, clause, severity } = describeViolation(violation, this.version);
    const { reasonCode } = violationTable[violation.id];
    const statement = clauseStatement(violation, this.version);
    const answered = severity === 'violation' && reasonCode >= 0x80 && this.version === 5;
    return html`<div class="hover-violation ${severity}">
      <p>
        <span class="codicon codicon-${severityIcons[severity]}" aria-hidden="true"></span>
        <span class="clause">${clause}</span> · ${severityText(severity)}
      </p>
      ${statement === undefined ? nothing : html`<p class="clause-text">${statement}</p>`}
      <p>${message}</p>
      <p>Usual cause: ${cause}</p>
      ${
        answered
          ? html`<p class="hover-place">
              Answered with Reason Code ${showHex(reasonCode)}, ${reasonCodeName(reasonCode, 'DISCONNECT', 5)}
            </p>`
          : nothing
      }
    </div>`;
  }
}

function severityText(severity: Severity): string {
  switch (severity) {
    case 'violation':
      return 'breaks the specification';
    case 'deprecated':
      return 'allowed, but discouraged';
    case 'suspicious':
      return 'allowed, but seldom meant';
    default:
      return assertNever(severity);
  }
}

customElements.define('mqtt-hover-card', HoverCard);
