import { didYouMean, UsageError } from '../terminal';
import { brokerSettings, checkedValue, type GivenSettings, optionOf } from './settings';

export interface BrokerArguments {
  readonly given: GivenSettings;
  readonly config: string | undefined;
}

/** Reads the options of `broker`; a {@link UsageError} names the one that is wrong. */
export function readBrokerArguments(args: readonly string[]): BrokerArguments {
  const byOption = new Map([...brokerSettings].map(([name, setting]) => [optionOf(name), { name, setting }]));
  const given = new Map<string, readonly string[]>();
  let config: string | undefined;
  for (let index = 0; index < args.length; index++) {
    const argument = args[index] ?? '';
    const equals = argument.indexOf('=');
    const option = equals < 0 ? argument : argument.slice(0, equals);
    const known = byOption.get(option);
    if (!known && option !== '--config') {
      const help = '"broker --help" lists what it takes';
      throw new UsageError(
        `broker takes no "${argument}"; ${didYouMean(option, [...byOption.keys(), '--config'], help)}`,
      );
    }
    const isSwitch = known?.setting.kind.kind === 'switch';
    const next = () => (isSwitch ? 'true' : args[++index]);
    const value = equals < 0 ? next() : argument.slice(equals + 1);
    if (value === undefined || value === '') throw new UsageError(`${option} needs a value`);
    if (!known) {
      config = value;
      continue;
    }
    const { name, setting } = known;
    const before = given.get(name) ?? [];
    const mayBeAgain = isSwitch || setting.kind.kind === 'texts';
    if (before.length > 0 && !mayBeAgain) throw new UsageError(`${option} is given twice`);
    const checked = checkedValue(option, value, setting);
    given.set(name, isSwitch ? [checked] : [...before, checked]);
  }
  return { given, config };
}
