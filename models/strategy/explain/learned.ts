import type { FitRecord } from '../../domain/fit-record.js';
import type { CampaignRecord, TrialRecord } from '../../domain/record.js';
import { cdf } from '../../stats/normal.js';
import type { CorrelationPosterior } from '../../surrogate/contract.js';
import { largestTransformed } from '../../surrogate/levels/level-laplace.js';
import { surrogateChoices } from '../../surrogate/surrogates.js';
import { Artefacts, recordedArtefacts } from '../artefacts.js';
import { type PreparedSpace, placesOfTrials, prepareFor } from '../candidates.js';
import { contextsOf } from '../contexts.js';
import { CostModel } from '../cost-model.js';
import { type FidelitySummary, fidelitySummary } from '../fidelity-summary.js';
import { grownRecord, hasSameColumns } from '../growth.js';
import { primaryTurned, type Visit, visitsOf } from '../history.js';
import { subsetOf, trainingSet } from '../training-set.js';
import { type Prequential, prequential } from './prequential.js';

/** A correlation with its central 90 % interval. */
export interface Correlation {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** What a campaign has learned of a fidelity. */
export interface LearnedFidelity extends FidelitySummary {
  /**
   * Correlation with the target over all designs, not only those measured at both, by the posterior of the surrogates; null
   * for the target, and where none of them sees lower fidelities.
   */
  readonly correlation: Correlation | null;
  /** Cost of one trial: as the campaign file states it, as it is expected of the next, and sd of those measured. */
  readonly costs: { readonly stated: number; readonly expected: number; readonly sd: number | null };
  /** How well its trials were predicted. */
  readonly predicted: Prequential;
}

/** Rows that surrogates are conditioned on, at most, for the posterior of correlations. */
const mostRows = 400;

/**
 * What was learned of each fidelity, cheapest first: a pure function of the record. Correlations are those of the
 * surrogates of the last fit, fitted to all that was measured; of several, by their weights in it.
 *
 * @remarks Cost: with several fidelities a fit of each, and some hundred factors of a covariance of up to 200 rows.
 */
export async function learnedFidelities(record: CampaignRecord): Promise<LearnedFidelity[]> {
  const { campaign, trials } = await grownRecord(record);
  const prepared = await prepareFor(campaign.space, placesOfTrials(trials), contextsOf(campaign.spec, trials, []));
  const open = trials.filter(({ observation }) => observation === null).map(({ proposal }) => proposal.id);
  const { levels: expected } = CostModel.of(campaign, prepared, trials, open);
  const fit = trials.findLast(({ proposal }) => proposal.basis.fit !== null)?.proposal.basis.fit ?? null;
  const visits = visitsOf(campaign, trials, []).filter((visit) => primaryTurned(visit) !== null);
  const correlations = fit === null ? [] : await targetCorrelations({ ...record, campaign }, prepared, visits, fit);
  return fidelitySummary(record).map((summary, level) => ({
    ...summary,
    correlation: correlations[level] ?? null,
    costs: {
      stated: campaign.spec.fidelities[level]!.cost,
      expected: expected[level]!,
      sd: spread(measuredCosts(trials, summary.name)),
    },
    predicted: prequential(record, summary.name),
  }));
}

/** By lower level; the members that see lower levels, mixed by their weights. */
async function targetCorrelations(
  record: CampaignRecord,
  prepared: PreparedSpace,
  visits: readonly Visit[],
  fit: FitRecord,
): Promise<(Correlation | null)[]> {
  const { campaign } = record;
  const levelCount = campaign.spec.fidelities.length;
  // A record of another version may name what is no longer there.
  const choice = surrogateChoices.find(({ name }) => name === fit.surrogate);
  if (levelCount === 1 || choice === undefined) return [];
  const training = trainingSet(campaign, prepared, subsetOf(campaign, prepared, visits, mostRows));
  const seen: { weight: number; posteriors: readonly (CorrelationPosterior | null)[] }[] = [];
  const isSame = hasSameColumns(fit, prepared);
  const earlier = isSame ? await new Artefacts(recordedArtefacts(record)).earlier(fit.members) : [];
  for (const [m, { name, weight }] of fit.members.entries()) {
    const { hyperparameters: previous = null, artefact } = earlier[m] ?? {};
    const type = choice.members.find((member) => member.type.name === name)?.type;
    const options = { seed: campaign.spec.seed, previous, artefact, optimise: true };
    const posteriors = (await type?.fit(training, options))?.correlations?.();
    if (posteriors !== undefined) seen.push({ weight, posteriors });
  }
  return Array.from({ length: levelCount - 1 }, (_, level) => {
    const parts = seen.flatMap(({ weight, posteriors }) => {
      const posterior = posteriors[level] ?? null;
      return posterior === null ? [] : [{ weight, posterior }];
    });
    return parts.length === 0 ? null : mixed(parts);
  });
}

/** Median and central 90 % of a mixture of posteriors. */
export function mixed(
  parts: readonly { readonly weight: number; readonly posterior: CorrelationPosterior }[],
): Correlation {
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  const below = (z: number) =>
    parts.reduce((sum, { weight, posterior }) => sum + (weight / total) * within(posterior, z), 0);
  const quantile = (p: number) => {
    let [low, high] = [-largestTransformed, largestTransformed];
    for (let i = 0; i < 60; i++) {
      const middle = (low + high) / 2;
      if (below(middle) < p) low = middle;
      else high = middle;
    }
    return Math.tanh((low + high) / 2);
  };
  return { value: quantile(0.5), low: quantile(0.05), high: quantile(0.95) };
}

/** Probability that atanh ρ, which is within its bounds, is below z. */
function within({ mean, sd }: CorrelationPosterior, z: number): number {
  const [lower, upper] = [-1, 1].map((side) => cdf((side * largestTransformed - mean) / sd));
  return (cdf((z - mean) / sd) - lower!) / (upper! - lower!);
}

function measuredCosts(trials: readonly TrialRecord[], fidelity: string): number[] {
  return trials.flatMap(({ proposal, observation }) =>
    proposal.fidelity === fidelity && observation?.outcome === 'measured' ? [observation.cost] : [],
  );
}

/** Standard deviation; null of fewer than two. */
function spread(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
