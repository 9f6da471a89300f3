import { acquisitions } from '../../acquisition/acquisitions.js';
import { designKey } from '../../domain/design.js';
import { AthanorError } from '../../domain/errors.js';
import type { Proposal, Reason } from '../../domain/proposal.js';
import type { CampaignRecord } from '../../domain/record.js';
import type { Place } from '../candidates.js';
import { decide } from '../decide.js';
import { defaultsVersion } from '../names.js';
import { inOrder, isComputed, recordedRound } from '../recorded-round.js';
import type { ReasonedChoice } from '../rules/acquisition-round.js';
import { type Purpose, purposesOf } from './purpose.js';

/** A candidate that was not chosen. */
export interface Alternative extends Place {
  readonly fidelity: string;
  /** As what would have been said of it, had it been proposed. */
  readonly reason: Reason;
  /**
   * What its acquisition promises as a part of what that of the proposal does, exp(a − a*): above 1 where the search for the proposal, in a
   * space without a list, missed it. Null where acquisitions are no logarithms, or
   * it was weighed for another step, whose values mean something else.
   */
  readonly promise: number | null;
}

/** Why a trial was proposed. */
export interface Why {
  readonly proposal: Proposal;
  readonly purpose: Purpose;
  /** What it was preferred to, best first; empty where nothing was weighed, or it cannot be computed again. */
  readonly alternatives: readonly Alternative[];
  /** Why there are no alternatives; null where there are. */
  readonly none: string | null;
}

/** Alternatives that are told. */
const told = 5;

/**
 * Why a trial was proposed, and the next best candidates at its time with their acquisition, from its record: the round is decided again
 * as `verify` does.
 *
 * @param trial - its id, with or without that of the campaign
 * @throws {AthanorError} NOT_FOUND if there is no such trial; whatever `decide` throws
 * @remarks Cost: that of the round, and of a search for each alternative.
 */
export async function whyProposed(record: CampaignRecord, trial: string): Promise<Why> {
  const { campaign } = record;
  const id = trial.startsWith(`${campaign.id}/`) ? trial : `${campaign.id}/${trial}`;
  const found = record.trials.find(({ proposal }) => proposal.id === id);
  if (found === undefined) throw new AthanorError('NOT_FOUND', `campaign '${campaign.id}' has no trial '${trial}'`);
  const { proposal } = found;
  const purpose = purposesOf(campaign.spec, record.trials).get(proposal.id)!;
  const without = (none: string): Why => ({ proposal, purpose, alternatives: [], none });
  if (!isComputed(found)) return without('a person proposed it, so that nothing was weighed');
  if (proposal.reason.kind === 'replicate')
    return without('a design is measured again, which nothing was weighed against');
  if (proposal.reason.kind !== 'acquisition')
    return without('it is part of the initial sample: no surrogate was asked');
  const isOther = 'another version made it, by other numerical defaults, so that it cannot be computed again';
  if (proposal.basis.defaults !== defaultsVersion(campaign.spec)) return without(isOther);
  let rivals: readonly ReasonedChoice[] = [];
  const tell = (ones: readonly ReasonedChoice[]) => {
    rivals = ones;
  };
  const of = proposal.index - 1;
  const request = recordedRound(record, inOrder(record.trials), found);
  const again = (await decide(request, { rivals: { most: told, of, tell } })).proposals[of];
  if (again === undefined || !isSame(again, proposal))
    return without('computed again it is another proposal, as another version made it (see athanor verify)');
  if (rivals.length === 0) return without('nothing else could be proposed');
  const alternatives = rivals.map(({ design, rowId, level, reason }): Alternative => {
    const fidelity = campaign.spec.fidelities[level]!.name;
    return { design, rowId, fidelity, reason, promise: promiseOf(reason, proposal.reason) };
  });
  // Where no list is gone through, a search may come upon more after less.
  if (alternatives.every(({ promise }) => promise !== null)) alternatives.sort((a, b) => b.promise! - a.promise!);
  return { proposal, purpose, alternatives, none: null };
}

function isSame(a: Proposal, b: Proposal): boolean {
  return a.fidelity === b.fidelity && designKey(a.design) === designKey(b.design) && a.reason.value === b.reason.value;
}

function promiseOf(reason: Reason, chosen: Reason): number | null {
  const type = acquisitions.find(({ name }) => name === chosen.acquisition);
  if (reason.value === null || chosen.value === null || reason.step !== chosen.step || type?.lossPower === null)
    return null;
  return Math.exp(reason.value - chosen.value);
}
