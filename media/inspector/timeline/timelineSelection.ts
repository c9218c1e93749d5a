import { html, nothing, type TemplateResult } from 'lit';
import { durationText } from '../../../src/base/duration';
import { grouped } from '../../../src/base/grouped';
import type { TimelineLane } from '../../../src/inspector/analysisContract';
import { packetLink, quoted } from '../analysis/packetLinks';
import { timeOfDay } from '../rowText';
import type { TabContext } from '../tabs';
import { lengthOf, type TimeRange } from './timeScale';
import type { TimelineItem } from './timelineItems';

/** How many things are told of in text: the ones about the chosen one. */
const mostTold = 40;

/** What is chosen in the picture. */
export interface TimelineChoice {
  readonly lane: TimelineLane | undefined;
  /** All of the lane. */
  readonly items: readonly TimelineItem[];
  /** The key of one of them. */
  readonly item: string | undefined;
  /** A part of the time. */
  readonly marked: TimeRange | undefined;
}

/** What is chosen, in text: what a picture cannot tell those who do not see it. */
export function timelineSelection(
  choice: TimelineChoice,
  { showPacket, filterBy }: TabContext,
  zoomTo: (range: TimeRange) => void,
): TemplateResult {
  const { lane, marked } = choice;
  const filter = filterOf(choice);
  return html`<section
    class="timeline-selection"
    id="timeline-selection"
    aria-label="What is chosen"
    aria-live="polite"
  >
    ${lane ? laneText(lane, choice, showPacket) : help()}
    ${
      marked
        ? html`<p>
            ${timeOfDay(marked.from)} to ${timeOfDay(marked.to)}, ${durationText(lengthOf(marked))}
            <button type="button" class="analysis-button" @click=${() => zoomTo(marked)}>Zoom to it</button>
          </p>`
        : nothing
    }
    ${
      filter !== undefined
        ? html`<button type="button" class="analysis-button" @click=${() => filterBy(filter)}>
            Filter the packets by this
          </button>`
        : nothing
    }
  </section>`;
}

/** The Client Identifiers of a client that is not called by its own, as lines. */
export function identifiersText({ label, identifiers, moreIdentifiers }: TimelineLane): readonly string[] {
  if (identifiers.length === 0 || (identifiers.length === 1 && identifiers[0] === label)) return [];
  const more = moreIdentifiers ? ' and others before' : '';
  return [`Client Identifier${identifiers.length === 1 ? '' : 's'}: ${identifiers.join(', ')}${more}`];
}

function laneText(
  lane: TimelineLane,
  { items, item }: TimelineChoice,
  showPacket: (sequence: number) => void,
): TemplateResult {
  const at = Math.max(
    0,
    items.findIndex(({ key }) => key === item),
  );
  const start = Math.max(0, Math.min(at - mostTold / 2, items.length - mostTold));
  const told = items.slice(start, start + mostTold);
  return html`<h2>${lane.label}</h2>
    ${identifiersText(lane).map((text) => html`<p class="hint">${text}</p>`)}
    <ol start=${start + 1}>
      ${told.map(({ key, sequence, text }) => {
        const current = key === item;
        return html`<li class=${current ? 'current' : ''} aria-current=${current ? 'true' : nothing}>
          ${packetLink(sequence, showPacket)}<span>${text}</span>
        </li>`;
      })}
    </ol>
    ${
      items.length > told.length
        ? html`<p class="hint">${told.length} of ${grouped(items.length)} are listed; zoom in for others.</p>`
        : nothing
    }`;
}

function help(): TemplateResult {
  return html`<p class="hint">
    Choose a client or what is on its lane. Ctrl and the wheel zoom, Shift and the wheel move, dragging
    chooses a part of the time. Of a lane, from the top: connections with what stands out, handshakes, and
    messages in flight.
  </p>`;
}

/** The filter that leaves the packets of what is chosen. */
export function filterOf({ lane, items, item, marked }: TimelineChoice): string | undefined {
  const chosen = items.find(({ key }) => key === item);
  const range = marked ?? (chosen && { from: chosen.start, to: chosen.end });
  const parts = [...(lane ? [`client == ${quoted(lane.label)}`] : []), ...(range ? bounds(range) : [])];
  return parts.length === 0 ? undefined : parts.join(' and ');
}

/** Times are written with four digits of the year, and a damaged file or a clock that was never set tells any. */
const firstTime = Date.UTC(100, 0, 1);
const lastTime = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

function bounds({ from, to }: TimeRange): readonly string[] {
  const bound = (operator: string, at: number): readonly string[] => {
    if (Number.isNaN(at)) return [];
    const time = new Date(Math.max(firstTime, Math.min(at, lastTime)));
    return [`time ${operator} ${quoted(time.toISOString())}`];
  };
  return [...bound('>=', Math.floor(from)), ...bound('<=', Math.ceil(to))];
}
