import { median } from 'simple-statistics';
import type { ArtefactSource } from '../../domain/artefact.js';
import type { Campaign, CampaignSpec } from '../../domain/campaign.js';
import type { FitRecord } from '../../domain/fit-record.js';
import type { Proposal } from '../../domain/proposal.js';
import type { TrialRecord } from '../../domain/record.js';
import { goalsOf, lossOf } from '../../domain/standing.js';
import { grubbsChance } from '../../stats/grubbs.js';
import { offBy, perMedian } from '../../surrogate/kinds/robust-gp.js';
import { Artefacts } from '../artefacts.js';
import { placeKey } from '../candidates.js';
import { extensionsOf, grownCampaign } from '../growth.js';
import { type Visit, visitsOf } from '../history.js';
import { defaultsVersion } from '../names.js';
import { versionsOf } from '../versions.js';
import { type OutcomeBehind, outcomesBehind } from './outcomes-behind.js';
import { surrogatesBehind } from './surrogates-behind.js';

/** A measured value that all the others speak against. */
export interface Outlier {
  readonly trialId: string;
  /** Name of the outcome. */
  readonly outcome: string;
  /** As measured, and as predicted without it; in the outcome's own unit. */
  readonly value: number;
  readonly predicted: number;
  /** Whether the surrogates have taken it for a gross error, and not learned from it. */
  readonly isLeftOut: boolean;
}

/** A value at the target beside what all others predict of it. */
interface Apart {
  readonly visit: Visit;
  /** As measured, turned as surrogates have it, and as predicted. */
  readonly turned: number;
  readonly predicted: number;
  /** On the scale of the surrogate, and in standard deviations of its own. */
  readonly off: number;
  readonly own: number;
  readonly isLeftOut: boolean;
}

/** Chance that the farthest value lies as far off by noise alone, below which it is named. */
const byChance = 0.05;

/** Trials from which outliers are told, at least and at most. */
const trialsAtLeast = 6;
const trialsAtMost = 400;

/**
 * Measured values at the target, of each outcome that goals are stated on, that lie far from what the surrogate of largest weight predicts
 * of them from all others: those that it has not learned from (see `fitRobust`), and those that are off by more than six times what is usual
 * (by the median), and by more of its own standard deviations, two at least, in which it reckons with them as noise, than the farthest of so
 * many is by chance (Grubbs, 5 %). The best value of an objective is none of these, unless it is better by more than all others span. Of
 * several such values of one design only that is named which other designs speak against most. Whether they are wrong a person must judge.
 *
 * @param next - proposals made after these trials, whose fit is used; without one, the last fit of the trials
 * @param artefacts - finds what that fit names, and the extensions of the pool; absent where that is nothing
 * @see Rasmussen and Williams 2006, eq. 5.12 (leave-one-out)
 */
export async function outliersOf(
  campaign: Campaign,
  trials: readonly TrialRecord[],
  next: readonly Proposal[] = [],
  artefacts?: ArtefactSource,
): Promise<readonly Outlier[]> {
  const proposals = [...trials.map(({ proposal }) => proposal), ...next];
  const basis = proposals.findLast((proposal) => proposal.basis.fit !== null)?.basis;
  const measured = visitsOf(campaign, trials, []).filter(({ turned }) => turned.length > 0);
  if (basis?.fit == null || basis.defaults !== defaultsVersion(campaign.spec)) return [];
  if (measured.length < trialsAtLeast || measured.length > trialsAtMost || campaign.space.sources !== undefined)
    return [];
  const made = proposals.map((proposal) => ({ proposal }));
  const { fit } = basis;
  const behind = { extensions: extensionsOf(made), codes: versionsOf(made), artefacts };
  const all = await apartBy(campaign, trials, fit, behind);
  const found = new Map(all.map(([outcome, values]) => [outcome.name, offAmong(campaign.spec, outcome, values)]));
  const outliers: Outlier[] = [];
  for (const [{ name, own }, values] of all) {
    const blamed = new Set(found.get(name)!.filter(({ isLeftOut }) => isLeftOut));
    const doubtful = found.get(name)!.filter(({ isLeftOut }) => !isLeftOut);
    for (const key of new Set(doubtful.map(designOf))) {
      const group = doubtful.filter((one) => designOf(one) === key);
      const owns: number[] = [];
      // Of values of one design that speak against one another, that which other designs speak against most.
      for (const one of group.length === 1 ? [] : group) {
        const siblings = values.filter((other) => other !== one && designOf(other) === key);
        const without = new Set(siblings.map(({ visit }) => visit.trialId));
        const rest = trials.filter(({ proposal }) => !without.has(proposal.id));
        const [, left] = (await apartBy(campaign, rest, fit, behind)).find(([outcome]) => outcome.name === name)!;
        owns.push(left.find(({ visit }) => visit.trialId === one.visit.trialId)!.own);
      }
      blamed.add(group[Math.max(0, owns.indexOf(Math.max(...owns)))]!);
    }
    for (const one of values)
      if (blamed.has(one))
        outliers.push({
          ...{ trialId: one.visit.trialId, outcome: name, isLeftOut: one.isLeftOut },
          ...{ value: own(one.turned), predicted: own(one.predicted) },
        });
  }
  return outliers;
}

/** Of each outcome the values at the target beside what all others of these trials predict of them. */
async function apartBy(
  campaign: Campaign,
  trials: readonly TrialRecord[],
  fit: FitRecord,
  behind: NonNullable<Parameters<typeof surrogatesBehind>[3]> & { readonly extensions: readonly string[] },
): Promise<readonly (readonly [OutcomeBehind, readonly Apart[]])[]> {
  const first = await surrogatesBehind(campaign, trials, fit, behind);
  const { source } = new Artefacts(behind.artefacts);
  const grown = await grownCampaign(campaign, trials, behind.extensions, source, behind.codes);
  const outcomes = await outcomesBehind(grown, fit, first, behind.artefacts);
  const target = campaign.spec.fidelities.length - 1;
  return outcomes.map((outcome) => {
    const { place, visits, ensemble } = outcome;
    const { surrogate } = ensemble.members.reduce((most, member) => (member.weight > most.weight ? member : most));
    const { mean, variance } = surrogate.leaveOneOut();
    const apart = visits.flatMap((visit, row): readonly Apart[] => {
      if (visit.level !== target) return [];
      const turned = visit.turned[place]!;
      const off = Math.abs(surrogate.scale.toLatent(turned) - mean[row]!);
      const isLeftOut = surrogate.suspects?.includes(row) ?? false;
      const predicted = surrogate.scale.toLoss(mean[row]!);
      return [{ visit, turned, predicted, off, own: off / Math.sqrt(variance[row]!), isLeftOut }];
    });
    return [outcome, apart] as const;
  });
}

/** Those that all others speak against. */
function offAmong(spec: CampaignSpec, { name, own }: OutcomeBehind, all: readonly Apart[]): readonly Apart[] {
  if (all.length < trialsAtLeast) return [];
  const usual = perMedian * median(all.map(({ off }) => off));
  const goal = goalsOf(spec).objectives.find((one) => one.name === name);
  const worth = new Map(goal === undefined ? [] : all.map((one) => [one, lossOf(goal, own(one.turned))]));
  const rising = [...worth.values()].sort((a, b) => a - b);
  // What is sought lies off, too.
  const isSought = (one: Apart) =>
    worth.get(one) === rising[0] && rising[1]! - rising[0]! <= rising.at(-1)! - rising[1]!;
  const isOff = (one: Apart) =>
    one.off > offBy.usual * usual && one.own > offBy.own && grubbsChance(one.own, all.length) < byChance;
  return all.filter((one) => one.isLeftOut || (isOff(one) && !(goal !== undefined && isSought(one))));
}

function designOf({ visit }: Apart): string {
  return placeKey(visit.asked ?? visit);
}
