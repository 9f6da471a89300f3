import type { ArtefactSource } from '../models/domain/artefact.js';
import type { CodesVersion } from '../models/domain/codes-version.js';
import { ContractError } from '../models/domain/errors.js';
import type { Assurance } from '../models/domain/proposal.js';
import { seenBy } from '../models/domain/record.js';
import { trialId } from '../models/domain/trial.js';
import { namedArtefacts } from '../models/strategy/artefacts.js';
import { assurancesOf, type Decision } from '../models/strategy/decision.js';
import { extensionsOf } from '../models/strategy/growth.js';
import { dueOf, type LoopBudget, type LoopCommand, type LoopState, type Slot } from '../workflows/loop.js';
import type { CampaignSource } from './campaign-source.js';
import type { DecidePool, PoolCall } from './decide-pool.js';
import { loadArtefact, saveArtefact } from './store/artefact.js';
import type { Store } from './store/client.js';
import { sha256 } from './store/exact-json.js';
import { findRound, listRoundTrials, type StoredRound, saveRound } from './store/proposal.js';

/** Which proposals are wanted. */
export interface ProposeInput {
  readonly campaignId: string;
  readonly round: number;
  readonly count: number;
  /** Trials in flight. */
  readonly pending: readonly string[];
  readonly remainingCost: number | null;
  /** The sha256 of extensions of the pool that the store holds and this round appends; absent where there is none. */
  readonly extend?: readonly string[];
  /** The budget in force, where a person changed that of the campaign file. */
  readonly budget?: LoopBudget;
  /** Versions of encoders in use in the place of those of the space; the store holds their codes. */
  readonly codes?: readonly CodesVersion[];
  /** The stop rules in force, where a person changed those of the campaign file. */
  readonly stop?: Extract<LoopCommand, { readonly type: 'propose' }>['stop'];
  /** Parameters that the proposals are to keep to a value, where there are any. */
  readonly fixed?: NonNullable<LoopState['fixed']>;
  /** What a person said of contexts; absent where nobody did. */
  readonly contexts?: NonNullable<LoopState['contexts']>;
}

/** What the workflow needs to know of the proposals; the rest is in the store. */
export interface Proposed {
  readonly proposals: readonly Slot[];
  readonly shortfall: 'space' | 'budget' | null;
  /** What the stop rules `regretBound` ask for; absent where there is nothing to say. */
  readonly assurances?: readonly Assurance[];
}

/**
 * Makes the proposals of a round and stores them, once: a round that is in the store is answered from there, so that a
 * repeated call can never decide otherwise.
 *
 * @param call - how the decision is made if it has to be made
 */
export async function propose(
  deps: { readonly store: Store; readonly source: CampaignSource; readonly pool: DecidePool },
  input: ProposeInput,
  call?: PoolCall,
): Promise<Proposed> {
  const { store, source, pool } = deps;
  const stored = await findRound(store.query, input.campaignId, input.round);
  if (stored !== null) return summary(store, input, stored);
  const { campaignId, ...asked } = input;
  const campaign = await source.campaign(campaignId);
  // As the workflow knew them: one in flight may have ended since, and people may have ruled for later rounds.
  const trials = seenBy(await source.trials(campaignId), input.round, input.pending);
  const artefacts: ArtefactSource = (sha) => loadArtefact(store.query, sha);
  const decision = await pool.decide({ campaign, ...asked, trials, artefacts }, call);
  check(input, decision, extensionsOf(trials));
  const first = await store.transaction(async (query) => {
    for (const bytes of decision.artefacts?.values() ?? []) await saveArtefact(query, bytes);
    return saveRound(query, { ...input, ...decision });
  });
  return summary(store, input, first ? decision : (await findRound(store.query, campaignId, input.round))!);
}

/** @param before - extensions of the pool by earlier rounds */
function check(input: ProposeInput, decision: Decision, before: readonly string[]): void {
  const { proposals } = decision;
  const refuse = (what: string): never => {
    throw new ContractError(`round ${input.round} of '${input.campaignId}': the decision has ${what}`);
  };
  if (proposals.length > input.count) refuse(`${proposals.length} proposals, at most ${input.count} were asked for`);
  if (proposals.length < input.count && decision.shortfall === null) refuse('too few proposals and no reason for it');
  proposals.forEach((proposal, i) => {
    const id = trialId(input.campaignId, input.round, i + 1);
    if (proposal.id !== id || proposal.round !== input.round || proposal.index !== i + 1)
      refuse(`proposal '${proposal.id}' at the place of '${id}'`);
  });
  const made = decision.artefacts ?? new Map<string, Uint8Array>();
  for (const [sha, bytes] of made) if (sha256(bytes) !== sha) refuse(`an artefact that is not of its sha256 ${sha}`);
  const wanted = [...before, ...(input.extend ?? [])];
  for (const { basis } of proposals)
    if (basis.extensions?.join() !== (wanted.length === 0 ? undefined : wanted.join()))
      refuse('a proposal from a pool with other extensions than those of earlier rounds and of this one');
  for (const { basis } of proposals)
    if (JSON.stringify(basis.codes ?? []) !== JSON.stringify(input.codes ?? []))
      refuse('a proposal with other versions of encoders than those in use');
  const known = proposals.flatMap(({ basis }) => (basis.artefacts ?? []).map((one) => one.sha256));
  const used = new Set([...known, ...before, ...(input.codes ?? []).map(({ artefact }) => artefact)]);
  for (const sha of namedArtefacts(proposals.map((proposal) => ({ proposal }))))
    if (!made.has(sha) && !used.has(sha)) refuse(`the name of an artefact that it has not made, ${sha}`);
}

/** What was decided, with its trials as the store has them now: a person may have spoken before this was asked again. */
async function summary(store: Store, { campaignId, round }: ProposeInput, decided: StoredRound): Promise<Proposed> {
  const assurances = assurancesOf(decided);
  const trials = await listRoundTrials(store.query, campaignId, round);
  return {
    proposals: trials.map(({ needs, approval, ...slot }) => ({
      ...slot,
      ...(needs === null ? {} : { needs }),
      ...(needs !== 'approval' || approval === null ? {} : { approval: dueOf(approval) }),
    })),
    shortfall: decided.shortfall,
    ...(assurances.length > 0 ? { assurances } : {}),
  };
}
