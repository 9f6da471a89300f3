import { scaleLinear } from 'd3-scale';
import type { CampaignRecord } from '../../models/domain/record.js';
import { costByFidelity, totalCost } from '../outcome.js';
import { formatNumber } from '../wording.js';
import { html, type Markup } from './html.js';
import { colourClass, type Frame, figure, px, responsive, shortened } from './plot.js';

/** What each fidelity has cost, as bars with their numbers. */
export function costPlot(record: CampaignRecord): Markup {
  const rows = costByFidelity(record);
  const total = totalCost(record);
  const description = `Cost by fidelity: ${rows.map((row) => `${row.fidelity} ${formatNumber(row.cost)}`).join(', ')}.`;
  const most = Math.max(...rows.map((row) => row.cost));
  return responsive((width, id) => {
    const isWide = width > 500;
    const frame: Frame = {
      width,
      height: 16 + 34 * rows.length,
      left: isWide ? 150 : 92,
      right: isWide ? 190 : 168,
      top: 8,
      bottom: 8,
    };
    const x = scaleLinear([0, most > 0 ? most : 1], [frame.left, frame.width - frame.right]);
    const body = html`${rows.map(({ fidelity, trials, cost }, i) => {
      const y = frame.top + 34 * i;
      const share = total > 0 ? `, ${Math.round((100 * cost) / total)} %` : '';
      return html`<text x="${frame.left - 10}" y="${y + 21}" text-anchor="end">${shortened(fidelity, isWide ? 20 : 12)}</text>
<rect class="${colourClass(i)}" x="${frame.left}" y="${y + 5}" width="${px(Math.max(1, x(cost) - frame.left))}" height="24"/>
<text x="${px(x(cost) + 8)}" y="${y + 21}">${formatNumber(cost)}${share} (${trials} trial${trials === 1 ? '' : 's'})</text>`;
    })}`;
    return figure(`cost-plot${id}`, frame, description, body);
  });
}
