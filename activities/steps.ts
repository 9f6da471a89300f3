import { termsOf } from '../models/domain/observe.js';
import { observeSteps } from '../models/domain/observe-steps.js';
import { recipeOf } from '../models/domain/proposed-recipe.js';
import { orderOf } from '../models/domain/recipe.js';
import type { Cause } from '../models/domain/trial.js';
import { type PositionMoves, positionMoves } from '../workflows/recipe-positions.js';
import { carriedOver, planOf, type RecipeEnding, type RecipePlan, type StepEnds } from '../workflows/recipe-state.js';
import { jobKey } from './job-request.js';
import { type LeaseDeps, type LeasePlan, tellAll } from './lease.js';
import { PlacedTrial, type TrialDeps, type TrialEnd } from './placed-trial.js';
import { loadLab } from './store/lab.js';
import { openLeases } from './store/lease.js';
import { isLeftBehind } from './store/left-behind.js';
import { findResolution } from './store/resolution.js';
import { carryStepAnswers, isUndoing, listStepAnswers, type StoredAnswer } from './store/step-answer.js';
import { undrawUnbegun } from './store/stock.js';
import { unsettledSubmission } from './store/submission.js';
import type { TrialRef } from './store/trial.js';

/** What is to be done for a trial of several steps, and what was. */
export interface StepsPlan extends RecipePlan {
  readonly lab: string;
  readonly ends: StepEnds;
  /** Whether it was begun to take steps back: then none goes on. */
  readonly undoing: boolean;
  /** By step, what it takes of the lab's positions and leaves. */
  readonly moves: readonly PositionMoves[];
  /** What is wanted of a position, but for its key. */
  readonly want: Omit<LeasePlan['want'], 'key' | 'uses' | 'after'>;
  /** Positions that the generation before has, which is over: they are for this one. */
  readonly heirs: readonly string[];
  /** The step whose device was called, and whose end is not known; null where there is none. */
  readonly open: string | null;
}

/** The steps of a trial as they stand; null where the trial is over. */
export async function planSteps(deps: TrialDeps, ref: TrialRef): Promise<StepsPlan | null> {
  const { query } = deps.store;
  const { campaign, proposal, observation } = await new PlacedTrial(deps, ref).get();
  const { spec, id: campaignId } = campaign;
  const recipe = recipeOf(spec, proposal);
  if (observation !== null || recipe === null || typeof spec.lab !== 'object') return null;
  const { definition: lab } = await loadLab(query, spec.lab.name);
  await carryOn(deps, ref, planOf(recipe));
  const answers = await listStepAnswers(query, ref);
  const positions = Object.keys(lab.positions);
  const before = { ...ref, generation: ref.generation - 1 };
  const open = before.generation === 0 ? [] : await openLeases(query, lab.name);
  // One in which another sample may stand is seen to by a person first.
  const held = (await isLeftBehind(query, before)) ? [] : open.map(({ key }) => key);
  return {
    ...planOf(recipe),
    lab: lab.name,
    ends: endsOf(answers),
    undoing: await isUndoing(query, ref),
    moves: positionMoves(recipe, positions),
    want: { campaignId, priority: spec.priority ?? 0 },
    heirs: positions.filter((name) => held.includes(positionKey(before, name))),
    open: await openStep(deps, ref),
  };
}

/** The step of a trial whose device was called, and whose end is not known; null where there is none. */
export async function openStep(
  { store }: Pick<TrialDeps, 'store'>,
  { trialId, generation }: TrialRef,
): Promise<string | null> {
  const line = await unsettledSubmission(store.query, trialId, generation);
  return line === null || line.state === 'unknown' ? null : line.step;
}

/**
 * Where a person said what became of the step of which nobody could tell, the trial goes on from there: what was done before it
 * counts in this generation too, unless it was being taken back.
 */
async function carryOn({ store }: TrialDeps, ref: TrialRef, plan: RecipePlan): Promise<void> {
  const before = { ...ref, generation: ref.generation - 1 };
  const resolution = before.generation === 0 ? null : await findResolution(store.query, before);
  if (resolution === null || resolution.verdict === 'failed') return;
  if (await isUndoing(store.query, before)) return;
  const ends = endsOf(await listStepAnswers(store.query, before));
  const done = Object.keys(carriedOver(plan, ends));
  if (done.length > 0) await store.transaction((query) => carryStepAnswers(query, ref, done));
}

/** How steps ended, by name. */
export function endsOf(answers: readonly StoredAnswer[]): StepEnds {
  return Object.fromEntries(answers.map(({ step, how, begun }) => [step, { how, begun }]));
}

/** Key under which the sample of a trial has a position. */
export function positionKey({ trialId, generation }: TrialRef, position: string): string {
  return jobKey(trialId, generation, `@${position}`);
}

/** Stores what the steps of a trial amount to, which ends it; `cause` where none of them is to blame. */
export async function endSteps(
  deps: TrialDeps & Pick<LeaseDeps, 'tellInstrument'>,
  { ending, cause, ...ref }: TrialRef & { readonly ending: RecipeEnding; readonly cause?: Cause },
): Promise<TrialEnd> {
  const { query, transaction } = deps.store;
  const placed = new PlacedTrial(deps, ref);
  const known = await placed.recall();
  const { campaign, fidelity, proposal } = await placed.get();
  const recipe = recipeOf(campaign.spec, proposal) ?? [];
  const lab = typeof campaign.spec.lab === 'object' ? campaign.spec.lab.name : null;
  if (known !== null) {
    // Whoever ended it may have been ended before others were told what is there again.
    if (lab !== null) await tellAll(deps, lab);
    return known;
  }
  const answers = (await listStepAnswers(query, ref)).map((answer) => ({
    ...answer,
    gives: orderOf(recipe, answer.step)?.gives ?? [],
  }));
  const observed = observeSteps(ref.trialId, termsOf(campaign.spec, fidelity), ending, answers);
  const observation = cause === undefined ? observed : { ...observed, cause };
  const { stored, undrawn } = await transaction(async (within) => ({
    stored: await placed.save(within, observation, { type: 'cancelled' }),
    undrawn: lab !== null && (await undrawUnbegun(within, lab, ref)),
  }));
  if (lab !== null && undrawn) await tellAll(deps, lab);
  return placed.endOf(stored);
}
