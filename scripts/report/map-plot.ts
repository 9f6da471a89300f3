import { typeOf } from '../../models/domain/parameters/parameter.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { type PrincipalAxes, principalAxes } from '../../models/linalg/principal-axes.js';
import { bestOf } from '../outcome.js';
import { wordingOf } from '../wording.js';
import { html, type Markup } from './html.js';
import { axes, extentOf, type Frame, figure, legend, marks, responsive, scaleX, scaleY } from './plot.js';

/** Numeric parameters from which on designs do not fit on a plot as they are. */
const from = 3;
/** Parameters that the title of an axis names, at most. */
const named = 3;

/**
 * Where the trials lie among one another: their designs on the two axes along which they differ most. Null where designs have fewer
 * than three numbers, or too few differ.
 */
export function mapPlot(record: CampaignRecord): Markup | null {
  const { campaign } = record;
  const trials = record.trials.filter(({ state }) => state !== 'withdrawn');
  const first = trials[0]?.proposal.design;
  const numeric = campaign.space.parameters.filter(
    (parameter) =>
      first !== undefined && typeOf(parameter).feature(parameter, first[parameter.name]!).kind === 'numeric',
  );
  if (numeric.length < from) return null;
  const rows = trials.map(({ proposal }) =>
    numeric.map((parameter) => {
      const feature = typeOf(parameter).feature(parameter, proposal.design[parameter.name]!);
      return feature.kind === 'numeric' ? feature.value : Number.NaN;
    }),
  );
  const found = principalAxes(rows, 2);
  if (found === null) return null;
  const [across, up] = found.scores as [readonly number[], readonly number[]];
  const title = (axis: number) =>
    titleOf(
      found,
      axis,
      numeric.map(({ name }) => name),
    );
  const levels = campaign.spec.fidelities.map(({ name }) => name);
  const best = bestOf(campaign.spec, record.trials)?.trialId;
  const wording = wordingOf(campaign, record.trials);
  const shown = Math.round(100 * (found.shares[0]! + found.shares[1]!));
  const description = `${trials.length} trials on two axes: ${title(0)}; ${title(1)}.`;
  const plot = responsive((width, id) => {
    const frame: Frame = { width, height: 340, left: 52, right: 16, top: 14, bottom: 48 };
    const [x, y] = [scaleX(frame, extentOf(across)), scaleY(frame, extentOf(up))];
    const spots = trials.map(({ proposal }, i) => ({
      level: levels.indexOf(proposal.fidelity),
      ...{ x: x(across[i]!), y: y(up[i]!), size: proposal.id === best ? 160 : 44 },
      tip: () =>
        `${proposal.id}${proposal.id === best ? ', the best' : ''}: ${wording.design(proposal.design, proposal.rowId)}`,
    }));
    return figure(
      `map-plot${id}`,
      frame,
      description,
      html`${axes(frame, x, y, { x: title(0), y: title(1) })}${marks(spots)}`,
    );
  });
  return html`<h2>Where the trials lie</h2>
${levels.length > 1 ? legend(levels) : ''}
${plot}
<p class="note">Designs of ${numeric.length} numbers on the two axes along which those tried differ most (principal components of the
standardised numbers), which show ${shown} % of their differences; the large mark is the best. Trials that lie close together here may differ along other axes.</p>`;
}

/** `temperature, −pH (62 %)`: the numbers that an axis consists of most, and its share of the differences. */
function titleOf({ weights, shares }: PrincipalAxes, axis: number, names: readonly string[]): string {
  const own = weights[axis]!;
  const parts = [...own.keys()]
    .sort((a, b) => Math.abs(own[b]!) - Math.abs(own[a]!) || a - b)
    .filter((j, at) => at === 0 || Math.abs(own[j]!) >= 0.3)
    .slice(0, named)
    .map((j) => `${own[j]! < 0 ? '−' : ''}${names[j]}`);
  return `${parts.join(', ')} (${Math.round(100 * shares[axis]!)} %)`;
}
