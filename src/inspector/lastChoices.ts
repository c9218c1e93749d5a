import { parsePanelState, type PanelState } from './panelState';

/** What a new panel starts with: what a person chose last in any panel. */
export type LastChoices = Pick<PanelState, 'columns' | 'filterHistory'>;

/** Filters that are kept to be chosen again. */
export const mostFilters = 30;

/** What can be used of choices that were kept, perhaps by another version. */
export function parseLastChoices(kept: unknown): LastChoices {
  const { columns, filterHistory } = parsePanelState(kept);
  return { ...(columns && { columns }), ...(filterHistory && { filterHistory }) };
}

/** What was chosen now over what was before: columns in place of the others, filters in front of them. */
export function withChoices(before: LastChoices, now: LastChoices): LastChoices {
  const columns = now.columns ?? before.columns;
  const filters = [...new Set([...(now.filterHistory ?? []), ...(before.filterHistory ?? [])])];
  return {
    ...(columns && { columns }),
    ...(filters.length > 0 && { filterHistory: filters.slice(0, mostFilters) }),
  };
}
