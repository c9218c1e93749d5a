import { concatBytes } from '../../../src/base/bytes';
import { csvField } from '../../../src/base/csvText';
import { isoTime } from '../../../src/base/isoTime';
import { encodeUtf8 } from '../../../src/base/utf8';
import type { ChartPage, ChartSeries } from '../../../src/inspector/chartContract';

const head = 'time,packet,client,direction,topic,path,value\r\n';

/**
 * All points of series in the log up to `end` as CSV (RFC 4180), also those that the chart does not draw: a line for each,
 * series after series within what the host gives at a time.
 */
export async function chartCsv(
  series: readonly ChartSeries[],
  end: number,
  fetch: (series: readonly ChartSeries[], from: number) => Promise<ChartPage>,
): Promise<Uint8Array> {
  const parts = [encodeUtf8(head)];
  const names = series.map(({ client, direction, topic, path }) =>
    [client, direction === 'in' ? 'received' : 'sent', topic, path].map(csvField).join(','),
  );
  for (let from = 0; from < end;) {
    const page = await fetch(series, from);
    const lines = page.points.flatMap(({ sequences, times, values }, index) =>
      sequences.map(
        (sequence, at) =>
          `${isoTime(times[at] ?? 0)},${sequence},${names[index] ?? ''},${values[at] ?? ''}\r\n`,
      ),
    );
    parts.push(encodeUtf8(lines.join('')));
    if (page.next <= from) break;
    from = page.next;
  }
  return concatBytes(parts);
}
