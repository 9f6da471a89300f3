import { scaleLinear } from 'd3-scale';
import type { CampaignRecord } from '../../models/domain/record.js';
import { lossOf, primaryGoal, primaryObjective } from '../../models/domain/standing.js';
import type { MainEffect } from '../../models/strategy/explain/main-effects.js';
import { formatNumber, formatSd } from '../wording.js';
import { html, type Markup } from './html.js';
import { colourClass, type Frame, figure, px, responsive, shortened } from './plot.js';

/** Factors that are drawn, at most. */
const drawn = 12;

/** What each factor does to the objective, strongest first: as bars, and in words; null with a single factor. */
export function effectsPlot(record: CampaignRecord, effects: readonly MainEffect[]): Markup | null {
  if (effects.length === 0) return null;
  const { name, unit } = primaryObjective(record.campaign.spec);
  const shown = effects.slice(0, drawn);
  const most = Math.max(...shown.map(({ range }) => range)) || 1;
  const suffix = unit === undefined ? '' : ` ${unit}`;
  const description = `Effect of each factor on ${name}: ${shown.map((effect) => `${effect.name} ${formatSd(effect.range)}`).join(', ')}.`;
  const plot = responsive((width, id) => {
    const left = width > 500 ? 150 : 104;
    const frame: Frame = { width, height: 16 + 34 * shown.length, left, right: 128, top: 8, bottom: 8 };
    const x = scaleLinear([0, most], [frame.left, frame.width - frame.right]);
    const body = shown.map((effect, i) => {
      const y = frame.top + 34 * i;
      return html`<text x="${left - 8}" y="${y + 21}" text-anchor="end">${shortened(effect.name, width > 500 ? 20 : 13)}</text>
<rect class="${colourClass(0)}" x="${left}" y="${y + 5}" width="${px(Math.max(1, x(effect.range) - left))}" height="24"/>
<text x="${px(x(effect.range) + 8)}" y="${y + 21}">${formatSd(effect.range)}${suffix}, ${Math.round(100 * effect.share)} %</text>`;
    });
    return figure(`effects-plot${id}`, frame, description, html`${body}`);
  });
  return html`<h2>What each factor does</h2>
${plot}
<ul id="effects">${shown.slice(0, 5).map((effect) => html`<li>${sentence(record, effect)}</li>`)}</ul>
<p class="note">How far ${name} moves when one factor goes over its range and the others stay as in the measured designs, on
average, by the models after the last trial; the share is that of all such movement. Factors that only act together show little here.</p>`;
}

/** The factor's best and worst value in words. */
function sentence({ campaign }: CampaignRecord, { name, curve }: MainEffect): string {
  const goal = primaryGoal(campaign.spec);
  const sorted = [...curve].sort((a, b) => lossOf(goal, a.mean) - lossOf(goal, b.mean));
  const value = (one: (typeof curve)[number]) =>
    `${typeof one.value === 'number' ? formatSd(one.value) : one.value} (${formatNumber(Number(one.mean.toPrecision(4)))})`;
  return `${name}: best near ${value(sorted[0]!)}, worst near ${value(sorted.at(-1)!)}.`;
}
