import type { Campaign } from '../models/domain/campaign.js';
import type { TrialRecord } from '../models/domain/record.js';
import { primaryObjective } from '../models/domain/standing.js';
import type { Outlier } from '../models/strategy/explain/outliers.js';
import { wordingOf } from './wording.js';

/** Outliers in words, a line each. @param trials - those that they are among */
export function outlierLines(
  campaign: Campaign,
  outliers: readonly Outlier[],
  trials: readonly TrialRecord[] = [],
): readonly string[] {
  const { number, value, design } = wordingOf(campaign, trials);
  return outliers.map(({ trialId, value: measured, predicted, isLeftOut }) => {
    const proposal = trials.find((trial) => trial.proposal.id === trialId)?.proposal;
    const what = proposal === undefined ? trialId : design(proposal.design, proposal.rowId);
    return `outlier? ${primaryObjective(campaign.spec).name} ${value(measured)} of ${what}, where all others predict ${number(Number(predicted.toPrecision(4)))}${isLeftOut ? '; nothing is learned from it' : ''}; check it`;
  });
}
