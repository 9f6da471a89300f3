import { withComputed } from '../models/domain/computed.js';
import type { Design } from '../models/domain/design.js';
import { AthanorError, ContractError } from '../models/domain/errors.js';
import { cancelledByPerson, observe, termsOf, unrun } from '../models/domain/observe.js';
import type { Contexts } from '../models/domain/trial.js';
import type { CauseClass } from '../models/domain/verdicts.js';
import { PlacedTrial, type TrialDeps, type TrialEnd } from './placed-trial.js';
import { lockTrial } from './say-of.js';
import { firstWas, hasActed, knownOf, lastAct } from './store/acts.js';
import { saveAudit } from './store/audit.js';
import type { Query } from './store/client.js';
import { saveObservation } from './store/observation.js';
import { setNeeds, startTrial, type TrialRef } from './store/trial.js';

type Deps = Pick<TrialDeps, 'store' | 'source' | 'instrumentFor'>;

/** What a person says that a trial gave, in the units of the campaign. */
export interface Entry extends TrialRef {
  readonly campaignId: string;
  readonly who: string;
  readonly why: string | null;
  readonly requestId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** By outcome; empty where it failed. */
  readonly values: Readonly<Record<string, number>>;
  readonly noise: Readonly<Record<string, number>>;
  /** What was set in truth, by parameter, as far as it differs from the proposal. */
  readonly achieved: Design;
  /** What was measured of the surroundings; absent where nothing was told. */
  readonly contexts?: Contexts;
  /** In the unit of the fidelities' costs; null for what was estimated. */
  readonly cost: number | null;
  /** Who is to blame where nothing was measured, else null. */
  readonly failed: CauseClass | null;
  /** Files that came with it and are in the store: name to sha256. */
  readonly artefacts: Readonly<Record<string, string>>;
}

/** Has a trial wait for a person's result. @returns its end where it has one; null where it waits */
export async function awaitPerson(deps: Deps, ref: TrialRef): Promise<TrialEnd | null> {
  const placed = new PlacedTrial(deps, ref);
  const end = (await placed.recall()) ?? (await placed.takenBack());
  if (end !== null) return end;
  const { query } = deps.store;
  await startTrial(query, ref.trialId);
  await setNeeds(query, ref.trialId, 'result');
  // It may have been entered between the two.
  return placed.recall(true);
}

/** Ends a trial that a person was to measure and is no longer asked for; one that has ended stays as it did. */
export async function cancelAwaited(deps: Deps, ref: TrialRef): Promise<TrialEnd> {
  const placed = new PlacedTrial(deps, ref);
  const stored = await deps.store.transaction(async (query) => {
    const observation = unrun(ref.trialId, 'cancelled', cancelledByPerson);
    return saveObservation(query, observation, ref.generation);
  });
  await setNeeds(deps.store.query, ref.trialId, null);
  return placed.endOf(stored);
}

/**
 * Stores what a person says that a trial gave, once.
 *
 * @returns how the trial ended by that
 * @throws {AthanorError} WRONG_STATE if it does not wait for a person's result, with who was first
 */
export async function enterResult(deps: Deps, entry: Entry): Promise<TrialEnd> {
  const { campaignId, trialId, generation, requestId, who, why, at } = entry;
  const placed = new PlacedTrial(deps, { trialId, generation });
  const { campaign, fidelity, proposal } = await placed.get();
  await deps.store.transaction(async (query) => {
    await lockTrial(query, campaignId, trialId);
    if (await hasActed(query, campaignId, requestId)) return;
    const trial = await awaited(query, entry);
    const told = {
      values: entry.values,
      noise: entry.noise,
      cost: entry.cost ?? trial.estimatedCost,
      durationMs: Math.max(0, at - trial.startedAt),
      details: { enteredBy: who, ...(why === null ? {} : { note: why }) },
      ...(entry.contexts === undefined ? {} : { contexts: entry.contexts }),
      ...(entry.failed === null
        ? {}
        : { cause: { class: entry.failed, code: 'entered', message: why ?? 'no reason given' } }),
    };
    const state = entry.failed === null ? 'succeeded' : 'failed';
    const observed = observe(trialId, termsOf(campaign.spec, fidelity), state, told, entry.artefacts);
    const achieved = Object.keys(entry.achieved).length === 0 ? {} : { achieved: entry.achieved };
    const observation = withComputed(campaign, proposal, { ...observed, ...achieved });
    const known = await knownOf(query, trialId);
    await setNeeds(query, trialId, null);
    await saveObservation(query, observation, generation);
    const { values, artefacts } = entry;
    const failed = entry.failed === null ? {} : { cause: entry.failed };
    const around = entry.contexts === undefined ? {} : { contexts: entry.contexts };
    const details = { trial: trialId, generation, values, artefacts, ...around, ...achieved, ...failed };
    const note = why === null ? {} : { note: why };
    await saveAudit(query, {
      campaignId,
      requestId,
      at,
      who,
      action: 'enter',
      details: { ...details, ...note, known },
    });
  });
  const end = await placed.recall(true);
  if (end === null) throw new ContractError(`trial '${trialId}' has no result though one was entered`);
  return end;
}

async function awaited(query: Query, { campaignId, trialId, generation, artefacts }: Entry) {
  const [row] = await query(
    `SELECT state, needs, generation, started_at AS "startedAt", estimated_cost AS "estimatedCost"
     FROM trial JOIN proposal USING (id) WHERE id = $1`,
    [trialId],
  );
  if (row!.state !== 'running' || row!.needs !== 'result' || row!.generation !== generation) {
    const first = await lastAct(query, campaignId, trialId);
    const why = first === null ? `it is ${row!.state}` : firstWas(first);
    throw new AthanorError('WRONG_STATE', `trial '${trialId}' does not wait for a person's result: ${why}`);
  }
  for (const sha of Object.values(artefacts)) {
    const found = await query('SELECT 1 FROM artefact WHERE sha256 = $1', [sha]);
    if (found.length === 0) throw new ContractError(`the store has no artefact ${sha}`);
  }
  return { startedAt: (row!.startedAt as Date).getTime(), estimatedCost: row!.estimatedCost as number };
}
