import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import type { VscodeSingleSelect } from '@vscode-elements/elements/dist/vscode-single-select/index.js';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { assertNever } from '../../src/base/assert';
import { steadyName } from '../../src/base/connectionName';
import type { LogRow } from '../../src/inspector/contract';
import type { TopicStep } from '../../src/inspector/payloadContract';
import { ruleFor, type PayloadRule } from '../../src/inspector/payloadRules';
import {
  chooseForm,
  formName,
  isPayloadMode,
  payloadModes,
  type ChosenForm,
  type PayloadMode,
} from '../../src/payload/payloadMode';
import { showBytes } from '../../src/protocol/show';
import './byteView';
import { smallButton } from './smallButton';
import { LightElement } from './lightElement';
import type { CarriedPayload } from './packetContents';
import { compareWithPrevious, type Comparison } from './payload/comparison';
import './payload/diffView';
import './payload/imageView';
import { JsonRows } from './payload/jsonRows';
import './payload/jsonTreeView';
import type { PayloadAccess } from './payload/payloadAccess';
import { beginning, payloadContent, type ShownPayload } from './payload/payloadContent';
import './payload/textView';
import './payloadView.css';

type Shown = (ShownPayload & { readonly rows: JsonRows | undefined }) | 'loading' | 'gone';

/** What a packet carries for applications: as a tree, text, bytes or an image. Fires `mode-changed` with the person's choice. */
export class PayloadView extends LightElement {
  static override properties = {
    payload: { attribute: false },
    sequence: { attribute: false },
    row: { attribute: false },
    mode: { attribute: false },
    rules: { attribute: false },
    access: { attribute: false },
    shown: { state: true },
    comparing: { state: true },
    comparison: { state: true },
    said: { state: true },
  };

  payload: CarriedPayload | undefined = undefined;
  sequence = 0;
  row: LogRow | undefined = undefined;
  mode: PayloadMode = 'auto';
  rules: readonly PayloadRule[] = [];
  access: PayloadAccess | undefined = undefined;
  private shown: Shown = 'loading';
  /** Whether the difference to the previous message is shown; stays from packet to packet. */
  private comparing = false;
  private comparison: Comparison | undefined = undefined;
  /** What a button could not do. */
  private said: string | undefined = undefined;
  private choice: ChosenForm = { form: 'hex', because: 'look' };

  protected override willUpdate(changed: PropertyValues): void {
    const isNew = changed.has('payload') || changed.has('sequence');
    if (isNew) this.said = undefined;
    const chosenBefore = this.choice;
    if (isNew || changed.has('mode') || changed.has('rules')) this.choose();
    if (isNew || this.choice.form !== chosenBefore.form) this.load(isNew);
    if (isNew || changed.has('comparing') || this.choice.form !== chosenBefore.form) this.compare();
  }

  protected override render() {
    const { payload } = this;
    if (!payload) return nothing;
    return html`${this.head(payload)}
    ${this.said === undefined ? nothing : html`<p class="notice" role="status">${this.said}</p>`}
    ${this.comparing ? this.difference() : this.content(payload)}`;
  }

  private get rule(): PayloadRule | undefined {
    return ruleFor(this.rules, this.row?.topic);
  }

  private choose(): void {
    const { payload, rule } = this;
    if (!payload) return;
    const mode = this.mode === 'auto' && rule ? rule.as : this.mode;
    const { bytes, contentType } = payload;
    const choice = chooseForm(mode, contentType, beginning(bytes), bytes.length);
    if (choice.form !== this.choice.form || choice.because !== this.choice.because) this.choice = choice;
  }

  private load(isNew: boolean): void {
    const { payload, choice, access } = this;
    if (!payload) return;
    if (isNew) this.shown = 'loading';
    const isCurrent = (): boolean => this.payload === payload && this.choice.form === choice.form;
    payloadContent(payload.bytes, choice.form)
      .then((shown) => {
        if (!isCurrent()) return;
        const rows = shown?.content.form === 'json' ? new JsonRows(shown.content.tree) : undefined;
        this.shown = shown ? { ...shown, rows } : 'gone';
      })
      .catch((error: unknown) => access?.failed(error));
  }

  private compare(): void {
    const { payload, sequence, access, choice, comparing } = this;
    this.comparison = undefined;
    if (!comparing || !payload || !access) return;
    compareWithPrevious(access, sequence, payload.bytes, choice.form)
      .then((comparison) => {
        if (this.payload === payload && this.choice.form === choice.form) this.comparison = comparison;
      })
      .catch((error: unknown) => access.failed(error));
  }

  private head(payload: CarriedPayload): TemplateResult {
    const { shown } = this;
    const form = typeof shown === 'object' ? shown.content.form : this.choice.form;
    return html`<div class="pane-head payload-head">
      <span class="title">${payload.label}</span>
      <span class="place size">${showBytes(payload.bytes.length)}</span>
      <span class="place" title="${formName(form)}${this.reason()}">${formName(form)}${this.reason()}</span>
      <span class="grow"></span>
      ${this.row?.topic === undefined ? nothing : this.topicButtons(this.row.topic)}
      <vscode-single-select
        label="Show the payload as"
        .value=${this.mode}
        @change=${(event: Event) => this.modeChosen(event)}
      >
        ${payloadModes.map(
          (mode) =>
            html`<vscode-option value=${mode}
              >${mode === 'auto' ? 'Automatic' : formName(mode)}</vscode-option
            >`,
        )}
      </vscode-single-select>
    </div>`;
  }

  /** Why it is shown so, where neither the person nor the look decided. */
  private reason(): string {
    const { rule, payload } = this;
    if (this.mode !== 'auto') return '';
    if (rule) return `, by the rule for ${rule.topic}`;
    if (this.choice.because === 'contentType') return `, by Content Type ${payload?.contentType ?? ''}`;
    return '';
  }

  private topicButtons(topic: string): TemplateResult {
    const { mode, rule } = this;
    return html`${smallButton('Previous message of the topic', 'arrow-up', () => this.step('previous'))}
      <button
        type="button"
        class="small-button"
        title="Difference to the previous message of the topic"
        aria-label="Difference to the previous message of the topic"
        aria-pressed=${this.comparing}
        @click=${() => (this.comparing = !this.comparing)}
      >
        <span class="codicon codicon-diff" aria-hidden="true"></span>
      </button>
      ${smallButton('Next message of the topic', 'arrow-down', () => this.step('next'))}
      ${this.access?.actions.map(({ label, icon, run }) =>
        smallButton(label, icon, () => run(this.sequence)),
      )}
      ${
        mode !== 'auto'
          ? smallButton(`Always show ${formName(mode)} for this topic…`, 'pin', () =>
              this.remember(topic, mode),
            )
          : rule
            ? smallButton(`Forget the rule for ${rule.topic}`, 'pinned', () => this.remember(topic, 'auto'))
            : nothing
      }`;
  }

  private content(payload: CarriedPayload): TemplateResult {
    const { shown } = this;
    if (shown === 'loading')
      return html`<p class="placeholder">Loading ${showBytes(payload.bytes.length)}…</p>`;
    if (shown === 'gone') return html`<p class="placeholder">The packet is no longer in the log.</p>`;
    return html`${shown.notices.map((notice) => html`<p class="notice">${notice}</p>`)}
    ${this.inForm(payload, shown)}`;
  }

  private inForm(
    { bytes, label }: CarriedPayload,
    { content, rows }: ShownPayload & { rows: JsonRows | undefined },
  ) {
    switch (content.form) {
      case 'json':
        return html`<mqtt-json-tree
          .rows=${rows}
          .label=${label}
          .chartable=${this.isChartable}
          .filterable=${this.row?.topic !== undefined}
          @filter-by=${(event: CustomEvent<string>) => this.access?.narrow(event.detail)}
          @chart-path=${(event: CustomEvent<string>) => this.chart(event.detail)}
        ></mqtt-json-tree>`;
      case 'text':
        return html`<mqtt-payload-text
          .bytes=${bytes}
          .label=${label}
          .failed=${(error: unknown) => this.access?.failed(error)}
        ></mqtt-payload-text>`;
      case 'hex':
        return html`<mqtt-byte-view .bytes=${bytes} .label=${`${label} in hexadecimal`}></mqtt-byte-view>`;
      case 'image':
        return html`<mqtt-payload-image
          .bytes=${content.bytes}
          .type=${content.type}
          .label=${label}
        ></mqtt-payload-image>`;
      default:
        return assertNever(content);
    }
  }

  private difference(): TemplateResult {
    const { comparison } = this;
    if (!comparison)
      return html`<p class="placeholder">Comparing with the previous message of the topic…</p>`;
    return html`<mqtt-payload-diff
      .rows=${comparison.rows}
      .summary=${comparison.summary}
    ></mqtt-payload-diff>`;
  }

  private get isChartable(): boolean {
    return this.row?.topic !== undefined && this.row.direction !== undefined;
  }

  private chart(path: string): void {
    const { topic, direction, client, isWholeName } = this.row ?? {};
    if (topic === undefined || direction === undefined || client === undefined) return;
    this.access?.chart({ client: isWholeName ? client : steadyName(client), direction, topic, path });
  }

  private step(step: TopicStep): void {
    const { access, sequence } = this;
    if (!access) return;
    access
      .neighbour(sequence, step)
      .then((found) => {
        if (this.sequence !== sequence) return;
        if (found === undefined)
          this.said = `The log holds no ${step} message of this topic, client and direction.`;
        else access.show(found);
      })
      .catch((error: unknown) => access.failed(error));
  }

  private remember(topic: string, mode: PayloadMode): void {
    const { access } = this;
    access
      ?.remember(topic, mode)
      .then((done) => {
        // From now on the rule says it.
        if (done && mode !== 'auto') this.choosing('auto');
      })
      .catch((error: unknown) => access.failed(error));
  }

  private modeChosen(event: Event): void {
    const chosen = (event.currentTarget as VscodeSingleSelect).value;
    if (isPayloadMode(chosen)) this.choosing(chosen);
  }

  private choosing(mode: PayloadMode): void {
    this.dispatchEvent(new CustomEvent('mode-changed', { detail: mode, bubbles: true }));
  }
}

customElements.define('mqtt-payload-view', PayloadView);
