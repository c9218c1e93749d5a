import { parseChartSeries, type ChartSeries } from './chartContract';

/** The packet that is looked at. Its time tells it from a packet of the same number in a log that began anew. */
export interface SelectedPacket {
  readonly sequence: number;
  readonly at: number;
}

/** What a person made of the list's columns, by their names. */
export interface KeptColumns {
  /** In digits. */
  readonly widths: Readonly<Record<string, number>>;
  readonly hidden: readonly string[];
}

/** What a panel keeps across being hidden and the window's reload. */
export interface PanelState {
  readonly selected?: SelectedPacket;
  /** Sequence number of the first row in sight. */
  readonly top?: number;
  readonly following?: boolean;
  readonly payloadMode?: string;
  /** The name of the chosen tab. */
  readonly tab?: string;
  /** What the chart follows. */
  readonly chart?: readonly ChartSeries[];
  readonly columns?: KeptColumns;
  readonly timeMode?: string;
  /** The packet that times are measured from. */
  readonly reference?: SelectedPacket;
  /** The expression that the packets in sight match. */
  readonly filter?: string;
  /** Filters of before, the newest first. */
  readonly filterHistory?: readonly string[];
  /** The expression that the panel was opened for, whatever became of it. */
  readonly openedFor?: string;
  /** Fractions of the space that is split, by the split's name. */
  readonly splits?: Readonly<Record<string, number>>;
}

/** What can be used of a state that was kept, perhaps by another version of the view. */
export function parsePanelState(kept: unknown): PanelState {
  if (!isRecord(kept)) return {};
  const { selected, top, following, payloadMode, splits, tab, columns, timeMode, reference } = kept;
  const { filter, filterHistory, chart, openedFor } = kept;
  const state: { -readonly [K in keyof PanelState]: PanelState[K] } = {};
  const [selectedPacket, referencePacket] = [parsePacket(selected), parsePacket(reference)];
  if (selectedPacket) state.selected = selectedPacket;
  if (referencePacket) state.reference = referencePacket;
  if (typeof top === 'number') state.top = top;
  if (typeof following === 'boolean') state.following = following;
  if (typeof payloadMode === 'string') state.payloadMode = payloadMode;
  if (typeof tab === 'string') state.tab = tab;
  const series = parseChartSeries(chart);
  if (series.length > 0) state.chart = series;
  if (typeof timeMode === 'string') state.timeMode = timeMode;
  if (typeof filter === 'string') state.filter = filter;
  if (typeof openedFor === 'string') state.openedFor = openedFor;
  if (Array.isArray(filterHistory))
    state.filterHistory = filterHistory.filter((each): each is string => typeof each === 'string');
  if (isRecord(columns) && isRecord(columns['widths']) && Array.isArray(columns['hidden'])) {
    const widths = Object.entries(columns['widths']).filter((width): width is [string, number] =>
      Number.isFinite(width[1]),
    );
    const hidden = columns['hidden'].filter((name): name is string => typeof name === 'string');
    state.columns = { widths: Object.fromEntries(widths), hidden };
  }
  if (isRecord(splits)) {
    const fractions = Object.entries(splits).filter((split): split is [string, number] =>
      isFraction(split[1]),
    );
    state.splits = Object.fromEntries(fractions);
  }
  return state;
}

function parsePacket(kept: unknown): SelectedPacket | undefined {
  if (!isRecord(kept)) return undefined;
  const { sequence, at } = kept;
  return typeof sequence === 'number' && typeof at === 'number' ? { sequence, at } : undefined;
}

function isFraction(value: unknown): boolean {
  return typeof value === 'number' && value > 0 && value < 1;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
