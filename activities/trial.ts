import { AdapterError } from '../models/domain/errors.js';
import { recipeOf } from '../models/domain/proposed-recipe.js';
import { beginTrial, stepTrial } from '../workflows/trial-state.js';
import { PlacedTrial, type TrialDeps, type TrialEnd } from './placed-trial.js';
import { endSteps, openStep } from './steps.js';
import type { StepRef, TrialRef } from './store/trial.js';
import { StoredTrial } from './stored-trial.js';

/** The job lies in another home, where the same is to be asked again. */
export interface Elsewhere {
  readonly elsewhere: string;
}

/** A job that was accepted, and the home in which it lies; null where any home can ask for it. */
export interface Placed {
  readonly job: string;
  readonly home: string | null;
  /** Present where a person does it: its end is waited for, as nobody tells it before. */
  readonly byHand?: true;
}

/**
 * Starts a trial's job, at most once whatever crashes. From the line in the ledger on, which stands before the device is
 * called, the trial belongs to the home that wrote it, as only there the device's own records are. A job that takes no
 * time, as in a replay of past data, needs nobody to follow it: it is brought to its end at once.
 *
 * @returns the job, or the end of a trial that is over, or the home to ask
 */
export async function submitTrial(deps: TrialDeps, ref: StepRef): Promise<Placed | { end: TrialEnd } | Elsewhere> {
  const trial = new StoredTrial(deps, ref);
  let at = await trial.live(beginTrial(), ({ type }) => type !== 'open');
  if (at.state.stage !== 'tracking') at = await trial.live(at, ({ type }) => type === 'wait');
  const elsewhere = trial.elsewhere(at);
  if (elsewhere !== null) return { elsewhere };
  if (trial.end !== null) return { end: trial.end };
  const byHand = (await trial.isByHand()) ? { byHand: true as const } : {};
  return { job: at.state.job!, home: at.state.home, ...byHand };
}

/**
 * Follows a job to its end and stores what it gave. Called again it goes on where the job is by then. To be called in the
 * home in which the job lies.
 *
 * @param signal - ends the following, not the job
 */
export async function trackTrial(
  deps: TrialDeps,
  { job, ...ref }: StepRef & { readonly job: string },
  signal?: AbortSignal,
): Promise<TrialEnd> {
  const trial = new StoredTrial(deps, ref, signal);
  const at = await trial.live(beginTrial(), ({ type }) => type !== 'open');
  const elsewhere = trial.elsewhere(at);
  if (elsewhere !== null)
    throw new AdapterError(`job '${job}' lies in home ${elsewhere}, and this worker's is ${deps.home}`);
  if (trial.end === null) await trial.live(stepTrial(beginTrial().state, { type: 'placed', job, home: deps.home }));
  return trial.end!;
}

/**
 * Brings a trial to its end because a person gave it up: a job that runs is cancelled where the adapter can, else waited
 * for. What it gave until then, a result included, is kept.
 */
export async function settleTrial(deps: TrialDeps, ref: StepRef, signal?: AbortSignal): Promise<TrialEnd | Elsewhere> {
  const trial = new StoredTrial(deps, ref, signal);
  const elsewhere = trial.elsewhere(await trial.live(beginTrial({ cancelled: true })));
  return elsewhere === null ? trial.end! : { elsewhere };
}

/** How a trial ended according to the store, null if it has not. */
export function recallTrial(deps: TrialDeps, ref: TrialRef): Promise<TrialEnd | null> {
  return new PlacedTrial(deps, ref).recall();
}

async function isInSteps(deps: TrialDeps, ref: TrialRef): Promise<boolean> {
  const { campaign, proposal } = await new PlacedTrial(deps, ref).get();
  return recipeOf(campaign.spec, proposal) !== null;
}

/** Ends a trial that cannot be gone on with, for a person to judge. */
export async function quarantineTrial(
  deps: TrialDeps,
  { code, message, ...ref }: StepRef & { readonly code: string; readonly message: string },
): Promise<TrialEnd> {
  const broken = async (of: StepRef) => {
    const trial = new StoredTrial(deps, of);
    await trial.live(stepTrial(beginTrial().state, { type: 'broken', code, message }));
    return trial.end!;
  };
  if (ref.step !== undefined || !(await isInSteps(deps, ref))) return broken(ref);
  // Its ledger and slot are those of the step: of that nobody can tell.
  const open = await openStep(deps, ref);
  if (open !== null) await broken({ ...ref, step: open });
  const ending = { how: 'unknown', step: null, notUndone: [] } as const;
  return endSteps(deps, { ...ref, ending, cause: { class: 'unknown', code, message } });
}
