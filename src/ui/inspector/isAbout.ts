/**
 * Whether a filter leaves only packets of the one that a panel was opened for: that one, or with more behind it that all have
 * to match, as somebody narrows it. Of what is put otherwise it is not said.
 */
export function isAbout(filter: string, openedFor: string): boolean {
  const text = filter.trim();
  const form = [openedFor, `(${openedFor})`].find((each) => text.startsWith(each));
  if (form === undefined) return false;
  const more = text.slice(form.length);
  return more === '' || (/^\s+(and\b|&&)/.test(more) && !/\bor\b|\|\|/.test(more));
}
