import type { Campaign } from '../../domain/campaign.js';
import type { Gain, Reason, ReasonStep } from '../../domain/proposal.js';
import { leader, ownValue, primaryObjective } from '../../domain/standing.js';
import type { EncodedDesigns } from '../../encode/encoded-designs.js';
import { cdf } from '../../stats/normal.js';
import { type LevelPosterior, lossScale } from '../../surrogate/contract.js';
import { Ensemble } from '../../surrogate/ensemble.js';
import type { JudgedVisit } from '../history.js';
import { chanceWithin, expectedNow, goalsText } from './goals-text.js';
import { purposeAmong, purposeOf } from './purpose.js';

/** What was chosen, and by what. */
export interface Chosen {
  readonly acquisition: string;
  readonly value: number | null;
  readonly level: number;
  /** The surrogates with their weights. */
  readonly ensemble: Ensemble;
  /** What its standard deviations are multiplied by in what is said of a proposal, by level: see `widenings`. */
  readonly widening: readonly number[];
  /** Lowest loss measured at the target, of trials that are not suspected; with contexts, what is expected in the current ones. */
  readonly incumbent: number;
  /** Trials whose values the surrogates take for gross errors. */
  readonly doubts: readonly string[];
  /** Whether that is of a design that may not be proposed. */
  readonly isIncumbentOutside: boolean;
  /** What is said of fidelities that are no longer asked. */
  readonly dropped: readonly string[];
  /** Ensembles of the further outcomes, by name. */
  readonly further: ReadonlyMap<string, Ensemble>;
  /** The trials that none is better than by several goals; null where there is one objective alone. */
  readonly front: readonly JudgedVisit[] | null;
  /** Probability that the design gives a value; null where nothing has failed by its design. */
  readonly feasible: number | null;
  /** What is believed of the design, beside 1 of the likeliest one, as it weighs by now; null where nothing is. */
  readonly believed: number | null;
  /** Step of the rule of two steps, or of that with earlier campaigns, that it was chosen in; absent by other rules. */
  readonly step?: ReasonStep;
  /** Of several goals; absent where it was not computed. */
  readonly gain?: Gain;
  /** Expected cost of the trial. */
  readonly cost: number;
  /** How the surrogates are less than exact, e.g. `subset 2000 of 3500`; null where they are not. */
  readonly approximation: string | null;
}

/** What a step is said to be for. */
const inWords: Readonly<Record<ReasonStep, string>> = {
  target: '',
  informs: '',
  paired: '; one of the pairs by which the two are compared',
  guarded: '; chosen by the target trials alone, whatever lower fidelities say',
};

/** What is said of the step. @param several - whether there are lower fidelities; if not, there are earlier campaigns */
function stepInWords(step: ReasonStep | undefined, several: boolean): string {
  if (step === undefined) return '';
  return several ? inWords[step] : inWords[step].replace('lower fidelities', 'earlier campaigns');
}

/** Why a candidate was chosen: what is expected of it, in the objective's own units and sign. */
export function reasonOf({ spec }: Campaign, chosen: Chosen, point: EncodedDesigns): Reason {
  const { ensemble, level, widening } = chosen;
  const posteriors = ensemble.members.map(({ surrogate }) => surrogate.posterior(point));
  const target = spec.fidelities.length - 1;
  const objective = primaryObjective(spec);
  const value = (loss: number) => ownValue(objective, loss);
  const unit = objective.unit === undefined ? '' : ` ${objective.unit}`;
  const here =
    level === target
      ? inLosses(ensemble, posteriors, level, widening[level]!)
      : atLower(ensemble, posteriors, level, widening[level]!);
  const there = inLosses(ensemble, posteriors, target, widening[target]!);
  const beside = [
    ...(spec.contexts === undefined ? [] : [expectedNow]),
    ...(chosen.isIncumbentOutside ? ['of a design that is not proposed'] : []),
  ].join('; ');
  const expected = `${objective.name} at the target expected at ${number(value(there.mean), there.sd)} ± ${number(there.sd)}${unit}, best so far ${number(value(chosen.incumbent), there.sd)}${beside === '' ? '' : ` (${beside})`}`;
  const others = furtherOf(spec, chosen.further, point);
  const within = chanceWithin(spec, new Map([[objective.name, ensemble], ...chosen.further]), point);
  const all = [{ name: objective.name, mean: value(there.mean), sd: there.sd }, ...(others.outcomes ?? [])];
  const isObjective = ({ name }: { readonly name: string }) => spec.objectives.some((one) => one.name === name);
  const aim =
    chosen.front === null
      ? expected
      : goalsText(spec, { expected: all.filter(isObjective), front: chosen.front, within, gain: chosen.gain, number });
  const purpose = (means: Pick<Reason, 'targetMean' | 'outcomes'>) => {
    if (chosen.front !== null && spec.objectives.length > 1) return purposeAmong(spec, means, chosen.front);
    const loss = chosen.front === null ? chosen.incumbent : (leader(chosen.front)?.visit.turned[0] ?? null);
    return purposeOf(spec, means, loss === null || !Number.isFinite(loss) ? null : value(loss));
  };
  const why =
    level === target
      ? ''
      : `; a trial here correlates ${number(correlationOf(ensemble, posteriors, level, target))} with it at cost ${number(chosen.cost)}`;
  return {
    kind: 'acquisition',
    acquisition: chosen.acquisition,
    ...(chosen.step !== undefined && { step: chosen.step }),
    value: chosen.value === null ? null : finiteOrNull(chosen.value),
    mean: value(here.mean),
    sd: here.sd,
    targetMean: value(there.mean),
    targetSd: there.sd,
    ...others,
    ...(within !== null && { within }),
    ...(chosen.gain !== undefined && { gain: chosen.gain }),
    ...(spec.contexts !== undefined && { purpose: purpose({ targetMean: value(there.mean), ...others }) }),
    text: [
      aim + why + stepInWords(chosen.step, target > 0),
      ...nearFailures(chosen.feasible),
      ...(chosen.believed === null ? [] : [`what is believed weighs it by ${chosen.believed.toPrecision(2)}`]),
      ...chosen.dropped,
      ...chosen.doubts,
      ...(chosen.approximation === null ? [] : [`by an approximation: ${chosen.approximation}`]),
    ].join('; '),
  };
}

/** What is expected of the further outcomes at the target, each in its own unit. */
function furtherOf(
  { fidelities, objectives }: Campaign['spec'],
  further: ReadonlyMap<string, Ensemble>,
  point: EncodedDesigns,
): Pick<Reason, 'outcomes'> {
  if (further.size === 0) return {};
  const outcomes = [...further].map(([name, ensemble]) => {
    const posteriors = ensemble.members.map(({ surrogate }) => surrogate.posterior(point));
    const isExact = ensemble.members.every(({ surrogate }) => surrogate.exact === true);
    const level = fidelities.length - 1;
    const { mean, sd } = isExact
      ? { mean: posteriors[0]!.mean[level]![0]!, sd: 0 }
      : inLosses(ensemble, posteriors, level, 1);
    const objective = objectives.find((one) => one.name === name) ?? { direction: 'minimise' as const };
    return { name, mean: ownValue(objective, mean), sd };
  });
  return { outcomes };
}

/** What is said of a design that may fail; nothing where that is unlikely. */
function nearFailures(feasible: number | null): string[] {
  if (feasible === null || feasible >= 0.9) return [];
  return [`may fail as others did: it gives a value with probability ${feasible.toFixed(2)}`];
}

/** The same at a lower level, by the members that see it. */
function atLower({ members }: Ensemble, posteriors: readonly LevelPosterior[], level: number, widened: number) {
  const seeing = [...members.keys()].filter((m) => members[m]!.sees === 'levels');
  // Where none sees it, the prior of all of them is all there is.
  if (seeing.length === 0) return inLosses(new Ensemble(members), posteriors, level, widened);
  const total = seeing.reduce((sum, m) => sum + members[m]!.weight, 0);
  const ensemble = new Ensemble(seeing.map((m) => ({ ...members[m]!, weight: members[m]!.weight / total })));
  return inLosses(
    ensemble,
    seeing.map((m) => posteriors[m]!),
    level,
    widened,
  );
}

/**
 * A number with four digits, or as many as make two of its standard deviation. Rounded up, the largest ones would be no numbers
 * any more.
 */
function number(value: number, sd = 0): string {
  const bySd = sd > 0 && value !== 0 ? Math.floor(Math.log10(Math.abs(value))) - Math.floor(Math.log10(sd)) + 2 : 0;
  const digits = value.toPrecision(Math.min(15, Math.max(4, bySd)));
  const rounded = plain(Number(digits));
  return Number.isFinite(rounded) ? `${rounded}` : digits;
}

/** The number itself, without the sign of a zero, which JSON does not keep. */
function plain(value: number): number {
  return value + 0;
}

/** The number, or null where JSON has no number for it: −∞ for a trial that tells nothing. */
function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? plain(value) : null;
}

/** The least sd that is told, as a share of the loss: below it, the ends of an interval are the same number. */
const leastShare = 1e-12;

/** Median loss at a level, and half the width of the central 68 % as widened: mean and sd where the loss is normal. */
function inLosses(ensemble: Ensemble, posteriors: readonly LevelPosterior[], level: number, widened: number) {
  const [only] = ensemble.members;
  if (ensemble.members.length === 1 && only!.surrogate.scale === lossScale) {
    const { mean, variance } = posteriors[0]!;
    return { mean: mean[level]![0]!, sd: Math.sqrt(variance[level]![0]!) * widened };
  }
  const which = { level, candidate: 0 };
  const at = (z: number) => ensemble.quantile(posteriors, { ...which, widened }, cdf(z));
  const mean = ensemble.quantile(posteriors, which, 0.5);
  return { mean, sd: Math.max(at(1) / 2 - at(-1) / 2, leastShare * Math.abs(mean)) };
}

/** Correlation of the values at a level and the target, by all members. */
function correlationOf({ members }: Ensemble, posteriors: readonly LevelPosterior[], level: number, target: number) {
  return members.reduce((sum, { weight }, m) => {
    const { variance, covariance } = posteriors[m]!;
    return (
      sum + (weight * covariance[level]![0]!) / (Math.sqrt(variance[level]![0]!) * Math.sqrt(variance[target]![0]!))
    );
  }, 0);
}

/** Why a trial is asked that no surrogate had a say in. @param told - what chose it among the initial sample; null where its order did */
export function plainReason(kind: 'initial' | 'supplied', told: string | null = null): Reason {
  const initial = told === null ? 'part of the initial sample' : `part of the initial sample: ${told}`;
  return untold(kind, kind === 'supplied' ? 'given by a person' : initial);
}

/** That a design is measured once more, where no surrogate was asked. */
export function plainReplicate(text: string): Reason {
  return untold('replicate', text);
}

function untold(kind: Reason['kind'], text: string): Reason {
  return { kind, acquisition: null, value: null, mean: null, sd: null, targetMean: null, targetSd: null, text };
}
