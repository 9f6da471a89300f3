import type { Campaign } from '../models/domain/campaign.js';
import type { TrialRecord } from '../models/domain/record.js';
import type { Outlier } from '../models/strategy/explain/outliers.js';
import { wordingOf } from './wording.js';

/** Outliers in words, a line each. @param outliers - with their lines, where they stand in a table @param trials - those that they are among */
export function outlierLines(
  campaign: Campaign,
  outliers: readonly (Outlier & { readonly line?: number | null })[],
  trials: readonly TrialRecord[] = [],
): readonly string[] {
  const { number, design } = wordingOf(campaign, trials);
  const { objectives, outcomes = [] } = campaign.spec;
  return outliers.map(({ trialId, outcome, value, predicted, isLeftOut, line = null }) => {
    const { unit } = [...objectives, ...outcomes].find(({ name }) => name === outcome)!;
    const proposal = trials.find((trial) => trial.proposal.id === trialId)?.proposal;
    const what = proposal === undefined ? trialId : design(proposal.design, proposal.rowId);
    return `outlier? ${outcome} ${number(value)}${unit === undefined ? '' : ` ${unit}`} of ${what}${line === null ? '' : ` (line ${line})`}, where all others predict ${number(Number(predicted.toPrecision(4)))}${isLeftOut ? '; nothing is learned from it' : ''}; check it`;
  });
}
