import { scaleLinear } from 'd3-scale';
import type { CampaignRecord } from '../../models/domain/record.js';
import { costByFidelity, totalCost } from '../outcome.js';
import { formatNumber } from '../wording.js';
import { html, type Markup } from './html.js';
import { colourClass, type Frame, figure, px, responsive, shortened } from './plot.js';

/** Width of the bars at least, in units of the plot. */
const leastBar = 24;

/** Width of a text in the page's fonts at most, about, in units of the plot. */
function widthOf(text: string): number {
  return [...text].reduce((sum, sign) => sum + (/[MW@%—]/.test(sign) ? 13 : /[A-Zmw…]/.test(sign) ? 11 : 7.6), 0);
}

/** A name as far as it fits into a width. */
function fitted(name: string, room: number): string {
  let most = [...name].length;
  while (most > 2 && widthOf(shortened(name, most)) > room) most--;
  return shortened(name, most);
}

/** What each fidelity has cost, as bars with their numbers. */
export function costPlot(record: CampaignRecord): Markup {
  const rows = costByFidelity(record);
  const total = totalCost(record);
  const description = `Cost by fidelity: ${rows.map((row) => `${row.fidelity} ${formatNumber(row.cost)}`).join(', ')}.`;
  const most = Math.max(...rows.map((row) => row.cost));
  const labels = rows.map(({ trials, cost }) => {
    const share = total > 0 ? `, ${Math.round((100 * cost) / total)} %` : '';
    return {
      whole: `${formatNumber(cost)}${share} (${trials} trial${trials === 1 ? '' : 's'})`,
      short: formatNumber(cost) + share,
    };
  });
  return responsive((width, id) => {
    const isWide = width > 500;
    const left = isWide ? 150 : 92;
    const roomFor = (kind: 'whole' | 'short') => Math.max(...labels.map((label) => widthOf(label[kind]))) + 12;
    // Bars keep a share of the width; the trials are in the table beside, where they do not fit.
    const kind = roomFor('whole') <= width - left - leastBar ? 'whole' : 'short';
    const frame: Frame = {
      width,
      height: 16 + 34 * rows.length,
      left,
      right: Math.min(Math.max(isWide ? 190 : 0, roomFor(kind)), width - left - leastBar),
      top: 8,
      bottom: 8,
    };
    const x = scaleLinear([0, most > 0 ? most : 1], [frame.left, frame.width - frame.right]);
    const body = html`${rows.map(({ fidelity, cost }, i) => {
      const y = frame.top + 34 * i;
      return html`<text x="${frame.left - 10}" y="${y + 21}" text-anchor="end">${fitted(fidelity, frame.left - 12)}</text>
<rect class="${colourClass(i)}" x="${frame.left}" y="${y + 5}" width="${px(Math.max(1, x(cost) - frame.left))}" height="24"/>
<text x="${px(x(cost) + 8)}" y="${y + 21}">${labels[i]![kind]}</text>`;
    })}`;
    return figure(`cost-plot${id}`, frame, description, body);
  });
}
