import type { CampaignRecord } from '../../models/domain/record.js';
import type { Insight, OutcomeInsight } from '../../models/strategy/explain/insight.js';
import type { Slice } from '../../models/strategy/explain/slices.js';
import { formatSd, wordingOf } from '../wording.js';
import { html, type Markup } from './html.js';
import { labelOf, type OutcomeWords } from './outcome-words.js';
import { axes, extentOf, type Frame, figure, px, scaleX, scaleY } from './plot.js';

/** Factors that are drawn, at most. */
const drawn = 12;

/** What is expected of an outcome along each number, all others standing as in the best design, with bands; null where no factor is one. */
export function slicePlots(
  record: CampaignRecord,
  { design, rowId, trialId }: Insight['through'],
  { name, slices, importance }: OutcomeInsight,
  { of, suffix }: OutcomeWords,
): Markup | null {
  const ordered = importance
    .flatMap((one) => slices.filter(({ parameter }) => parameter === one.name))
    .filter(isNumeric);
  if (ordered.length === 0) return null;
  const shown = ordered.slice(0, drawn);
  const range = extentOf(shown.flatMap(({ points }) => points.flatMap(({ interval }) => interval)));
  const where = wordingOf(record.campaign, record.trials).design(design, rowId);
  const outcome = labelOf(record.campaign.spec, name);
  const barred = shown.some((slice) => slice.barred > 0) ? ' Curves end where a constraint would be broken.' : '';
  const mixed = shown.some((slice) => slice.parameter !== slice.name)
    ? ' Where an amount changes, the other components keep their proportions.'
    : '';
  return html`<h2>Along each factor${of}</h2>
<div class="multiples" id="slices${suffix}">${shown.map((slice, at) => slicePlot(slice, { range, id: `slice-${at + 1}${suffix}`, outcome, name }))}</div>
<p class="note">What the models expect where one factor changes and all others stay as in ${where} (trial ${trialId}, upright line), and between which
values it lies nine times in ten, without measurement noise.${mixed}${barred}</p>`;
}

function isNumeric({ points }: Slice): boolean {
  return points.length > 1 && points.every(({ value }) => typeof value === 'number');
}

function slicePlot(
  { name, here, points }: Slice,
  told: {
    readonly range: readonly [number, number];
    readonly id: string;
    readonly outcome: string;
    readonly name: string;
  },
): Markup {
  const frame: Frame = { width: 380, height: 250, left: 64, right: 16, top: 14, bottom: 48 };
  const x = scaleX(frame, extentOf([...points.map(({ value }) => Number(value)), Number(here)]));
  const y = scaleY(frame, told.range);
  const at2 = (value: (typeof points)[number]['value'], height: number) => `${px(x(Number(value)))},${px(y(height))}`;
  const upper = points.map(({ value, interval }) => at2(value, interval[1]));
  const lower = points.map(({ value, interval }) => at2(value, interval[0])).reverse();
  const middle = points.map(({ value, median }) => at2(value, median));
  const upright = px(x(Number(here)));
  const body = html`${axes(frame, x, y, { x: name, y: told.outcome })}
<path class="band level0" d="M${[...upper, ...lower].join('L')}Z"/>
<path class="curve course0" d="M${middle.join('L')}"/>
<line class="identity" x1="${upright}" x2="${upright}" y1="${frame.top}" y2="${frame.height - frame.bottom}"/>`;
  const [first, last] = [points[0]!, points.at(-1)!];
  const text = `${told.name} along ${name}: ${formatSd(first.median)} at ${first.value}, ${formatSd(last.median)} at ${last.value}.`;
  return html`<figure><figcaption>${name}</figcaption>
${figure(told.id, frame, text, body)}</figure>`;
}
