import { assertNever } from '../../base/assert';
import { fromHex } from '../../base/bytes';
import { encodeUtf8 } from '../../base/utf8';
import { topicMatches } from '../../protocol/topics';
import { fieldsOf, holds, type Fields } from '../../where/evaluate';
import type { Expression, Term } from '../../where/expression';
import type { FieldName } from '../../where/fieldTable';
import { timeOfLocalDay } from '../../where/timeLiteral';
import type { PacketSegment } from '../packetSegment';
import { ByteSearch } from './byteSearch';
import type { FilterReading } from './filterReading';
import { headValues, topicValues } from './rowFields';
import { TopicVerdicts } from './topicVerdicts';

/** An expression as a test of a row. `cost` puts tests of one `and` or `or` in order: the cheapest decides first. */
export interface Predicate {
  readonly cost: number;
  test(segment: PacketSegment, row: number): boolean;
  /**
   * Of the first `count` of `rows`, ascending rows of a segment, moves those that pass to the front, in their order, and
   * returns how many: the same as `test` for each, at the cost of one loop for each column.
   */
  narrow(segment: PacketSegment, rows: Uint32Array, count: number): number;
}

/** A predicate that asks row by row. */
function rowByRow(cost: number, test: Predicate['test']): Predicate {
  const narrow: Predicate['narrow'] = (segment, rows, count) => {
    let kept = 0;
    for (let index = 0; index < count; index++) {
      const row = rows[index] as number;
      if (test(segment, row)) rows[kept++] = row;
    }
    return kept;
  };
  return { cost, test, narrow };
}

const headFields = ['packet', 'direction', 'qos', 'retain', 'dup'] as const;
type HeadField = (typeof headFields)[number];

/** What it takes to read a field: a column, a look at the topic's bytes, a pass over the payload, a decoder, a dissection. */
const costs: Readonly<Record<FieldName, number>> = {
  ...{ packet: 0, direction: 0, qos: 0, retain: 0, dup: 0 },
  ...{ length: 1, time: 1, client: 1, size: 2, topic: 2 },
  ...{ hex: 4, text: 4, id: 4, reason: 4, property: 4, payload: 4, violation: 5 },
};

/** The same as `holds` over a row's fields, from as few of its bytes as it takes. */
export function compile(expression: Expression, reading: FilterReading): Predicate {
  const names = new Set(fieldsOf(expression).map(({ name }) => name));
  if ([...names].every(isHeadField)) return headTable(expression);
  if (names.size === 1 && names.has('topic')) {
    const verdicts = new TopicVerdicts((topic) => {
      reading.asked(topic);
      return holds(expression, topicFields(topic));
    });
    return {
      cost: costs.topic,
      test: (segment, row) => verdicts.of(segment, row),
      narrow: (segment, rows, count) => verdicts.narrow(segment, rows, count),
    };
  }
  if (names.size === 1 && names.has('client')) {
    const test = reading.byConnection((names) =>
      holds(expression, { values: () => names, isMatchedBy: () => false }),
    );
    return rowByRow(costs.client, test);
  }
  switch (expression.kind) {
    case 'all':
    case 'any':
      return joined(expression.kind, group(expression.kind, expression.operands), reading);
    case 'not': {
      const operand = compile(expression.operand, reading);
      return rowByRow(operand.cost, (segment, row) => !operand.test(segment, row));
    }
    case 'compare':
    case 'contains':
    case 'matches':
    case 'filter':
    case 'exists':
      return compileTerm(expression, reading);
    default:
      return assertNever(expression);
  }
}

/** Operands about the same columns as one, so that each is looked at once. */
function group(kind: 'all' | 'any', operands: readonly Expression[]): readonly Expression[] {
  const about = (only: (name: FieldName) => boolean) => (each: Expression) =>
    fieldsOf(each).every(({ name }) => only(name));
  const heads = operands.filter(about(isHeadField));
  const topics = operands.filter(about((name) => name === 'topic'));
  const others = operands.filter((each) => !heads.includes(each) && !topics.includes(each));
  const one = (list: readonly Expression[]): readonly Expression[] =>
    list.length > 1 ? [{ kind, operands: list }] : list;
  return [...one(heads), ...one(topics), ...others];
}

function joined(kind: 'all' | 'any', operands: readonly Expression[], reading: FilterReading): Predicate {
  const tests = operands.map((operand) => compile(operand, reading)).sort((a, b) => a.cost - b.cost);
  const cost = Math.max(...tests.map((each) => each.cost));
  const decided = kind === 'any';
  const test = (segment: PacketSegment, row: number): boolean => {
    for (const each of tests) if (each.test(segment, row) === decided) return decided;
    return !decided;
  };
  if (decided) return rowByRow(cost, test);
  const narrow: Predicate['narrow'] = (segment, rows, count) =>
    tests.reduce((left, each) => each.narrow(segment, rows, left), count);
  return { cost, test, narrow };
}

function compileTerm(term: Term, reading: FilterReading): Predicate {
  const { field } = term;
  const cost = costs[field.name];
  if (term.kind === 'contains' && typeof term.value === 'string') {
    const needle =
      field.name === 'text' ? encodeUtf8(term.value) : field.name === 'hex' ? fromHex(term.value) : undefined;
    // What stands for broken bytes in a text is not in the bytes.
    if (needle && !(field.name === 'text' && term.value.includes('\ufffd')))
      return { cost: 3, ...reading.payloadSearch(new ByteSearch(needle)) };
  }
  if (term.kind === 'compare' && typeof term.value === 'number') {
    const number = numberColumn(term, reading);
    if (number) return rowByRow(cost, number);
  }
  const { fields, verdicts } = reading;
  if (field.name === 'violation') {
    // Nearly every packet breaks no rule, which is known of it once anybody has asked.
    const verdictOfClean = holds(term, { values: () => [], isMatchedBy: () => false });
    return rowByRow(cost, (segment, row) => {
      if (verdicts.isClean(segment, row)) return verdictOfClean;
      fields.moveTo(segment, row);
      return holds(term, fields);
    });
  }
  const characters = term.kind === 'matches' ? term.pattern.longest : Infinity;
  return rowByRow(cost, (segment, row) => {
    fields.moveTo(segment, row, characters);
    return holds(term, fields);
  });
}

/** A comparison of a number that no packet has to be decoded for. */
function numberColumn(
  term: Extract<Term, { kind: 'compare' }>,
  reading: FilterReading,
): ((segment: PacketSegment, row: number) => boolean) | undefined {
  const { field, operator } = term;
  const value = term.value as number;
  const compare = comparison(operator, value);
  switch (field.name) {
    case 'length':
      return (segment, row) => compare((segment.end[row] as number) - segment.startOf(row));
    case 'time':
      return field.path.length > 0
        ? (segment, row) => compare(timeOfLocalDay(segment.time[row] as number))
        : (segment, row) => compare(segment.time[row] as number);
    case 'size':
      return (segment, row) => {
        const size = reading.payloadSize(segment, row);
        return size >= 0 && compare(size);
      };
    default:
      return undefined;
  }
}

function comparison(
  operator: Extract<Term, { kind: 'compare' }>['operator'],
  value: number,
): (number: number) => boolean {
  switch (operator) {
    case '==':
      return (number) => number === value;
    case '!=':
      return (number) => number !== value;
    case '<':
      return (number) => number < value;
    case '<=':
      return (number) => number <= value;
    case '>':
      return (number) => number > value;
    case '>=':
      return (number) => number >= value;
    default:
      return assertNever(operator);
  }
}

/** What the first byte and the flags decide, for all of their values that were met. */
function headTable(expression: Expression): Predicate {
  const verdicts = new Uint8Array(256 * 256);
  const decide = (firstByte: number, flags: number): number => {
    const fields: Fields = {
      values: ({ name }) => (isHeadField(name) ? headValues(name, firstByte, flags) : []),
      isMatchedBy: () => false,
    };
    return holds(expression, fields) ? 2 : 1;
  };
  const verdictOf = (firstByte: number, flags: number): number => {
    const key = (firstByte << 8) | flags;
    const known = verdicts[key] as number;
    return known === 0 ? (verdicts[key] = decide(firstByte, flags)) : known;
  };
  return {
    cost: 0,
    test: (segment, row) => verdictOf(segment.firstByte[row] as number, segment.flags[row] as number) === 2,
    narrow: ({ firstByte, flags }, rows, count) => {
      let kept = 0;
      for (let index = 0; index < count; index++) {
        const row = rows[index] as number;
        if (verdictOf(firstByte[row] as number, flags[row] as number) === 2) rows[kept++] = row;
      }
      return kept;
    },
  };
}

function topicFields(topic: string | undefined): Fields {
  return {
    values: ({ path }) => topicValues(topic, path),
    isMatchedBy: (topicFilter) => topic !== undefined && topicMatches(topicFilter, topic),
  };
}

function isHeadField(name: FieldName): name is HeadField {
  return (headFields as readonly string[]).includes(name);
}
