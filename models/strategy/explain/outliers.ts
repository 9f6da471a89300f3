import { median } from 'simple-statistics';
import type { ArtefactSource } from '../../domain/artefact.js';
import type { Campaign } from '../../domain/campaign.js';
import type { Proposal } from '../../domain/proposal.js';
import type { TrialRecord } from '../../domain/record.js';
import { offBy, perMedian } from '../../surrogate/kinds/robust-gp.js';
import { Artefacts } from '../artefacts.js';
import { extensionsOf, grownCampaign } from '../growth.js';
import { visitsOf } from '../history.js';
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

/** Trials from which outliers are told, at least and at most. */
const trialsAtLeast = 6;
const trialsAtMost = 400;

/**
 * Measured values at the target, of each outcome that goals are stated on, that lie far from what the surrogate of largest weight predicts of them from all others: those that
 * it has not learned from (see `fitRobust`), and those that are off by more than six times what is usual (by the median), and by more
 * than two of its own standard deviations, in which it reckons with them as noise. Whether they are wrong a person must judge.
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
  const all = proposals.map((proposal) => ({ proposal }));
  const last = { extensions: extensionsOf(all), codes: versionsOf(all) };
  const first = await surrogatesBehind(campaign, trials, basis.fit, { artefacts, ...last });
  const { source } = new Artefacts(artefacts);
  const grown = await grownCampaign(campaign, trials, last.extensions, source, last.codes);
  const outcomes = await outcomesBehind(grown, basis.fit, first, artefacts);
  return outcomes.flatMap((outcome) => outliersAmong(outcome, campaign.spec.fidelities.length - 1));
}

function outliersAmong({ name, place, own, visits, ensemble }: OutcomeBehind, target: number): readonly Outlier[] {
  if (visits.length < trialsAtLeast) return [];
  const { surrogate } = ensemble.members.reduce((most, member) => (member.weight > most.weight ? member : most));
  const { mean, variance } = surrogate.leaveOneOut();
  const turned = (row: number) => visits[row]!.turned[place]!;
  const rows = [...visits.keys()].filter((row) => visits[row]!.level === target);
  const off = rows.map((row) => Math.abs(surrogate.scale.toLatent(turned(row)) - mean[row]!));
  if (off.length < trialsAtLeast) return [];
  const usual = perMedian * median(off);
  return rows.flatMap((row, i) => {
    const isLeftOut = surrogate.suspects?.includes(row) ?? false;
    if (!isLeftOut && !(off[i]! > offBy.usual * usual && off[i]! > offBy.own * Math.sqrt(variance[row]!))) return [];
    const predicted = own(surrogate.scale.toLoss(mean[row]!));
    return [{ trialId: visits[row]!.trialId, outcome: name, value: own(turned(row)), predicted, isLeftOut }];
  });
}
