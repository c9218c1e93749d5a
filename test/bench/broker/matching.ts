import { createRequire } from 'node:module';
import type { BrokerSubscription } from '../../../src/broker/brokerSession';
import { BrokerSession } from '../../../src/broker/brokerSession';
import { Router } from '../../../src/broker/router';
import { interleave, print } from '../interleave';

const subscription: BrokerSubscription = {
  qos: 0,
  noLocal: false,
  retainAsPublished: false,
  identifier: undefined,
  isShared: false,
};

const topics = 20_000;

/** One filter in four has a second wildcard; sixteen devices make a site. */
function filterOf(number: number): string {
  const device = (number & 3) === 0 ? '+' : 'device';
  return `site/${number >> 4}/${device}/${number & 15}/+`;
}

/** What the peer's matcher is, which has no types of its own. */
interface Matcher {
  add(topicFilter: string, value: number): void;
  match(topicName: string): readonly number[];
}

const { Qlobber } = createRequire(__filename)('qlobber') as {
  Qlobber: new (options: Readonly<Record<string, string>>) => Matcher;
};

/** Finding who gets a message among many filters; no topic is asked for twice, so that nothing is remembered. */
export function matching(): void {
  for (const filters of [10_000, 100_000]) {
    const router = new Router();
    const qlobber = new Qlobber({ separator: '/', wildcard_one: '+', wildcard_some: '#' });
    for (let number = 0; number < filters; number++) {
      router.subscribe(new BrokerSession(`c${number}`), filterOf(number), subscription);
      qlobber.add(filterOf(number), number);
    }
    let asked = 0;
    const each = (match: (topic: string) => unknown): void => {
      for (let index = 0; index < topics; index++) {
        const number = (index * 7919) % filters;
        match(`site/${number >> 4}/device/${number & 15}/m${asked++}`);
      }
    };
    const times = interleave(
      [
        { name: 'ours', run: () => each((topic) => router.route(topic)) },
        { name: 'qlobber', run: () => each((topic) => qlobber.match(topic)) },
      ],
      5,
    );
    const bench = `matching against ${filters} filters`;
    for (const [subject, time] of times) {
      print({ bench, subject, metric: 'time', value: time / topics / 1000, unit: 'us' });
    }
    const [ours = Number.NaN, theirs = Number.NaN] = [times.get('ours'), times.get('qlobber')];
    print({ bench, subject: 'ours/qlobber', metric: 'ratio', value: theirs / ours, unit: '' });
  }
}
