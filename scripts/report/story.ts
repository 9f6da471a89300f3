import { outsideOf } from '../../models/domain/outside.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { primaryObjective } from '../../models/domain/standing.js';
import { trialOutcomes } from '../../models/domain/trial.js';
import type { Recommendation } from '../../models/strategy/explain/recommend.js';
import { shownProbability } from '../../workflows/stop-rules.js';
import { bestOf, lastAssurances, targetName, totalCost, traceOf, withoutBest } from '../outcome.js';
import { recommendationText } from '../recommendation.js';
import { tradeOffsOf, valuesText } from '../trade-offs.js';
import { formatNumber, meanWords, targetText, wordingOf } from '../wording.js';

const byPhase: Readonly<Record<string, string>> = {
  running: 'The campaign is still running.',
  paused: 'The campaign is paused.',
  draining: 'The campaign is draining: nothing new is started, running trials are waited for.',
  aborting: 'The campaign is being aborted.',
};

/**
 * What a campaign has come to, in sentences: what stopped it, the best design, and what it took.
 *
 * @param recommended - what `recommendationOf` the record gives
 */
export function story(record: CampaignRecord, recommended: Recommendation | null): readonly string[] {
  const { spec } = record.campaign;
  const objective = primaryObjective(spec);
  const { name, direction } = objective;
  const best = bestOf(spec, record.trials);
  const ended =
    record.stop === null || record.phase !== 'stopped'
      ? (byPhase[record.phase] ?? '')
      : `The campaign has ended: ${record.stop.text}.`;
  if (best === null) {
    const words = withoutBest(spec, record.trials);
    const nothing = `${words[0]!.toUpperCase()}${words.slice(1)}.`;
    if (recommended === null) return [ended, nothing];
    return [ended, nothing, `A recommendation, not a result: ${recommendationText(record.campaign, recommended)}.`];
  }
  const wording = wordingOf(record.campaign, record.trials);
  const outside = outsideOf(record.campaign.space, best);
  const trace = traceOf(record);
  const place = trace.findIndex(({ trial }) => trial.proposal.id === best.trialId);
  const several = tradeOffsOf(spec, record.trials);
  if (several !== null) {
    const { front, hypervolume } = several;
    const what = several.best === undefined ? front[0]! : several.best;
    return [
      ended,
      `${front.length} trial${front.length === 1 ? ' has' : 's have'} none that is better at ${targetName(spec)}; their hypervolume is ${formatNumber(hypervolume)}.`,
      `The best ${several.best === undefined ? `by ${name}` : 'in all'} is ${wording.design(what.design, what.rowId)} (trial ${what.trialId}): ${valuesText(spec, what.values)}${meanWords(what.measuredIn?.length)}.`,
      `The whole campaign has cost ${formatNumber(totalCost(record))}.`,
    ];
  }
  if (direction === 'target') {
    return [
      ended,
      `The ${name} nearest to its target measured at ${targetName(spec)} is ${wording.value(best.value)}${meanWords(best.measuredIn?.length)} (${targetText(objective, best.value)}), of ${wording.design(best.design, best.rowId)} (trial ${best.trialId}).`,
      `It was found at a cost of ${formatNumber(trace[place]!.cumulativeCost)}, as trial ${place + 1} of ${trace.length}; the whole campaign has cost ${formatNumber(totalCost(record))}.`,
    ];
  }
  const highest = direction === 'maximise' ? 'highest' : 'lowest';
  return [
    ended,
    `The ${highest} ${name} measured at ${targetName(spec)} is ${wording.value(best.value)}${meanWords(best.measuredIn?.length)}, of ${wording.design(best.design, best.rowId)} (trial ${best.trialId})${outside === null ? '' : `, a design of a person's own: ${outside}`}.`,
    `It was found at a cost of ${formatNumber(trace[place]!.cumulativeCost)}, as trial ${place + 1} of ${trace.length}; the whole campaign has cost ${formatNumber(totalCost(record))}.`,
    ...assured(record),
  ];
}

/** How sure it is that no more is to be had, by each rule on the regret that has not stopped the campaign itself. */
function assured(record: CampaignRecord): string[] {
  if (record.stop?.reason === 'regretBound') return [];
  return lastAssurances(record).map(
    ({ trialId, epsilon, probability }) =>
      `When the last trial was chosen, ${trialId} was within ${formatNumber(epsilon)} of the best possible with probability ${shownProbability(probability)}.`,
  );
}

/** How many trials ended in which way, e.g. `41 measured, 2 failed`. */
export function outcomeCounts(record: CampaignRecord): string {
  const counts = trialOutcomes.map(
    (outcome) => [record.trials.filter((trial) => trial.observation?.outcome === outcome).length, outcome] as const,
  );
  const open = record.trials.filter((trial) => trial.state === 'running' || trial.state === 'proposed').length;
  const parts = counts.filter(([count]) => count > 0).map(([count, outcome]) => `${count} ${outcome}`);
  if (open > 0) parts.push(`${open} open`);
  return parts.length === 0 ? 'none' : parts.join(', ');
}
