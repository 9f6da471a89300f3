import type { FitRecord } from '../../models/domain/fit-record.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { formatNumber } from '../wording.js';
import { coursePlot } from './course-plot.js';
import { html, type Markup } from './html.js';
import { responsive } from './plot.js';

/**
 * The weight of each surrogate of an ensemble, fit after fit, and what it has to show for it; null without fits.
 *
 * @param calibrations - what `lastCalibrations` of the record gives
 */
export function weightPlots(record: CampaignRecord, calibrations: ReadonlyMap<string, number>): Markup | null {
  const fits = fitsOf(record);
  const last = fits.at(-1)?.fit;
  if (last === undefined) return null;
  const names = [...new Set(fits.flatMap(({ fit }) => fit.members.map(({ name }) => name)))];
  const courses = names.map((name, colour) => ({
    name,
    colour,
    steps: fits.flatMap(({ cost, fit }) => {
      const member = fit.members.find((one) => one.name === name);
      return member === undefined ? [] : [[cost, member.weight] as const];
    }),
  }));
  const plot =
    names.length === 1
      ? html`<p class="note">One surrogate, ${names[0]}: there is none to compare it with.</p>`
      : responsive((width, id) =>
          coursePlot(courses, {
            id: `weight-plot${id}`,
            titles: { x: 'cost of all trials before', y: 'weight' },
            range: [0, 1],
            width,
          }),
        );
  return html`<h2>Weights of the surrogates</h2>
<p class="note">Surrogates are models fitted to what was measured; each has a weight by how well it predicts trials that it has not
seen. The weights add up to 1.</p>
${plot}${scoreboard(last, calibrations)}`;
}

/** The fit of every decision, with what had been spent by then. */
function fitsOf({ trials }: CampaignRecord): readonly { readonly cost: number; readonly fit: FitRecord }[] {
  const seen = new Set<number>();
  let cost = 0;
  return trials.flatMap(({ proposal, observation }) => {
    const before = cost;
    cost += observation?.cost ?? 0;
    const { fit } = proposal.basis;
    if (fit === null || seen.has(proposal.round)) return [];
    seen.add(proposal.round);
    return [{ cost: before, fit }];
  });
}

function scoreboard({ members, observations }: FitRecord, calibrations: ReadonlyMap<string, number>): Markup {
  const number = (value: number) => formatNumber(Number(value.toPrecision(3)));
  const names = ['weight', 'log score', 'intervals'] as const;
  const chose = members.some(({ choice }) => choice !== undefined);
  const figures = ({ name, weight, score }: FitRecord['members'][number]) => [
    number(weight),
    members.length === 1 ? '' : number(score),
    calibrations.has(name) ? `× ${number(calibrations.get(name)!)}` : '',
  ];
  return html`<div class="wide" id="scoreboard"><table><thead><tr><th scope="col">surrogate</th>${names.map(
    (name) => html`<th scope="col" class="number">${name}</th>`,
  )}${chose ? html`<th scope="col">kind chosen</th>` : null}</tr></thead>
<tbody>${members.map(
    (member) =>
      html`<tr><th scope="row">${member.name}</th>${figures(member).map((text) => html`<td class="number">${text}</td>`)}${
        chose ? html`<td>${member.choice ?? ''}</td>` : null
      }</tr>`,
  )}</tbody></table></div>
<p class="note">At the last fit, to ${observations} values. The log score is that of every target value predicted from all
others; intervals of designs in general are calibrated: as many times as wide as the surrogate says, by its errors at trials that it
was fitted without, so that they hold as often as is said; of surrogates of small weight none are made.</p>`;
}
