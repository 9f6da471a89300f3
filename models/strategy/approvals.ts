import { type AskedApproval, type Gate, joinedGates } from '../domain/approval.js';
import type { Campaign } from '../domain/campaign.js';
import type { Proposal } from '../domain/proposal.js';
import type { PreparedSpace } from './candidates.js';
import type { Visit } from './history.js';
import { noveltyOf } from './novelty.js';

/** What a round was decided from, as far as gates ask for it. */
interface Situation {
  readonly campaign: Campaign;
  readonly prepared: PreparedSpace;
  /** Everything run or running. */
  readonly visits: readonly Visit[];
}

/**
 * Which proposals of a round a person is to approve, by the gates of the campaign file; null for those that are free.
 *
 * Trials that wait for approval themselves count among the first n, but are not tried: novelty is the distance to designs whose
 * trials have ended.
 */
export function approvalsOf(situation: Situation, proposals: readonly Proposal[]): readonly (AskedApproval | null)[] {
  const gates = situation.campaign.spec.approval ?? [];
  return proposals.map((proposal, i) => {
    const met = gates.flatMap((gate) => {
      const words = metBy(situation, gate, proposal, proposals.slice(0, i));
      return words === null ? [] : [[gate, words] as const];
    });
    return met.length === 0 ? null : joinedGates(met);
  });
}

/** How a proposal meets a gate, in words; null where it does not. @param before - proposals of the same round before it */
function metBy(
  { campaign: { spec }, prepared, visits }: Situation,
  { fidelity, costAbove, noveltyAbove, first }: Gate,
  proposal: Proposal,
  before: readonly Proposal[],
): string | null {
  const words: string[] = [];
  // What a person did not want is none of the first, and not known either.
  const wanted = visits.filter(({ rejected }) => rejected === undefined);
  const named = fidelity === undefined ? null : [fidelity].flat();
  if (named !== null) {
    if (!named.includes(proposal.fidelity)) return null;
    words.push(`at fidelity '${proposal.fidelity}'`);
  }
  if (costAbove !== undefined) {
    if (!(proposal.estimatedCost > costAbove)) return null;
    words.push(`estimated cost ${short(proposal.estimatedCost)}, above ${costAbove}`);
  }
  if (first !== undefined) {
    const counts = (name: string) => named === null || named.includes(name);
    const asked = wanted.filter(({ level }) => counts(spec.fidelities[level]!.name)).length;
    if (asked + before.filter((other) => counts(other.fidelity)).length >= first) return null;
    words.push(`among the first ${first}`);
  }
  if (noveltyAbove !== undefined) {
    const tried = wanted.filter(({ pending }) => !pending).map(({ design }) => design);
    const novelty = noveltyOf(prepared, proposal.design, tried);
    if (!(novelty > noveltyAbove)) return null;
    words.push(`novelty ${short(novelty)}, above ${noveltyAbove}`);
  }
  return words.length === 0 ? null : words.join(', ');
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
