import type { CampaignRecord } from '../../models/domain/record.js';
import { primaryObjective } from '../../models/domain/standing.js';
import type { Insight } from '../../models/strategy/explain/insight.js';
import type { Slice } from '../../models/strategy/explain/slices.js';
import { formatSd, wordingOf } from '../wording.js';
import { html, type Markup } from './html.js';
import { axes, extentOf, type Frame, figure, px, scaleX, scaleY } from './plot.js';

/** Factors that are drawn, at most. */
const drawn = 12;

/** What is expected along each number, all others standing as in the best design, with bands; null where no factor is one. */
export function slicePlots(record: CampaignRecord, { slices, importance }: Insight): Markup | null {
  const byName = new Map(slices.factors.map((slice) => [slice.name, slice]));
  const ordered = importance.map(({ name }) => byName.get(name)!).filter(isNumeric);
  if (ordered.length === 0) return null;
  const shown = ordered.slice(0, drawn);
  const range = extentOf(shown.flatMap(({ points }) => points.flatMap(({ interval }) => interval)));
  const { design, rowId, trialId } = slices.through;
  const where = wordingOf(record.campaign, record.trials).design(design, rowId);
  return html`<h2>Along each factor</h2>
<div class="multiples" id="slices">${shown.map((slice, at) => slicePlot(record, slice, { range, at, here: Number(design[slice.name]) }))}</div>
<p class="note">What the models expect where one factor changes and all others stay as in ${where} (trial ${trialId}, upright line), and between which
values it lies nine times in ten, without measurement noise.</p>`;
}

function isNumeric({ points }: Slice): boolean {
  return points.length > 1 && points.every(({ value }) => typeof value === 'number');
}

function slicePlot(
  record: CampaignRecord,
  { name, points }: Slice,
  { range, at, here }: { readonly range: readonly [number, number]; readonly at: number; readonly here: number },
): Markup {
  const { name: objective, unit } = primaryObjective(record.campaign.spec);
  const frame: Frame = { width: 380, height: 250, left: 64, right: 16, top: 14, bottom: 48 };
  const x = scaleX(frame, extentOf([...points.map(({ value }) => Number(value)), here]));
  const y = scaleY(frame, range);
  const at2 = (value: (typeof points)[number]['value'], height: number) => `${px(x(Number(value)))},${px(y(height))}`;
  const upper = points.map(({ value, interval }) => at2(value, interval[1]));
  const lower = points.map(({ value, interval }) => at2(value, interval[0])).reverse();
  const middle = points.map(({ value, median }) => at2(value, median));
  const body = html`${axes(frame, x, y, { x: name, y: unit === undefined ? objective : `${objective} [${unit}]` })}
<path class="band level0" d="M${[...upper, ...lower].join('L')}Z"/>
<path class="curve course0" d="M${middle.join('L')}"/>
<line class="identity" x1="${px(x(here))}" x2="${px(x(here))}" y1="${frame.top}" y2="${frame.height - frame.bottom}"/>`;
  const [first, last] = [points[0]!, points.at(-1)!];
  const text = `${objective} along ${name}: ${formatSd(first.median)} at ${first.value}, ${formatSd(last.median)} at ${last.value}.`;
  return html`<figure><figcaption>${name}</figcaption>
${figure(`slice-${at + 1}`, frame, text, body)}</figure>`;
}
