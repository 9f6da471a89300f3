import type { Outline } from '../../scripts/serve/outline-view.js';
import type { CampaignReportView, WaitingTrialView } from '../../scripts/serve/shapes.js';
import { useRead } from '../use-read.js';
import { campaignOf, expectedText, numberText, withUnit } from '../words.js';
import { Alternatives } from './alternatives.js';

/** Of a proposal always the same in the same place: what, why, how sure, what it costs, and what is at risk. */
export function TrialBlocks({ trial }: { readonly trial: WaitingTrialView }) {
  const path = `/campaigns/${encodeURIComponent(campaignOf(trial.trialId))}`;
  const outline = useRead<Outline>(`${path}/outline`, () => false).value.value;
  const campaign = useRead<CampaignReportView>(path, ({ campaign: of }) => of === campaignOf(trial.trialId)).value
    .value;
  const { mean, sd, text } = trial.reason;
  const budget = campaign?.budget?.cost ?? null;
  const target = outline?.fidelities.at(-1)?.name;
  const unit = outline?.objectives[0]?.unit;
  return (
    <div class="blocks">
      <section>
        <h3>What</h3>
        <dl class="pairs">
          {trial.rowId === null || outline?.rowsHaveNames === false ? null : (
            <div>
              <dt>row</dt>
              <dd>{trial.rowId}</dd>
            </div>
          )}
          {Object.entries(trial.design).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                {withUnit(
                  typeof value === 'number' ? numberText(value) : value,
                  outline?.parameters.find((one) => one.name === name)?.unit,
                )}
              </dd>
            </div>
          ))}
          <div>
            <dt>level</dt>
            <dd>
              {trial.fidelity}
              {trial.fidelity === target ? ' (the target)' : ''}
              {trial.instrument === null ? '' : ` on ${trial.instrument}`}
            </dd>
          </div>
        </dl>
      </section>
      <section>
        <h3>Why</h3>
        <p>{text}</p>
        <Alternatives trialId={trial.trialId} />
      </section>
      <section>
        <h3>How sure</h3>
        {mean === null || sd === null ? (
          <p>No model says what to expect of it yet.</p>
        ) : (
          <p>
            expected here <span class="live">{withUnit(expectedText(mean, sd), unit)}</span> (± is 1 sd)
          </p>
        )}
      </section>
      <section>
        <h3>Cost and risk</h3>
        <p>
          cost {numberText(trial.estimatedCost)}
          {budget === null || campaign === null ? '' : `, of ${numberText(budget - campaign.spent)} left in the budget`}
        </p>
        <p class="faint">Athanor knows no hazards of designs: that none is named does not say that it is safe.</p>
      </section>
    </div>
  );
}
