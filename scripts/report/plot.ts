import type { ScaleLinear } from 'd3-scale';
import { scaleLinear } from 'd3-scale';
import { symbol, symbolCircle, symbolDiamond, symbolSquare, symbolTriangle, symbolWye } from 'd3-shape';
import { html, type Markup } from './html.js';

/** Frame of a plot in its own units: outer size and the margins that hold the axes. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Data to pixels along one axis. */
export type Scale = ScaleLinear<number, number>;

/** Scale along the bottom; the domain is widened to round numbers. */
export function scaleX(frame: Frame, domain: readonly [number, number]): Scale {
  return scaleLinear(widened(domain), [frame.left, frame.width - frame.right]).nice(6);
}

/** Scale along the left side, growing upwards; the domain is widened to round numbers. */
export function scaleY(frame: Frame, domain: readonly [number, number]): Scale {
  return scaleLinear(widened(domain), [frame.height - frame.bottom, frame.top]).nice(5);
}

/** Lowest and highest of some numbers. */
export function extentOf(values: readonly number[]): [number, number] {
  return [Math.min(...values), Math.max(...values)];
}

/** Both axes with ticks, grid and their titles. */
export function axes(frame: Frame, x: Scale, y: Scale, titles: { readonly x: string; readonly y: string }): Markup {
  const bottom = frame.height - frame.bottom;
  const right = frame.width - frame.right;
  const across = frame.width > 500 ? 6 : 4;
  const formatX = x.tickFormat(across);
  const formatY = y.tickFormat(5);
  return html`<g class="axis">
${x.ticks(across).map(
  (tick) => html`<line class="grid" x1="${px(x(tick))}" x2="${px(x(tick))}" y1="${frame.top}" y2="${bottom}"/>
<text x="${px(x(tick))}" y="${bottom + 16}" text-anchor="middle">${formatX(tick)}</text>`,
)}
${y.ticks(5).map(
  (tick) => html`<line class="grid" x1="${frame.left}" x2="${right}" y1="${px(y(tick))}" y2="${px(y(tick))}"/>
<text x="${frame.left - 8}" y="${px(y(tick) + 4)}" text-anchor="end">${formatY(tick)}</text>`,
)}
<path class="frame" d="M${frame.left},${frame.top}V${bottom}H${right}"/>
<text class="title" x="${px((frame.left + right) / 2)}" y="${frame.height - 6}" text-anchor="middle">${titles.x}</text>
<text class="title" transform="translate(14,${px((frame.top + bottom) / 2)}) rotate(-90)" text-anchor="middle">${titles.y}</text>
</g>`;
}

/** A whole plot with what it shows in words, for those who cannot see it. */
export function figure(id: string, frame: Frame, description: string, body: Markup): Markup {
  return html`<svg class="plot" id="${id}" viewBox="0 0 ${frame.width} ${frame.height}" role="img" aria-label="${description}">
${body}
</svg>`;
}

const shapes = [symbolCircle, symbolSquare, symbolTriangle, symbolDiamond, symbolWye];

/** A mark of the fidelity at place `level`: its own colour and its own shape. `tip` is shown on pointing at it. */
export function mark(level: number, x: number, y: number, tip: string, size = 44): Markup {
  const path = symbol(shapes[level % shapes.length]!, size)() ?? '';
  return html`<path class="mark ${colourClass(level)}" transform="translate(${px(x)},${px(y)})" d="${path}"><title>${tip}</title></path>`;
}

/** Marks of a plot from which on they are one path a fidelity, without tips: of so many nobody points at one. */
const mostTips = 600;

/** A trial in a plot. */
export interface Spot {
  readonly level: number;
  readonly x: number;
  readonly y: number;
  /** Made only where it is shown. */
  readonly tip: () => string;
  readonly size?: number;
}

/** Marks of trials: each with its tip, or of very many the shapes alone, those on the same pixel once. */
export function marks(spots: readonly Spot[]): readonly Markup[] {
  if (spots.length <= mostTips) return spots.map(({ level, x, y, tip, size }) => mark(level, x, y, tip(), size));
  const byLevel = new Map<number, Set<string>>();
  for (const { level, x, y } of spots) {
    const at = byLevel.get(level) ?? new Set();
    byLevel.set(level, at.add(`M${Math.round(x) - 2},${Math.round(y)}h4`));
  }
  return [...byLevel].map(([level, at]) => html`<path class="many ${colourClass(level)}" d="${[...at].join('')}"/>`);
}

/** Class that gives a fidelity its colour. */
export function colourClass(level: number): string {
  return `level${level % 6}`;
}

/** Which mark belongs to which fidelity. */
export function legend(names: readonly string[]): Markup {
  return html`<p class="legend">${names.map(
    (name, level) =>
      html`<span><svg width="14" height="14" aria-hidden="true">${mark(level, 7, 7, name)}</svg> ${name}</span> `,
  )}</p>`;
}

/** A coordinate with as many digits as a screen can show. */
export function px(value: number): number {
  return Math.round(value * 100) / 100;
}

/** A range of its own width more where it has none, and a twentieth of it more at each end. */
function widened([low, high]: readonly [number, number]): [number, number] {
  const margin = low === high ? Math.max(1, Math.abs(low)) * 0.5 : (high - low) * 0.05;
  return [low - margin, high + margin];
}

/** Widths of a plot in its own units, so that its text is legible on a screen and on a phone. */
const widths = { screen: 760, phone: 350 } as const;

/**
 * A plot drawn twice, of which the page shows the one that its width has room for.
 *
 * @param draw - given the width and what to add to the ids of the plot
 */
export function responsive(draw: (width: number, id: string) => Markup): Markup {
  return html`<div class="on-screen">${draw(widths.screen, '')}</div><div class="on-phone">${draw(widths.phone, '-phone')}</div>`;
}

/** A name as far as it fits beside its bar; whole in the trials table. */
export function shortened(name: string, most: number): string {
  const letters = [...name];
  return letters.length > most ? `${letters.slice(0, most - 1).join('')}…` : name;
}
