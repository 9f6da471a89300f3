import type { CodesVersion } from '../models/domain/codes-version.js';
import { AthanorError, ContractError } from '../models/domain/errors.js';
import type { Proposal } from '../models/domain/proposal.js';
import { seenBy, type TrialRecord } from '../models/domain/record.js';
import { trialId } from '../models/domain/trial.js';
import type { DecideRequest, Wish } from '../models/strategy/decision.js';
import type { LoopState, Slot } from '../workflows/loop.js';
import type { CampaignSource } from './campaign-source.js';
import type { DecidePool, PoolCall } from './decide-pool.js';
import { lockTrial, tooLate } from './say-of.js';
import { knownOf, lastAct } from './store/acts.js';
import { loadArtefact } from './store/artefact.js';
import { saveAudit } from './store/audit.js';
import type { Query, Store } from './store/client.js';
import { findPlaced, saveProposal, saveRound } from './store/proposal.js';
import { rejectTrial } from './store/trial.js';

/** A person's own design, in the place of a proposal that has not begun, or beside all others. */
export interface PlaceInput extends Pick<Wish, 'design' | 'rowId' | 'fidelity'> {
  readonly campaignId: string;
  readonly who: string;
  readonly why: string;
  readonly requestId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The trial whose place it takes; absent where it makes a round of its own. */
  readonly insteadOf?: string;
  /** The first round that is decided with it. */
  readonly sinceRound: number;
  /** Trials in flight or to be. */
  readonly pending: readonly string[];
  readonly remainingCost: number | null;
  /** Versions of encoders in use, where they are others than the space has. */
  readonly codes?: readonly CodesVersion[];
  /** What a person said of contexts; absent where nobody did. */
  readonly contexts?: NonNullable<LoopState['contexts']>;
  /** Whether its campaign keeps the other from beginning though it needs no approval. */
  readonly held?: true;
}

/**
 * Stores a person's own design as a proposal, once, with what the campaign's surrogates expect of it: as of the round of the one
 * whose place it takes, else as of now. That one is kept, and never begins.
 *
 * @returns the proposal as its campaign takes it
 * @throws {AthanorError} WRONG_STATE if the other waits no more, with who was first
 */
export async function placeTrial(
  deps: { readonly store: Store; readonly source: CampaignSource; readonly pool: DecidePool },
  input: PlaceInput,
  call?: PoolCall,
): Promise<Slot> {
  const { store } = deps;
  const known = await findPlaced(store.query, input.campaignId, input.requestId);
  if (known !== null) return known;
  const { request, round } = await requestOf(deps, input);
  const { proposals } = await deps.pool.decide(request, call);
  const [predicted] = proposals;
  if (predicted === undefined) throw new ContractError(`a design of '${input.campaignId}' came back as no proposal`);
  return store.transaction(async (query) => {
    const { campaignId, requestId, insteadOf, who, why, at } = input;
    await query('SELECT 1 FROM campaign WHERE id = $1 FOR NO KEY UPDATE', [campaignId]);
    const again = await findPlaced(query, campaignId, requestId);
    if (again !== null) return again;
    const proposal = await inPlace(query, input, round, predicted);
    const details = { trial: insteadOf ?? proposal.id, placed: proposal.id, note: why };
    if (insteadOf === undefined) {
      const asked = { campaignId, round, count: 1, pending: input.pending, remainingCost: input.remainingCost };
      const isNew = await saveRound(query, { ...asked, shortfall: null, proposals: [proposal] });
      if (!isNew) throw new ContractError(`round ${round} of '${campaignId}' was decided already`);
    } else {
      await takeBack(query, input, insteadOf);
      await saveProposal(query, campaignId, proposal);
    }
    const seen = await knownOf(query, insteadOf ?? proposal.id);
    const action = insteadOf === undefined ? 'add' : 'edit';
    await saveAudit(query, { campaignId, requestId, at, who, action, details: { ...details, known: seen } });
    return { id: proposal.id, cost: proposal.estimatedCost, fidelity: proposal.fidelity };
  });
}

/** What the prediction is made from: what was known when the other was proposed, those before it in its round pending. */
async function requestOf(
  { store, source }: { readonly store: Store; readonly source: CampaignSource },
  input: PlaceInput,
): Promise<{ readonly request: Parameters<DecidePool['decide']>[0]; readonly round: number }> {
  const { campaignId, insteadOf, design, rowId, fidelity } = input;
  const campaign = await source.campaign(campaignId);
  const trials = await source.trials(campaignId);
  const place = insteadOf === undefined ? '' : ` in place of ${insteadOf}`;
  const wish: Wish = { design, rowId, fidelity, words: `given by ${input.who}${place}: ${input.why}` };
  const artefacts: DecideRequest['artefacts'] = (sha) => loadArtefact(store.query, sha);
  const common = { campaign, count: 1, wish, artefacts };
  if (insteadOf === undefined) {
    const round = input.sinceRound - 1;
    const { pending, remainingCost, codes, contexts } = input;
    const asked = {
      ...{ round, pending, remainingCost },
      ...(codes === undefined ? {} : { codes }),
      ...(contexts === undefined ? {} : { contexts }),
    };
    return { round, request: { ...common, ...asked, trials: seenBy(trials, round, pending) } };
  }
  const origin = originOf(trials, insteadOf);
  const { round, index, basis } = origin.proposal;
  const { remainingCost, budget, codes, contexts: around } = basis;
  const before = trials.filter(
    ({ proposal }) => proposal.round === round && proposal.index < index && proposal.basis.person === undefined,
  );
  const pending = [...basis.pending, ...before.map(({ proposal }) => proposal.id)];
  const asOpen = before.map((trial): TrialRecord => ({ ...trial, state: 'running', observation: null, endedAt: null }));
  const seen = [...seenBy(trials, round, basis.pending), ...asOpen];
  const asked = {
    round,
    pending,
    remainingCost,
    ...(budget === undefined ? {} : { budget }),
    ...(codes === undefined ? {} : { codes }),
    ...(around?.said === undefined ? {} : { contexts: around.said }),
  };
  return { round, request: { ...common, ...asked, trials: seen } };
}

/** The proposal of the strategy that people have put others in the place of, or the first of a person. */
function originOf(trials: readonly TrialRecord[], id: string): TrialRecord {
  const trial = trials.find(({ proposal }) => proposal.id === id);
  if (trial === undefined) throw new ContractError(`the store has no trial '${id}'`);
  const before = trial.proposal.basis.person?.insteadOf;
  return before === undefined ? trial : originOf(trials, before);
}

async function inPlace(query: Query, input: PlaceInput, round: number, predicted: Proposal): Promise<Proposal> {
  const { campaignId, insteadOf, who, why, sinceRound } = input;
  const [row] = await query(
    'SELECT coalesce(max(place), 0) AS place FROM proposal WHERE campaign_id = $1 AND round = $2',
    [campaignId, round],
  );
  const index = Number(row!.place) + 1;
  const person = { who, why, sinceRound, ...(insteadOf === undefined ? {} : { insteadOf }) };
  return { ...predicted, id: trialId(campaignId, round, index), round, index, basis: { ...predicted.basis, person } };
}

async function takeBack(query: Query, input: PlaceInput, id: string): Promise<void> {
  const { campaignId, who, why, at } = input;
  await lockTrial(query, campaignId, id);
  const [row] = await query('SELECT state, needs FROM trial WHERE id = $1', [id]);
  if (row!.state !== 'proposed' || !(row!.needs === 'approval' || input.held === true))
    throw new AthanorError(
      'WRONG_STATE',
      tooLate(id, 'edit', row!.state as string, await lastAct(query, campaignId, id)),
    );
  await rejectTrial(query, id, { who, why, at });
}
