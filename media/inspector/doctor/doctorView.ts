import { html, nothing, type TemplateResult } from 'lit';
import { grouped } from '../../../src/base/grouped';
import type {
  Analysed,
  DoctorReport,
  Finding,
  FindingSeverity,
} from '../../../src/inspector/analysisContract';
import { AnalysedView } from '../analysis/analysedView';
import { packetLink, quoted } from '../analysis/packetLinks';
import type { TabContext } from '../tabs';
import './doctorView.css';

const severities: Readonly<
  Record<FindingSeverity, { readonly icon: string; readonly one: string; readonly many: string }>
> = {
  problem: { icon: 'error', one: 'problem', many: 'problems' },
  warning: { icon: 'warning', one: 'warning', many: 'warnings' },
  hint: { icon: 'info', one: 'hint', many: 'hints' },
};

const overlooked =
  'There are more clients or topics than the doctor keeps apart: of some of them it looked at nothing.';

/** What is wrong with the packets of the log, in plain words, each with the packets it rests on. */
export class DoctorView extends AnalysedView<DoctorReport> {
  protected override ask({ peer }: TabContext): Promise<Analysed<DoctorReport>> {
    return peer.call('findings');
  }

  protected override render() {
    const { result, progress } = this;
    return html`${this.progressLine()}
      <div class="analysis" role="region" aria-label="Findings">
        ${result === undefined || progress === undefined ? nothing : result.findings.length === 0 ? this.healthy(progress.read, result) : this.findings(result)}
      </div>`;
  }

  private healthy(read: number, { overlooks, lastBroken }: DoctorReport): TemplateResult {
    const packets = `${grouped(read)} ${read === 1 ? 'packet' : 'packets'}`;
    return html`<div class="analysis-empty" role="status">
      <span
        class="codicon codicon-${lastBroken === undefined ? 'pass' : 'warning'}"
        aria-hidden="true"
      ></span>
      <p>
        ${
          read === 0
            ? 'No packets captured yet. The doctor looks at every packet as it comes.'
            : lastBroken === undefined
              ? `Nothing found in ${packets}. The doctor goes on looking as more come.`
              : `Nothing found in how ${packets} follow one another, but not all of them keep to the rules. F8 in the list goes from one to the next.`
        }
      </p>
      ${lastBroken === undefined ? nothing : html`<p>The last one: ${packetLink(lastBroken, this.context.showPacket)}</p>`}
      ${overlooks ? html`<p>${overlooked}</p>` : nothing}
    </div>`;
  }

  private findings({ findings, omitted, overlooks }: DoctorReport): TemplateResult {
    const counts = (Object.keys(severities) as FindingSeverity[]).flatMap((severity) => {
      const count = findings.filter((finding) => finding.severity === severity).length;
      const { one, many } = severities[severity];
      return count === 0 ? [] : [`${grouped(count)} ${count === 1 ? one : many}`];
    });
    return html`<p class="hint" role="status">${counts.join(', ')}</p>
      <ul class="findings">
        ${findings.map((finding) => this.finding(finding))}
      </ul>
      ${
        omitted > 0
          ? html`<p class="hint">${grouped(omitted)} more are not shown: none of them is graver.</p>`
          : nothing
      }
      ${overlooks ? html`<p class="hint">${overlooked}</p>` : nothing}`;
  }

  private finding({ id, severity, title, sentence, packets, count, client }: Finding): TemplateResult {
    const { icon, one } = severities[severity];
    const { showPacket, filterBy } = this.context;
    return html`<li class="finding ${severity}" data-finding=${id}>
      <h3>
        <span class="codicon codicon-${icon}" role="img" aria-label=${one}></span>${title}${
          count > 1 ? html`<span class="finding-count" title="How often">${grouped(count)}×</span>` : nothing
        }
      </h3>
      <p>${sentence}</p>
      <div class="finding-packets">
        <span class="hint">Packets</span>
        ${packets.map((sequence) => packetLink(sequence, showPacket))}
        ${
          client !== undefined
            ? html`<button
                type="button"
                class="analysis-button"
                @click=${() => filterBy(`client == ${quoted(client)}`)}
              >
                Filter by ${client}
              </button>`
            : nothing
        }
      </div>
    </li>`;
  }
}

customElements.define('mqtt-doctor', DoctorView);
