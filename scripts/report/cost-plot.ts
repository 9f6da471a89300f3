import { scaleLinear } from 'd3-scale';
import type { CampaignRecord } from '../../models/domain/record.js';
import { costByFidelity, totalCost } from '../outcome.js';
import { formatNumber } from '../wording.js';
import { html, type Markup } from './html.js';
import { colourClass, type Frame, figure, px } from './plot.js';

/** What each fidelity has cost, as bars with their numbers. */
export function costPlot(record: CampaignRecord): Markup {
  const rows = costByFidelity(record);
  const total = totalCost(record);
  const frame: Frame = { width: 760, height: 16 + 34 * rows.length, left: 150, right: 190, top: 8, bottom: 8 };
  const most = Math.max(...rows.map((row) => row.cost));
  const x = scaleLinear([0, most > 0 ? most : 1], [frame.left, frame.width - frame.right]);
  const body = html`${rows.map(({ fidelity, trials, cost }, i) => {
    const y = frame.top + 34 * i;
    const share = total > 0 ? `, ${Math.round((100 * cost) / total)} %` : '';
    return html`<text x="${frame.left - 10}" y="${y + 21}" text-anchor="end">${shortened(fidelity)}</text>
<rect class="${colourClass(i)}" x="${frame.left}" y="${y + 5}" width="${px(Math.max(1, x(cost) - frame.left))}" height="24"/>
<text x="${px(x(cost) + 8)}" y="${y + 21}">${formatNumber(cost)}${share} (${trials} trial${trials === 1 ? '' : 's'})</text>`;
  })}`;
  const description = `Cost by fidelity: ${rows.map((row) => `${row.fidelity} ${formatNumber(row.cost)}`).join(', ')}.`;
  return figure('cost-plot', frame, description, body);
}

/** A name as far as it fits beside its bar; whole in the trials table. */
function shortened(name: string): string {
  return name.length > 20 ? `${name.slice(0, 19)}…` : name;
}
