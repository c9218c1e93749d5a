import { didYouMean, UsageError } from '../terminal';
import { brokerSettings, checkedValue, type GivenSettings, optionOf } from './settings';

export interface BrokerArguments {
  readonly given: GivenSettings;
  readonly config: string | undefined;
  readonly json: boolean;
  readonly qr: boolean;
}

/** Reads the options of `broker`; a {@link UsageError} names the one that is wrong. */
export function readBrokerArguments(args: readonly string[]): BrokerArguments {
  const byOption = new Map([...brokerSettings].map(([name, setting]) => [optionOf(name), { name, setting }]));
  const given = new Map<string, readonly string[]>();
  const flags = new Set<string>();
  let config: string | undefined;
  for (let index = 0; index < args.length; index++) {
    const argument = args[index] ?? '';
    if (argument === '--json' || argument === '--qr') {
      flags.add(argument);
      continue;
    }
    const equals = argument.indexOf('=');
    const option = equals < 0 ? argument : argument.slice(0, equals);
    const known = byOption.get(option);
    if (!known && option !== '--config') {
      const help = '"broker --help" lists what it takes';
      throw new UsageError(
        `broker takes no "${argument}"; ${didYouMean(option, [...byOption.keys(), '--config', '--json', '--qr'], help)}`,
      );
    }
    const value = equals < 0 ? args[++index] : argument.slice(equals + 1);
    if (value === undefined || value === '') throw new UsageError(`${option} needs a value`);
    if (!known) {
      config = value;
      continue;
    }
    const { name, setting } = known;
    const before = given.get(name) ?? [];
    if (before.length > 0 && setting.kind.kind !== 'texts') throw new UsageError(`${option} is given twice`);
    given.set(name, [...before, checkedValue(option, value, setting)]);
  }
  return { given, config, json: flags.has('--json'), qr: flags.has('--qr') };
}
