import type { Adapter, JobRequest, JobState, JobStatus } from '../lab-adapters/contract.js';
import { finalStates } from '../lab-adapters/contract.js';
import { targetLoss } from '../models/domain/campaign.js';
import { AdapterError, ContractError } from '../models/domain/errors.js';
import type { CauseClass, Observation, Outcome } from '../models/domain/trial.js';
import type { CampaignSource } from './campaign-source.js';
import { call, pause } from './device-call.js';
import { jobKey, jobRequest } from './job-request.js';
import { cancelledByPerson, observe, refused, termsOf, unrun } from './observe.js';
import { saveArtefact } from './store/artefact.js';
import type { CampaignOutline } from './store/campaign.js';
import type { Store } from './store/client.js';
import { exactJson, sha256 } from './store/exact-json.js';
import { saveObservation } from './store/observation.js';
import {
  acceptSubmission,
  closeSubmission,
  findSubmission,
  openSubmission,
  type Submission,
} from './store/submission.js';
import { loadTrial, startTrial, type TrialRef } from './store/trial.js';

/** What running trials needs. */
export interface TrialDeps {
  readonly store: Store;
  readonly source: CampaignSource;
  /** The adapter of one fidelity; the same object every time, as long as the process lives. */
  readonly adapterFor: (campaign: CampaignOutline, fidelity: string) => Promise<Adapter>;
  /** Id of the home in which the adapters keep their jobs. */
  readonly home: string;
}

/** What the campaign needs to know of a trial that is over; the rest is in the store. */
export interface TrialEnd {
  readonly id: string;
  readonly outcome: Outcome;
  readonly cost: number;
  /** Loss of a measured trial at the target fidelity, else null. */
  readonly loss: number | null;
  /** Who is to blame where nothing was measured. */
  readonly cause: CauseClass | null;
  readonly generation: number;
}

/** The job lies in another home, where the same is to be asked again. */
export interface Elsewhere {
  readonly elsewhere: string;
}

/** A job that was accepted, and the home in which it lies; null where any home can ask for it. */
export interface Placed {
  readonly job: string;
  readonly home: string | null;
}

/**
 * Starts a trial's job, at most once whatever crashes. First a line in the ledger, then the call. If the line was there
 * already, somebody may have called: then the device is asked for the key before it is called again, and where it
 * cannot tell, the trial ends in quarantine for a person to judge. From that line on the trial belongs to the home that
 * wrote it, as only there the device's own records are.
 *
 * @returns the job, or the end of a trial that is over, or the home to ask
 */
export async function submitTrial(deps: TrialDeps, ref: TrialRef): Promise<Placed | { end: TrialEnd } | Elsewhere> {
  const { store } = deps;
  const { trialId } = ref;
  const line = await findSubmission(store.query, jobKey(trialId, ref.generation));
  if (isElsewhere(deps, line)) return { elsewhere: line.home };
  const trial = await openTrial(deps, ref);
  if (trial.observation !== null) return { end: endOf(trial, trial.observation) };
  const { adapter, key, request } = trial;
  // An adapter that cannot start anything now says so here, and the trial has not begun.
  const faults = await call('validate', adapter.validate(request));
  await startTrial(store.query, trialId);
  if (faults.length > 0) return { end: await conclude(deps, trial, refused(trialId, faults)) };
  const { fresh, submission } = await openSubmission(store.query, {
    key,
    trialId,
    adapter: trial.adapterName,
    fidelity: request.fidelity,
    requestSha: sha256(exactJson(request, true)),
    home: adapter.capabilities.anyHome === true ? null : deps.home,
    generation: ref.generation,
  });
  if (isElsewhere(deps, submission)) return { elsewhere: submission.home };
  const placed = (job: string): Placed => ({ job, home: submission.home });
  if (submission.job !== null) return placed(submission.job);
  if (!fresh) {
    if (!adapter.capabilities.lookupByKey) return { end: await conclude(deps, trial, ambiguous(trialId), 'unknown') };
    const found = await call('find', adapter.find(key));
    if (found !== null) return placed(await accepted(deps, key, found));
  }
  const job = await accepted(deps, key, await call('submit', adapter.submit(key, request)));
  // A job that takes no time, as in a replay of past data, needs nobody to follow it.
  const { state } = await call('status', adapter.status(job));
  return finalStates.has(state) ? { end: await collect(deps, trial, job, state) } : placed(job);
}

/** Whether the job lies in another home. Rows from before there were homes have none. */
function isElsewhere(deps: TrialDeps, line: Submission | null): line is Submission & { home: string } {
  return line !== null && line.home !== null && line.home !== deps.home;
}

/**
 * Follows a job to its end and stores what it gave. Called again it goes on where the job is by then. To be called in the
 * home in which the job lies.
 *
 * @param signal - ends the following, not the job
 */
export async function trackTrial(
  deps: TrialDeps,
  input: TrialRef & { readonly job: string },
  signal?: AbortSignal,
): Promise<TrialEnd> {
  const trial = await openTrial(deps, input);
  const line = await findSubmission(deps.store.query, trial.key);
  if (isElsewhere(deps, line))
    throw new AdapterError(`the job of '${trial.key}' lies in home ${line.home}, and this worker's is ${deps.home}`);
  if (trial.observation !== null) return endOf(trial, trial.observation);
  const state = await follow(trial.adapter, input.job, signal);
  return collect(deps, trial, input.job, state);
}

/**
 * Brings a trial to its end because a person gave it up: a job that runs is cancelled where the adapter can, else waited
 * for. What it gave until then, a result included, is kept.
 */
export async function settleTrial(deps: TrialDeps, ref: TrialRef, signal?: AbortSignal): Promise<TrialEnd | Elsewhere> {
  const { trialId } = ref;
  const submission = await findSubmission(deps.store.query, jobKey(trialId, ref.generation));
  if (isElsewhere(deps, submission)) return { elsewhere: submission.home };
  const trial = await openTrial(deps, ref);
  if (trial.observation !== null) return endOf(trial, trial.observation);
  const { adapter, key } = trial;
  const cancelled = unrun(trialId, 'cancelled', cancelledByPerson);
  if (submission === null) return conclude(deps, trial, cancelled);
  if (submission.job === null && !adapter.capabilities.lookupByKey)
    return conclude(deps, trial, ambiguous(trialId), 'unknown');
  const job = submission.job ?? (await call('find', adapter.find(key)));
  if (job === null) return conclude(deps, trial, cancelled);
  await accepted(deps, key, job);
  if (adapter.capabilities.cancel) await call('cancel', adapter.cancel(job));
  return collect(deps, trial, job, await follow(adapter, job, signal));
}

/** How a trial ended according to the store, null if it has not. */
export async function recallTrial(deps: TrialDeps, ref: TrialRef): Promise<TrialEnd | null> {
  const { campaignId, proposal, observation } = await loadTrial(deps.store.query, ref);
  if (observation === null) return null;
  const campaign = await deps.source.campaign(campaignId);
  return endOf(placeOf(campaign, proposal.fidelity, ref), observation);
}

/** Ends a trial that cannot be gone on with, for a person to judge. */
export async function quarantineTrial(
  deps: TrialDeps,
  input: TrialRef & { readonly code: string; readonly message: string },
): Promise<TrialEnd> {
  const { trialId, code, message } = input;
  const { campaignId, proposal } = await loadTrial(deps.store.query, input);
  const campaign = await deps.source.campaign(campaignId);
  const observation = unrun(trialId, 'quarantined', { class: 'unknown', code, message });
  return conclude(deps, placeOf(campaign, proposal.fidelity, input), observation, 'unknown');
}

interface Place {
  readonly campaign: CampaignOutline;
  readonly fidelity: string;
  readonly key: string;
  readonly generation: number;
}

function placeOf(campaign: CampaignOutline, fidelity: string, { trialId, generation }: TrialRef): Place {
  return { campaign, fidelity, generation, key: jobKey(trialId, generation) };
}

interface OpenTrial extends Place {
  readonly id: string;
  readonly adapter: Adapter;
  readonly adapterName: string;
  readonly request: JobRequest;
  readonly observation: Observation | null;
}

async function openTrial(deps: TrialDeps, ref: TrialRef): Promise<OpenTrial> {
  const { trialId } = ref;
  const { campaignId, proposal, observation } = await loadTrial(deps.store.query, ref);
  const campaign = await deps.source.campaign(campaignId);
  const fidelity = campaign.spec.fidelities.find(({ name }) => name === proposal.fidelity);
  if (fidelity === undefined)
    throw new ContractError(
      `trial '${trialId}' is at fidelity '${proposal.fidelity}', which its campaign does not have`,
    );
  return {
    id: trialId,
    ...placeOf(campaign, fidelity.name, ref),
    adapter: await deps.adapterFor(campaign, fidelity.name),
    adapterName: fidelity.adapter,
    request: jobRequest(campaign, proposal),
    observation,
  };
}

async function accepted(deps: TrialDeps, key: string, job: string): Promise<string> {
  await acceptSubmission(deps.store.query, key, job);
  return job;
}

async function follow(adapter: Adapter, job: string, signal?: AbortSignal): Promise<JobState> {
  for (;;) {
    signal?.throwIfAborted();
    const status: JobStatus = await call('status', adapter.status(job));
    if (finalStates.has(status.state)) return status.state;
    await pause(Math.max(1, status.pollAfterMs ?? adapter.pollMs), signal);
  }
}

async function collect(deps: TrialDeps, trial: OpenTrial, job: string, state: JobState): Promise<TrialEnd> {
  const result = await call('result', trial.adapter.result(job));
  const kept: Record<string, string> = {};
  for (const [name, bytes] of Object.entries(result.artefacts ?? {}))
    kept[name] = await saveArtefact(deps.store.query, bytes);
  const observation = observe(trial.id, termsOf(trial.campaign.spec, trial.fidelity), state, result, kept);
  return conclude(deps, trial, observation, state === 'unknown' ? 'unknown' : 'ended');
}

/** Stores the observation that ends a trial, unless it has one already, which then stays. */
async function conclude(
  deps: TrialDeps,
  place: Place,
  observation: Observation,
  ledger: 'ended' | 'unknown' = 'ended',
): Promise<TrialEnd> {
  const stored = await deps.store.transaction(async (query) => {
    await closeSubmission(query, place.key, ledger);
    return saveObservation(query, observation, place.generation);
  });
  return endOf(place, stored);
}

function endOf({ campaign, fidelity, generation }: Place, observation: Observation): TrialEnd {
  const { trialId: id, outcome, cost, cause } = observation;
  const loss = targetLoss(campaign.spec, fidelity, observation);
  return { id, outcome, cost, loss, cause: cause?.class ?? null, generation };
}

function ambiguous(trialId: string): Observation {
  const message =
    'the device was called, its answer was lost, and the adapter cannot look the job up: it may have run or not';
  return unrun(trialId, 'quarantined', { class: 'unknown', code: 'ambiguous', message });
}
