import { curveStepAfter, line } from 'd3-shape';
import { html, type Markup } from './html.js';
import { axes, extentOf, type Frame, figure, px, scaleX, scaleY } from './plot.js';

/** How something went on: a line of steps, in a colour and dashes of its own. */
export interface Course {
  readonly name: string;
  /** Place among the colours. */
  readonly colour: number;
  readonly steps: readonly (readonly [x: number, y: number])[];
}

/** What a plot of courses is to be. */
export interface CoursePlot {
  readonly id: string;
  readonly titles: { readonly x: string; readonly y: string };
  /** Ends of the y axis; those of the steps where absent. */
  readonly range?: readonly [number, number];
  /** A level to compare with, as a dashed line. */
  readonly wanted?: number;
  readonly width: number;
}

/** Lines of steps over the same axes, with a legend; the last value of each is said in words. */
export function coursePlot(courses: readonly Course[], { id, titles, range, wanted, width }: CoursePlot): Markup {
  const all = courses.flatMap(({ steps }) => steps);
  const frame: Frame = { width, height: 250, left: 64, right: 16, top: 14, bottom: 48 };
  const x = scaleX(frame, extentOf([0, ...all.map(([at]) => at)]))
    .domain([0, Math.max(1, ...all.map(([at]) => at))])
    .nice(6);
  const y = scaleY(frame, range ?? extentOf(all.map(([, value]) => value)));
  if (range !== undefined) y.domain(range);
  const path = line<readonly [number, number]>(
    ([at]) => px(x(at)),
    ([, value]) => px(y(value)),
  ).curve(curveStepAfter);
  const level =
    wanted === undefined
      ? null
      : html`<line class="identity" x1="${frame.left}" x2="${frame.width - frame.right}" y1="${px(y(wanted))}" y2="${px(y(wanted))}"/>`;
  const body = html`${axes(frame, x, y, titles)}${level}
${courses.map(({ name, colour, steps }) => html`<path class="curve course${colour % 6}" d="${path(steps)}"><title>${name}</title></path>`)}`;
  const last = courses
    .map(({ name, steps }) => `${name} ${Number(steps.at(-1)![1].toPrecision(3))} at last`)
    .join(', ');
  return html`${figure(id, frame, `${titles.y} against ${titles.x}: ${last}.`, body)}
<p class="legend">${courses.map(
    ({ name, colour }) =>
      html`<span><svg width="26" height="14" aria-hidden="true"><path class="curve course${colour % 6}" d="M1,7H25"/></svg> ${name}</span> `,
  )}</p>`;
}
