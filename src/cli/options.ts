import { didYouMean, UsageError } from './terminal';

/** The values of `--name value` options, the flags that are set, and what stands beside them. */
export interface ParsedArguments {
  readonly flags: ReadonlySet<string>;
  readonly options: ReadonlyMap<string, string>;
  readonly rest: readonly string[];
}

/** Splits arguments; an option that is not in `known`, is given twice or has no value is a {@link UsageError}. */
export function parseArguments(
  args: readonly string[],
  known: readonly string[],
  knownFlags: readonly string[] = [],
): ParsedArguments {
  const flags = new Set<string>();
  const options = new Map<string, string>();
  const rest: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const argument = args[index] ?? '';
    const at = `argument ${index + 1}`;
    if (!argument.startsWith('--')) {
      rest.push(argument);
      continue;
    }
    if (knownFlags.includes(argument)) {
      flags.add(argument);
      continue;
    }
    const equals = argument.indexOf('=');
    const name = equals < 0 ? argument : argument.slice(0, equals);
    if (!known.includes(name)) {
      const all = [...known, ...knownFlags];
      throw new UsageError(
        `${at}: ${name} is not an option; ${didYouMean(name, all, `there is ${all.join(', ')}`)}`,
      );
    }
    if (options.has(name)) throw new UsageError(`${at}: ${name} is given twice`);
    const value = equals < 0 ? args[++index] : argument.slice(equals + 1);
    if (value === undefined || value === '') throw new UsageError(`${at}: ${name} needs a value`);
    options.set(name, value);
  }
  return { options, flags, rest };
}
