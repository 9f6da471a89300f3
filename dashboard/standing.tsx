import type { CampaignOverview } from '../scripts/serve/overview.js';
import { State } from './states.js';
import { hourText, numberText, withUnit } from './words.js';

/** How a campaign stands: its phase and who set it, what is best, and what is used of its budget. */
export function Standing({ campaign }: { readonly campaign: CampaignOverview }) {
  const { phase, held, stop, problem, best, objective, spent, budget, running, ended } = campaign;
  const note =
    held !== null
      ? `by ${held.who} ${hourText(held.at)}${held.note === null ? '' : ` “${held.note}”`}`
      : (stop?.text ?? null);
  return (
    <>
      <State of={phase} note={note} />
      {problem === null ? null : <p class="problem">▲ stands still: {problem}</p>}
      <dl class="pairs">
        <div>
          <dt>
            {objective.direction === 'target' ? 'bring' : objective.direction} {objective.name}; best
          </dt>
          <dd class="live">{best === null ? 'none yet' : withUnit(numberText(best.value), objective.unit)}</dd>
        </div>
        <div>
          <dt>in flight</dt>
          <dd class="live">{running}</dd>
        </div>
        <div>
          <dt>trials</dt>
          <dd class="live">
            {ended}
            {budget?.trials == null ? '' : ` of ${budget.trials}`}
          </dd>
        </div>
        <div>
          <dt>cost</dt>
          <dd class="live">
            {numberText(spent)}
            {budget?.cost == null ? '' : ` of ${numberText(budget.cost)}`}
          </dd>
        </div>
      </dl>
    </>
  );
}
