import type { ChartSeries } from '../../../src/inspector/chartContract';
import { seriesLook, type ChartColors } from './chartColors';

const lineHeight = 18;
const margin = 10;

/** The chart as a PNG, with what its lines are below it. */
export async function chartImage(
  plot: HTMLCanvasElement,
  series: readonly ChartSeries[],
  colors: ChartColors,
): Promise<Uint8Array> {
  const scale = window.devicePixelRatio;
  const canvas = document.createElement('canvas');
  canvas.width = plot.width;
  canvas.height = plot.height + (series.length * lineHeight + margin) * scale;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser has no canvas to draw the image on.');
  context.fillStyle = colors.background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(plot, 0, 0);
  context.scale(scale, scale);
  context.font = colors.font;
  context.textBaseline = 'middle';
  for (const [index, { client, topic, path }] of series.entries()) {
    const { color, dash } = seriesLook(colors, index);
    const y = plot.height / scale + (index + 0.5) * lineHeight;
    context.strokeStyle = color;
    context.lineWidth = 2;
    context.setLineDash([...dash]);
    context.beginPath();
    context.moveTo(margin, y);
    context.lineTo(margin + 28, y);
    context.stroke();
    context.fillStyle = colors.foreground;
    context.fillText(`${client} · ${topic} · ${path}`, margin + 36, y);
  }
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob) throw new Error('The browser could not make an image of the chart.');
  return new Uint8Array(await blob.arrayBuffer());
}
