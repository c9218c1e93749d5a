/**
 * The height of the rows of an element in pixels: `usual` where its font has the usual size, and as much more as its font is
 * larger. Style sheets have it as `--row-height`.
 */
export function scaledRowHeight(element: HTMLElement, usual: number, usualFontSize: number): number {
  const fontSize = Number.parseFloat(getComputedStyle(element).fontSize);
  const height = Math.max(usual, Math.round((fontSize / usualFontSize) * usual));
  element.style.setProperty('--row-height', `${height}px`);
  return height;
}
