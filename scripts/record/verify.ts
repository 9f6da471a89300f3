import type { Proposal } from '../../models/domain/proposal.js';
import { type CampaignRecord, seenBy, type TrialRecord } from '../../models/domain/record.js';
import { decide } from '../../models/strategy/decide.js';
import type { DecideRequest, Decision } from '../../models/strategy/decision.js';
import { inOrder, isComputed, recordedRound } from '../../models/strategy/recorded-round.js';

/** A place where what was recorded and what is recomputed differ. */
export interface Mismatch {
  /** Trial id, or the round where a proposal is missing or one too many. */
  readonly where: string;
  /** Path in the proposal, e.g. `reason.mean`. */
  readonly path: string;
  readonly recorded: unknown;
  readonly recomputed: unknown;
}

/** What recomputing a record gave. */
export interface Verification {
  /** Proposals recomputed. */
  readonly checked: number;
  /** Proposals that are a person's, which nothing computes; what followed from them is recomputed. */
  readonly byPerson: number;
  readonly mismatches: readonly Mismatch[];
}

/**
 * Recomputes every proposal of a campaign from what it was made from and compares bit for bit: numbers by `Object.is`,
 * everything else member by member.
 *
 * @param brain - the function that decides; the product's own unless another strategy is to be checked
 */
export async function verifyRecord(
  record: CampaignRecord,
  brain: (request: DecideRequest) => Promise<Decision> = decide,
): Promise<Verification> {
  const mismatches: Mismatch[] = [];
  const ordered = inOrder(record.trials);
  const decided = ordered.filter(isComputed);
  for (const [round, trials] of byRound(decided)) {
    const { proposals } = await brain(recordedRound(record, ordered, trials[0]!));
    const recorded = trials.map((trial) => trial.proposal);
    compareRound(round, asJson(recorded), asJson(proposals), mismatches);
  }
  return { checked: decided.length, byPerson: ordered.length - decided.length, mismatches };
}

/**
 * Trials with an observation that no later proposal was made from, so that computing the proposals again cannot vouch for it: those
 * of the end, those that were in flight to the end, and what a trial done again or ruled on gave after it.
 */
export function unvouched({ trials }: Pick<CampaignRecord, 'trials'>): readonly string[] {
  const seen = new Set<unknown>();
  for (const [round, members] of byRound(inOrder(trials).filter(isComputed))) {
    const { pending } = members[0]!.proposal.basis;
    for (const { observation } of seenBy(trials, round, pending)) seen.add(observation);
  }
  return trials.flatMap(({ proposal, observation, earlier: before = [] }) =>
    [...before.map((answer) => answer.observation), observation]
      .filter((one) => one !== null && !seen.has(one))
      .map(() => proposal.id),
  );
}

/** Trials of each round; a round that gave no proposal leaves nothing to compare. */
function byRound(trials: readonly TrialRecord[]): ReadonlyMap<number, readonly TrialRecord[]> {
  const rounds = new Map<number, TrialRecord[]>();
  for (const trial of trials) {
    const { round } = trial.proposal;
    const members = rounds.get(round);
    if (members === undefined) rounds.set(round, [trial]);
    else members.push(trial);
  }
  return rounds;
}

/** As it reads back from a file or the store: records are JSON, which knows neither -0 nor undefined. */
function asJson(proposals: readonly Proposal[]): readonly Proposal[] {
  return JSON.parse(JSON.stringify(proposals)) as Proposal[];
}

function compareRound(
  round: number,
  recorded: readonly Proposal[],
  recomputed: readonly Proposal[],
  mismatches: Mismatch[],
): void {
  if (recorded.length !== recomputed.length)
    mismatches.push({
      where: `round ${round}`,
      path: 'proposals',
      recorded: recorded.length,
      recomputed: recomputed.length,
    });
  for (let i = 0; i < Math.min(recorded.length, recomputed.length); i++)
    compare(recorded[i]!.id, '', recorded[i], recomputed[i], mismatches);
}

function compare(where: string, path: string, recorded: unknown, recomputed: unknown, mismatches: Mismatch[]): void {
  if (Object.is(recorded, recomputed)) return;
  if (!isObject(recorded) || !isObject(recomputed) || Array.isArray(recorded) !== Array.isArray(recomputed)) {
    mismatches.push({ where, path, recorded, recomputed });
    return;
  }
  const names = new Set([...Object.keys(recorded), ...Object.keys(recomputed)]);
  for (const name of names) {
    const inner = path === '' ? name : `${path}.${name}`;
    compare(where, inner, recorded[name], recomputed[name], mismatches);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
