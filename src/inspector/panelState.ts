/** The packet that is looked at. Its time tells it from a packet of the same number in a log that began anew. */
export interface SelectedPacket {
  readonly sequence: number;
  readonly at: number;
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
  /** Fractions of the space that is split, by the split's name. */
  readonly splits?: Readonly<Record<string, number>>;
}

/** What can be used of a state that was kept, perhaps by another version of the view. */
export function parsePanelState(kept: unknown): PanelState {
  if (!isRecord(kept)) return {};
  const { selected, top, following, payloadMode, splits, tab } = kept;
  const state: { -readonly [K in keyof PanelState]: PanelState[K] } = {};
  if (isRecord(selected)) {
    const { sequence, at } = selected;
    if (typeof sequence === 'number' && typeof at === 'number') state.selected = { sequence, at };
  }
  if (typeof top === 'number') state.top = top;
  if (typeof following === 'boolean') state.following = following;
  if (typeof payloadMode === 'string') state.payloadMode = payloadMode;
  if (typeof tab === 'string') state.tab = tab;
  if (isRecord(splits)) {
    const fractions = Object.entries(splits).filter((split): split is [string, number] =>
      isFraction(split[1]),
    );
    state.splits = Object.fromEntries(fractions);
  }
  return state;
}

function isFraction(value: unknown): boolean {
  return typeof value === 'number' && value > 0 && value < 1;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
