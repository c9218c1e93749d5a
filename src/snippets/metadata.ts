import { problem, severityOf, type SnippetProblem } from './problems';
import type { Block, Metadata } from './syntax';

type Support =
  | 'supported'
  /** In the language, but without any effect in this version; says what happens instead. */
  | { readonly instead: string }
  /** Keeps its block from being sent. */
  | 'skips'
  | 'prompts';

/** The words of `# @word value`. They are written as here, in lower case. */
const words: ReadonlyMap<string, Support> = new Map<string, Support>([
  ['name', 'supported'],
  ['note', 'supported'],
  ['prompt', 'prompts'],
  ['skip', 'skips'],
  ['repeat', { instead: 'the message is sent once' }],
  ['delay', { instead: 'the message is sent without a wait' }],
  ['test', { instead: 'files are not run as tests' }],
  ['tag', { instead: 'nothing chooses messages by their tags' }],
]);

/** What is wrong with the metadata of a block as it is written. That it is skipped is its wish and none of it. */
export function metadataProblems({ metadata }: Block): readonly SnippetProblem[] {
  return metadata.flatMap((one) => {
    const support = words.get(one.name.text);
    if (support === 'supported' || support === 'skips') return [];
    const place = placeOf(one);
    if (support === undefined) return [problem('unknownMetadata', place, one.name.text)];
    if (support === 'prompts') return [problem('promptNotSupported', place, promptedName(one) ?? 'name')];
    return [problem('metadataNotSupported', place, one.name.text, support.instead)];
  });
}

/** What in the metadata of a block keeps it from being sent. */
export function metadataErrors(block: Block): readonly SnippetProblem[] {
  const skips = block.metadata.filter(({ name }) => words.get(name.text) === 'skips');
  return [
    ...skips.map((one) => problem('skipped', placeOf(one))),
    ...metadataProblems(block).filter((found) => severityOf(found) === 'error'),
  ];
}

/** The names that `# @prompt name question` would ask for. */
export function promptedNames({ metadata }: Block): readonly string[] {
  return metadata.flatMap((one) => (words.get(one.name.text) === 'prompts' ? (promptedName(one) ?? []) : []));
}

function promptedName({ value }: Metadata): string | undefined {
  const [name] = value.text.split(/\s+/);
  return name === '' ? undefined : name;
}

/** From the `@` to the end of the value. */
function placeOf({ name, value }: Metadata): { readonly start: number; readonly end: number } {
  return { start: name.start - 1, end: value.text === '' ? name.end : value.end };
}
