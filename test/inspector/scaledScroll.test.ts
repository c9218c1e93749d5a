import assert from 'node:assert/strict';
import { ScaledScroll, tallestContent } from '../../media/inspector/scaledScroll';

const rowHeight = 22;
const viewport = 440;

function list(rows: number): ScaledScroll {
  const scroll = new ScaledScroll(rowHeight);
  scroll.resize(rows, viewport);
  return scroll;
}

describe('ScaledScroll', () => {
  const sizes = [0, 1, 19, 20, 21, 1000, 363_636, 363_637, 1_000_000, 50_000_000];
  for (const rows of sizes) {
    it(`reaches the first and the last of ${rows} rows with a scroll bar no element is too tall for`, () => {
      const scroll = list(rows);
      assert.ok(scroll.contentHeight <= tallestContent);
      assert.deepEqual(scroll.visible(), { first: 0, count: Math.min(rows, 20), shift: 0 });
      scroll.scrollToEnd();
      const { first, count } = scroll.visible();
      assert.equal(first + count, rows);
      assert.ok(scroll.atEnd);
      const bottom = Math.max(0, scroll.contentHeight - viewport);
      assert.ok(Math.abs(scroll.scrollTop - bottom) < 1e-6);
      scroll.barMoved(0, bottom);
      assert.equal(scroll.visible().first + scroll.visible().count, rows);
      scroll.barMoved(bottom, 0);
      assert.equal(scroll.offset, 0);
    });
  }

  it('leaves the bar where it is while its thumb would not visibly move', () => {
    const scroll = list(1_000_000);
    scroll.scrollTo(rowHeight * 5000);
    const before = scroll.scrollTop;
    scroll.scrollTo(rowHeight * 5020);
    assert.ok(scroll.barBelongsAt(before));
    const barPixel = scroll.contentHeight / viewport;
    assert.ok(!scroll.barBelongsAt(before + barPixel));
    const short = list(1000);
    short.scrollTo(3);
    assert.ok(!short.barBelongsAt(0));
  });

  it('has the bar at an end where the list is at one, and nowhere else', () => {
    const scroll = list(1_000_000);
    assert.ok(scroll.barBelongsAt(0));
    assert.ok(!scroll.barBelongsAt(120));
    scroll.scrollTo(120);
    assert.ok(!scroll.barBelongsAt(0));
    scroll.scrollToEnd();
    const end = scroll.scrollTop;
    assert.ok(scroll.barBelongsAt(end));
    assert.ok(!scroll.barBelongsAt(end - 120));
    scroll.scrollTo(scroll.offset - 120);
    // Browsers keep whole pixels at the end.
    assert.ok(!scroll.barBelongsAt(end));
    assert.ok(!scroll.barBelongsAt(end - 0.5));
    const { scrollTop } = scroll;
    assert.ok(scroll.barBelongsAt(scrollTop));
    scroll.barMoved(scrollTop, end);
    assert.ok(scroll.atEnd);
  });

  it('moves with a bar that stands elsewhere by as much as the bar moves', () => {
    const scroll = list(1_000_000);
    scroll.scrollTo(rowHeight * 5000);
    scroll.barMoved(scroll.scrollTop - 700, scroll.scrollTop - 690);
    const rowsOfBarPixel = 1_000_000 / scroll.contentHeight;
    assert.ok(Math.abs(scroll.offset / rowHeight - (5000 + 10 * rowsOfBarPixel)) < 0.01);
  });

  it('reaches its ends with a bar that stands elsewhere', () => {
    const scroll = list(1_000_000);
    scroll.scrollTo(rowHeight * 5000);
    scroll.barMoved(scroll.scrollTop - 700, 0);
    assert.equal(scroll.offset, 0);
    scroll.scrollTo(rowHeight * 995_000);
    scroll.barMoved(scroll.scrollTop + 700, scroll.contentHeight - viewport);
    assert.ok(scroll.atEnd);
  });

  it('moves by single rows however many there are', () => {
    const scroll = list(50_000_000);
    scroll.scrollTo(rowHeight * 25_000_000);
    assert.equal(scroll.visible().first, 25_000_000);
    scroll.scrollTo(scroll.offset + rowHeight);
    assert.equal(scroll.visible().first, 25_000_001);
  });

  it('shows the row that straddles the upper edge, shifted', () => {
    const scroll = list(100);
    scroll.scrollTo(30);
    assert.deepEqual(scroll.visible(), { first: 1, count: 21, shift: -8 });
  });

  it('keeps what is on screen in its place when rows leave the start', () => {
    const scroll = list(1000);
    scroll.scrollTo(rowHeight * 500 + 7);
    scroll.dropRows(200);
    scroll.resize(800, viewport);
    assert.deepEqual(scroll.visible(), { first: 300, count: 21, shift: -7 });
    scroll.dropRows(600);
    scroll.resize(200, viewport);
    assert.equal(scroll.offset, 0);
  });

  it('moves as little as brings a row in sight', () => {
    const scroll = list(1000);
    scroll.reveal(19);
    assert.equal(scroll.offset, 0);
    scroll.reveal(20);
    assert.equal(scroll.offset, rowHeight);
    scroll.reveal(5);
    assert.equal(scroll.offset, rowHeight);
    scroll.reveal(0);
    assert.equal(scroll.offset, 0);
    scroll.revealInCenter(500);
    assert.equal(scroll.offset, 500 * rowHeight - 209);
  });

  it('pages by the rows that fit, at least one', () => {
    assert.equal(list(1000).page, 20);
    const narrow = new ScaledScroll(rowHeight);
    narrow.resize(1000, 10);
    assert.equal(narrow.page, 1);
  });
});
