import { html, nothing } from 'lit';
import { grouped } from '../../../src/base/grouped';
import type { ChartSeries } from '../../../src/inspector/chartContract';
import { mostAxes } from './chartedSeries';
import type { SeriesPoints } from './seriesPoints';

export interface LegendActions {
  hide(index: number, hidden: boolean): void;
  setAxis(series: ChartSeries, axis: number): void;
  remove(series: ChartSeries): void;
}

/** What each line is, its last value, and what can be done with it. */
export function chartLegend(
  series: readonly ChartSeries[],
  points: readonly SeriesPoints[],
  axisOf: readonly number[],
  hidden: ReadonlySet<number>,
  actions: LegendActions,
) {
  return html`<ul class="chart-legend" aria-label="Lines of the chart">
    ${series.map((one, index) => {
      const { client, direction, topic, path } = one;
      const own = points[index];
      const last = own?.values.at(-1);
      return html`<li>
        <label title="${client}, ${direction === 'in' ? 'received' : 'sent'}: ${topic} ${path}">
          <input
            type="checkbox"
            .checked=${!hidden.has(index)}
            aria-label="Show ${path} of ${topic}"
            @change=${(event: Event) => actions.hide(index, !(event.currentTarget as HTMLInputElement).checked)}
          /><span class="swatch" data-series=${index} aria-hidden="true"></span>
          <span class="topic">${topic}</span> <span class="path">${path}</span>
        </label>
        <span class="last-value">${last ?? ''}</span>
        ${own ? state(own) : nothing}
        <select
          aria-label="Axis of ${path} of ${topic}"
          .value=${String(axisOf[index] ?? 0)}
          @change=${(event: Event) => actions.setAxis(one, Number((event.currentTarget as HTMLSelectElement).value))}
        >
          ${Array.from(
            { length: mostAxes },
            (_, axis) =>
              html`<option value=${axis} ?selected=${axis === (axisOf[index] ?? 0)}>
                Axis ${axis + 1}
              </option>`,
          )}
        </select>
        <button
          type="button"
          class="small-button"
          title="Remove from the chart"
          aria-label="Remove ${path} of ${topic} from the chart"
          @click=${() => actions.remove(one)}
        >
          <span class="codicon codicon-close" aria-hidden="true"></span>
        </button>
      </li>`;
    })}
  </ul>`;
}

/** How many points there are, and what of them the line does not show. */
function state({ total, values, without, tooLong, rounded }: SeriesPoints) {
  const facts = [`${grouped(total)} ${total === 1 ? 'point' : 'points'}`];
  if (values.length < total) {
    facts.push(`${grouped(values.length)} drawn: of each run the lowest and the highest`);
  }
  if (without > 0) facts.push(`${grouped(without)} without a number here`);
  if (tooLong > 0) facts.push(`${grouped(tooLong)} too long to look into`);
  if (rounded > 0) facts.push(`${grouped(rounded)} beyond 2^53, rounded`);
  return html`<span class="place">${facts.join(' · ')}</span>`;
}
