import { strict as assert } from 'node:assert';
import { statisticsTables } from '../../media/inspector/statistics/statisticsTables';
import { LogAnalysis } from '../../src/capture/analysis/analysis';
import { finished } from '../capture/doctor/findingsOf';
import { a } from '../support/packets';
import { ScriptedCapture, type ScriptedConnection } from '../support/scriptedCapture';

/** The rows of a table, as they are shown. */
function shown(caption: string, converse: (script: ScriptedCapture, c: ScriptedConnection) => void) {
  const script = new ScriptedCapture();
  converse(script, script.connected({}, {}, 'bench', 'out'));
  const analysis = new LogAnalysis(script.log);
  while (!analysis.advance(1_000));
  const table = statisticsTables(finished(analysis.statistics())).find((one) => one.caption === caption);
  return table?.rows.map(({ cells, filter }) => ({
    filter,
    cells: cells.map((value, column) =>
      typeof value === 'number' ? (table.columns[column]?.show?.(value) ?? String(value)) : value,
    ),
  }));
}

describe('The tables of the statistics', () => {
  it('say of answers that this window gives that they come at once, and what others take', () => {
    const rows = shown('Latencies', (script, c) => {
      c.server(a.publish('t', 1, 1));
      c.client(a.acknowledgement('PUBACK', 1));
      c.client(a.subscribe(1, [a.subscription('#')]));
      script.pass(2);
      c.server(a.suback(1, [0]));
    });
    assert.deepEqual(
      rows?.map(({ cells }) => cells.slice(0, 4)),
      [
        ['QoS 1 message', 'at once', 'at once', 'at once'],
        ['SUBSCRIBE', '2.00 ms', '2.00 ms', '2.00 ms'],
        ['CONNECT', '1.00 ms', '1.00 ms', '1.00 ms'],
      ],
    );
  });

  it('lead from every row of messages to a filter', () => {
    const rows = shown('Messages by QoS', (_, c) => {
      c.client(a.publish('t', 1, 1), a.publish('t', 1, 1, { dup: true }));
    });
    assert.deepEqual(
      rows?.map(({ filter }) => filter),
      ['qos == 0', 'qos == 1', 'qos == 2', 'retain == true', 'dup == true'],
    );
  });
});
