/** The colours of the theme that a canvas needs, which knows no CSS. */
export interface ChartColors {
  readonly series: readonly string[];
  readonly foreground: string;
  readonly background: string;
  readonly grid: string;
  readonly font: string;
}

/** VS Code's own tokens for charts, told apart as far as they go. */
const seriesTokens = ['blue', 'red', 'green', 'purple', 'yellow', 'orange'] as const;

/** From the seventh series on, and for who sees no colours, lines differ in their dashes. */
export const dashes: readonly (readonly number[])[] = [[], [6, 4], [2, 3], [10, 4, 2, 4], [12, 3], [4, 8]];

export function chartColors(element: Element): ChartColors {
  const style = getComputedStyle(element);
  const token = (name: string, otherwise: string): string =>
    style.getPropertyValue(`--vscode-${name}`).trim() || otherwise;
  const foreground = token('foreground', style.color);
  return {
    series: seriesTokens.map((name) => opaque(token(`charts-${name}`, foreground))),
    foreground,
    background: token('editor-background', 'transparent'),
    grid: token('editorRuler-foreground', token('panel-border', foreground)),
    font: `12px ${token('font-family', style.fontFamily)}`,
  };
}

/** Some themes have tokens that shine through, meant for areas: a thin line needs all of its colour. */
function opaque(color: string): string {
  return /^#[0-9a-f]{8}$/i.test(color) ? color.slice(0, 7) : color.replace(/^rgba\((.*),[^,]*\)$/, 'rgb($1)');
}

/** The colour and dashes of a series by its place. */
export function seriesLook(
  { series, foreground }: ChartColors,
  index: number,
): { color: string; dash: readonly number[] } {
  return { color: series[index % series.length] ?? foreground, dash: dashes[index % dashes.length] ?? [] };
}
