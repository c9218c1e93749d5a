/** A column of the list. Widths are in the width of a digit, so that they mean the same with a larger font. */
interface Column {
  readonly name: string;
  readonly caption: string;
  /** What the caption leaves out, for a screen reader and the choice of columns. */
  readonly longCaption?: string;
  readonly width: number;
  /** What it may shrink to by itself where the summary lacks room. */
  readonly compact: number;
  readonly narrowest: number;
  /** The higher the sooner it goes where there is little room; 0 never goes. */
  readonly goes: number;
}

/** The columns from left to right. The summary takes the room that is left. */
export const columns = [
  { name: 'number', caption: '#', longCaption: 'Number', width: 8, compact: 7, narrowest: 4, goes: 2 },
  { name: 'time', caption: 'Time', width: 15, compact: 15, narrowest: 8, goes: 1 },
  { name: 'direction', caption: '', longCaption: 'Direction', width: 3, compact: 3, narrowest: 3, goes: 0 },
  { name: 'client', caption: 'Client', width: 14, compact: 9, narrowest: 5, goes: 4 },
  { name: 'type', caption: 'Packet', width: 14, compact: 12, narrowest: 6, goes: 0 },
  { name: 'summary', caption: 'Summary', width: 24, compact: 24, narrowest: 12, goes: 0 },
  { name: 'length', caption: 'Bytes', width: 9, compact: 7, narrowest: 4, goes: 3 },
] as const satisfies readonly Column[];

export type ColumnName = (typeof columns)[number]['name'];

/** What a person made of the columns. */
export interface ColumnChoices {
  /** In digits, of columns that were resized. */
  readonly widths: Readonly<Partial<Record<ColumnName, number>>>;
  readonly hidden: readonly ColumnName[];
}

export const originalColumns: ColumnChoices = { widths: {}, hidden: [] };

export interface ColumnLayout {
  /** What is shown, from left to right. */
  readonly shown: readonly ColumnName[];
  /** For `grid-template-columns`. */
  readonly template: string;
  /** In digits; the summary takes what is left. */
  readonly widths: Readonly<Partial<Record<ColumnName, number>>>;
}

/** What part of a row the summary gets, as far as the others can do with less. */
const summaryShare = 0.4;
/** Digits of the summary for which others are left out, but for the time, which goes when it has less than its narrowest. */
const readableSummary = 20;
/** Which shrink first: a name that is cut tells less than a figure with less room around it. */
const shrinkingOrder: readonly ColumnName[] = ['number', 'length', 'type', 'client'];

/** Digits between two columns. */
export const columnGap = 1.5;
/** No column is wider than this, in digits: nobody would find its edge again. */
const widest = 200;

/**
 * The columns that fit a row of `room` digits. Where there is little, those that nobody resized become narrower, and those
 * that matter least stay out.
 */
export function layOut(choices: ColumnChoices, room: number): ColumnLayout {
  const shown: Column[] = columns.filter(({ name }) => !choices.hidden.includes(name));
  const widths = new Map(columns.map(({ name }) => [name as string, widthOf(choices, name)]));
  const summary = (): number =>
    shown.reduce(
      (left, { name }) => left - columnGap - (name === 'summary' ? 0 : (widths.get(name) ?? 0)),
      room + columnGap,
    );
  const shrinking = shrinkingOrder.filter((name) => choices.widths[name] === undefined);
  for (const name of shrinking) {
    const missing = room * summaryShare - summary();
    // Of endless room nobody can tell a part.
    if (!(missing > 0)) break;
    const width = Math.max(columnOf(name).compact, (widths.get(name) ?? 0) - missing);
    if (shown.some((column) => column.name === name)) widths.set(name, Math.floor(width * 10) / 10);
  }
  for (;;) {
    const next = shown.filter(({ goes }) => goes > 0).sort((a, b) => b.goes - a.goes)[0];
    const least = next?.name === 'time' ? columnOf('summary').narrowest : readableSummary;
    if (!next || summary() >= Math.min(least, room * summaryShare)) break;
    shown.splice(shown.indexOf(next), 1);
  }
  const names = shown.map(({ name }) => name as ColumnName);
  const template = names.map((name) => (name === 'summary' ? 'minmax(0, 1fr)' : `${widths.get(name)}ch`));
  return { shown: names, template: template.join(' '), widths: Object.fromEntries(widths) };
}

/** The columns that a person did not hide and that there is no room for. */
export function leftOut({ hidden }: ColumnChoices, { shown }: ColumnLayout): readonly ColumnName[] {
  return columns.map(({ name }) => name).filter((name) => !shown.includes(name) && !hidden.includes(name));
}

/** How wide a column is where there is room, in digits. */
export function widthOf({ widths }: ColumnChoices, name: ColumnName): number {
  return widths[name] ?? columnOf(name).width;
}

/** Gives a column a width in digits, within bounds. */
export function resized(choices: ColumnChoices, name: ColumnName, width: number): ColumnChoices {
  const bounded = Math.max(columnOf(name).narrowest, Math.min(width, widest));
  return { ...choices, widths: { ...choices.widths, [name]: Math.round(bounded * 10) / 10 } };
}

/** Shows these columns and no others; the summary cannot be hidden, since something has to say what a row is. */
export function onlyShown(choices: ColumnChoices, shown: readonly string[]): ColumnChoices {
  const hidden = columns
    .map(({ name }) => name)
    .filter((name) => name !== 'summary' && !shown.includes(name));
  return { ...choices, hidden };
}

export function columnOf(name: ColumnName): Column {
  return columns.find((column) => column.name === name) as Column;
}

/** What can be used of choices that were kept, perhaps by another version of the view. */
export function knownChoices(
  widths: Readonly<Record<string, number>>,
  hidden: readonly string[],
): ColumnChoices {
  const known: Partial<Record<ColumnName, number>> = {};
  let choices: ColumnChoices = { widths: known, hidden: [] };
  for (const { name } of columns) {
    const width = widths[name];
    if (width !== undefined) choices = resized(choices, name, width);
  }
  return onlyShown(
    choices,
    columns.map(({ name }) => name).filter((name) => !hidden.includes(name)),
  );
}
