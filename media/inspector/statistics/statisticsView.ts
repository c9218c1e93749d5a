import { html, nothing, type TemplateResult } from 'lit';
import { durationText } from '../../../src/base/duration';
import { grouped } from '../../../src/base/grouped';
import type { Analysed, StatisticsReport } from '../../../src/inspector/analysisContract';
import { AnalysedView } from '../analysis/analysedView';
import { sizeText } from '../sizeText';
import type { TabContext } from '../tabs';
import './sortableTable';
import { statisticsTables } from './statisticsTables';
import './statisticsView.css';

/** What goes over all connections, counted. */
export class StatisticsView extends AnalysedView<StatisticsReport> {
  protected override ask({ peer }: TabContext): Promise<Analysed<StatisticsReport>> {
    return peer.call('statistics');
  }

  protected override render() {
    const { result } = this;
    const { filterBy, showPacket, failed, peer } = this.context;
    return html`${this.progressLine()}
      <div
        class="analysis"
        role="region"
        aria-label="Statistics"
        @filter-chosen=${(event: CustomEvent<string>) => filterBy(event.detail)}
        @packet-chosen=${(event: CustomEvent<number>) => showPacket(event.detail)}
        @copy-text=${(event: CustomEvent<string>) => peer.call('copyText', event.detail).catch(failed)}
      >
        ${result === undefined ? nothing : result.packets === 0 ? this.nothingYet() : this.tables(result)}
      </div>`;
  }

  private nothingYet(): TemplateResult {
    return html`<div class="analysis-empty" role="status">
      <p>No packets captured yet. What comes is counted here.</p>
    </div>`;
  }

  private tables(report: StatisticsReport): TemplateResult {
    return html`<p class="statistics-summary">${summary(report)}</p>
      <div class="statistics-tables">
        ${statisticsTables(report).map(
          ({ caption, columns, rows }) =>
            html`<mqtt-sortable-table
              .caption=${caption}
              .columns=${columns}
              .rows=${rows}
              .filters=${this.context.filterBy !== undefined}
            ></mqtt-sortable-table>`,
        )}
      </div>`;
  }
}

function summary({ packets, bytes, duration, first, end }: StatisticsReport): string {
  const rate =
    duration > 0
      ? ` · ${((packets * 1000) / duration).toLocaleString('en', { maximumFractionDigits: 1 })} packets/s`
      : '';
  return `${grouped(packets)} packets (#${first} to #${end - 1}) · ${sizeText(bytes)} in ${durationText(duration)}${rate}`;
}

customElements.define('mqtt-statistics', StatisticsView);
