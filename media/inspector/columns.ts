/** A column of the list. Widths are in the width of a digit, so that they mean the same with a larger font. */
interface Column {
  readonly name: string;
  readonly caption: string;
  /** What the caption leaves out, for a screen reader and the choice of columns. */
  readonly longCaption?: string;
  readonly width: number;
  readonly narrowest: number;
  /** The higher the sooner it goes where there is little room; 0 never goes. */
  readonly goes: number;
}

/** The columns from left to right. The summary takes the room that is left. */
export const columns = [
  { name: 'number', caption: '#', longCaption: 'Number', width: 8, narrowest: 4, goes: 2 },
  { name: 'time', caption: 'Time', width: 16, narrowest: 8, goes: 1 },
  { name: 'direction', caption: '', longCaption: 'Direction', width: 3, narrowest: 3, goes: 0 },
  { name: 'client', caption: 'Client', width: 14, narrowest: 5, goes: 4 },
  { name: 'type', caption: 'Packet', width: 14, narrowest: 6, goes: 0 },
  { name: 'summary', caption: 'Summary', width: 24, narrowest: 12, goes: 0 },
  { name: 'length', caption: 'Bytes', width: 9, narrowest: 4, goes: 3 },
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
}

/** Digits between two columns. */
export const columnGap = 1.5;
/** No column is wider than this, in digits: nobody would find its edge again. */
const widest = 200;

/** The columns that fit a row of `room` digits: where there is little, those that matter least stay out. */
export function layOut(choices: ColumnChoices, room: number): ColumnLayout {
  const shown: Column[] = columns.filter(({ name }) => !choices.hidden.includes(name));
  const needed = (): number =>
    shown.reduce((sum, column) => sum + leastWidth(choices, column) + columnGap, -columnGap);
  while (needed() > room) {
    const next = shown.filter(({ goes }) => goes > 0).sort((a, b) => b.goes - a.goes)[0];
    if (!next) break;
    shown.splice(shown.indexOf(next), 1);
  }
  const names = shown.map(({ name }) => name as ColumnName);
  const template = names.map((name) =>
    name === 'summary' ? 'minmax(0, 1fr)' : `${widthOf(choices, name)}ch`,
  );
  return { shown: names, template: template.join(' ') };
}

/** How wide a column is, in digits. */
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

function leastWidth(choices: ColumnChoices, column: Column): number {
  return column.name === 'summary' ? column.narrowest : widthOf(choices, column.name as ColumnName);
}
