import { area, curveStepAfter, line } from 'd3-shape';
import { ownValue } from '../../../models/domain/standing.js';
import type { Comparison, CurvePoint } from '../../compare/compare.js';
import type { Measure } from '../../compare/runs.js';
import { four } from '../../compare/words.js';
import { html, type Markup } from '../html.js';
import { axes, colourClass, extentOf, type Frame, figure, px, responsive, scaleX, scaleY } from '../plot.js';

/** Best so far of each strategy: the middle of its seeds as a line, the middle half of them as a band. */
export function bandsPlot(comparison: Comparison, measure: Measure): Markup {
  const { compared, objective } = comparison;
  const label = objective.unit === undefined ? objective.name : `${objective.name} [${objective.unit}]`;
  const drawn = compared.map((one) => ({ ...one, points: known(one.curves[measure]) }));
  const shown = drawn.flatMap(({ points }) => points);
  if (shown.length === 0)
    return html`<p class="empty">No strategy has measured anything at the target in half of its seeds.</p>`;
  const value = (loss: number) => ownValue(objective, loss);
  // The first values of random search may be far off: the axis begins where the middles do.
  const range = extentOf(shown.flatMap(({ median, better }) => [value(median), value(better)]));
  const drawing = (width: number, id: string) => {
    const frame: Frame = { width, height: 360, left: width > 500 ? 72 : 62, right: 16, top: 14, bottom: 48 };
    const x = scaleX(frame, [0, Math.max(...shown.map(({ spent }) => spent))])
      .domain([0, Math.max(...shown.map(({ spent }) => spent), Number.MIN_VALUE)])
      .nice(6);
    const y = scaleY(frame, range);
    const [low, high] = extentOf(y.domain());
    const inside = (loss: number) => px(y(Math.min(high, Math.max(low, value(loss)))));
    const band = area<CurvePoint>(
      (point) => px(x(point.spent)),
      (point) => inside(point.worse),
      (point) => inside(point.better),
    ).curve(curveStepAfter);
    const middle = line<CurvePoint>(
      (point) => px(x(point.spent)),
      (point) => inside(point.median),
    ).curve(curveStepAfter);
    const title = measure === 'cost' ? 'cost of all trials so far' : 'trials so far';
    const body = html`${axes(frame, x, y, { x: title, y: `best ${label} so far` })}
${drawn.map(({ points }, i) => html`<path class="band ${colourClass(i)}" d="${band([...points]) ?? ''}"/>`)}
${drawn.map(({ points, group }, i) => html`<path class="curve course${i % 6}" d="${middle([...points]) ?? ''}"><title>${group.label}</title></path>`)}`;
    const lasts = drawn.map(
      ({ points, group }) => `${group.label} ${points.length === 0 ? 'nothing' : four(value(points.at(-1)!.median))}`,
    );
    return figure(
      `bands-${measure}${id}`,
      frame,
      `Best ${label} against ${title}, middle of the seeds at the end: ${lasts.join(', ')}.`,
      body,
    );
  };
  return html`${responsive(drawing)}<p class="legend">${drawn.map(
    ({ group }, i) =>
      html`<span><svg width="26" height="14" aria-hidden="true"><path class="curve course${i % 6}" d="M1,7H25"/></svg> ${group.label}</span> `,
  )}</p>`;
}

/** The part of a curve in which half of the seeds have a value; where a quarter has none, the band ends at the middle. */
function known(points: readonly CurvePoint[]): readonly CurvePoint[] {
  return points
    .filter(({ median }) => Number.isFinite(median))
    .map((point) => ({ ...point, worse: Number.isFinite(point.worse) ? point.worse : point.median }));
}
