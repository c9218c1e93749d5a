import assert from 'node:assert/strict';
import { CellTitles, leftOutText } from '../../media/inspector/cellTitles';
import type { LogRow } from '../../src/inspector/contract';

const row: LogRow = {
  ...{ at: 0, direction: 'in', client: 'esp32 (192.168.1.31:50123)', version: 4, kind: 'packet' },
  ...{ topic: undefined, length: 2, excerpt: Uint8Array.of(0xc0, 0), context: {}, concealed: [] },
  ...{ endsPrevious: false, endsFraming: false },
};

/** As much of a cell as a title needs. */
function cellOf(column: string, shown: string, isCut = false) {
  const cell = {
    title: '',
    classList: { contains: (name: string) => name === column },
    ...{ scrollWidth: isCut ? 20 : 10, clientWidth: 10, textContent: shown },
    removeAttribute: () => void (cell.title = ''),
    closest: () => cell,
  };
  return { element: cell as unknown as Element, title: () => cell.title };
}

describe('What a cell says when the pointer rests on it', () => {
  const unshown = { sequence: 1, leftOut: [] };

  it('is where the client comes from, each time', () => {
    const titles = new CellTitles();
    const client = cellOf('client', 'esp32');
    const type = cellOf('type', 'PINGREQ');
    for (let round = 0; round < 3; round++) {
      titles.explain(client.element, row, unshown);
      assert.equal(client.title(), row.client);
      titles.explain(type.element, row, unshown);
      assert.deepEqual([client.title(), type.title()], ['', '']);
    }
  });

  it('is the name of a client where that is cut, and nothing where it is there in full', () => {
    const titles = new CellTitles();
    for (const isCut of [true, false]) {
      const client = cellOf('client', 'bench', isCut);
      titles.explain(client.element, { ...row, client: 'bench' }, unshown);
      assert.equal(client.title(), isCut ? 'bench' : '');
    }
  });

  it('has the columns there was no room for behind it', () => {
    const titles = new CellTitles();
    const client = cellOf('client', 'esp32');
    const leftOut = ['length'] as const;
    titles.explain(client.element, row, { sequence: 1, leftOut });
    assert.equal(client.title(), `${row.client}\n2 bytes`);
    assert.equal(leftOutText(row, { sequence: 1, leftOut }), '2 bytes');
  });
});
