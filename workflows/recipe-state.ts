import type { JobState } from '../lab-adapters/contract.js';
import { undoOf } from '../models/domain/step-name.js';
import type { TrialEnding } from './trial-life.js';

/** The steps of a trial, as far as their order depends on them. */
export interface RecipePlan {
  /** In the order in which they are run. */
  readonly steps: readonly { readonly step: string; readonly undo: boolean }[];
}

/** The plan of a recipe. */
export function planOf(recipe: readonly { readonly step: string; readonly undo?: unknown }[]): RecipePlan {
  return { steps: recipe.map(({ step, undo }) => ({ step, undo: undo !== undefined })) };
}

/** How a step ended. */
export interface StepEnd {
  /**
   * `done`: its device says so; what it answered is judged with the answers of all. `failed`: it did not come about, or cannot.
   * `unknown`: nobody can tell what became of it.
   */
  readonly how: 'done' | 'failed' | 'cancelled' | 'unknown';
  /** Whether its device began it, so that there is something to take back. */
  readonly begun: boolean;
}

/** What the end of a step's job comes to for the others. */
export function stepEndOf(ending: TrialEnding): StepEnd {
  switch (ending.type) {
    case 'refused':
      return { how: 'failed', begun: false };
    case 'cancelled':
      return { how: 'cancelled', begun: false };
    case 'quarantined':
      return { how: 'unknown', begun: true };
    case 'result':
      return { how: howOf(ending.state), begun: true };
  }
}

function howOf(state: JobState): StepEnd['how'] {
  if (state === 'succeeded') return 'done';
  return state === 'failed' || state === 'cancelled' ? state : 'unknown';
}

/** Ends of the steps of one generation of a trial, by name; of steps that take others back too. */
export type StepEnds = Readonly<Record<string, StepEnd>>;

/** What is to be done next with a trial of several steps. */
export type RecipeCommand =
  /** Run this step, one of the recipe or one that takes back: a person's cancellation does not reach the latter. */
  | { readonly type: 'step'; readonly step: string; readonly undoes: string | null }
  | { readonly type: 'end'; readonly ending: RecipeEnding };

/** How a trial of several steps ends. */
export interface RecipeEnding {
  readonly how: StepEnd['how'];
  /** The step that decided it; null where all are done, and where it was cancelled between two steps. */
  readonly step: string | null;
  /** Steps that could not be taken back, in the order in which that was tried. */
  readonly notUndone: readonly string[];
}

/**
 * What is done next with a trial: a function of how its steps ended, so that whoever takes over goes on where it was. Where
 * one fails, or a person cancels, those that began are taken back, the last first, each once; one that cannot be taken back
 * does not keep the others from it. Where nobody can tell what became of one, nothing more is moved: a person judges.
 *
 * @param cancelled - whether a person has cancelled the trial; a last step that is done all the same counts
 */
export function nextOf({ steps }: RecipePlan, ends: StepEnds, cancelled: boolean): RecipeCommand {
  const at = steps.findIndex(({ step }) => endOf(ends, step)?.how !== 'done');
  if (at < 0) return ended('done', null, []);
  const { step } = steps[at]!;
  const end = endOf(ends, step);
  if (end?.how === 'unknown') return ended('unknown', step, []);
  const undone = steps.slice(0, at + 1).filter(({ step: name, undo }) => undo && endOf(ends, name)?.begun === true);
  undone.reverse();
  const isOver = cancelled || end !== null || undone.some(({ step: name }) => endOf(ends, undoOf(name)) !== null);
  if (!isOver) return { type: 'step', step, undoes: null };
  const next = undone.find(({ step: name }) => endOf(ends, undoOf(name)) === null);
  if (next !== undefined) return { type: 'step', step: undoOf(next.step), undoes: next.step };
  const notUndone = undone.map(({ step: name }) => name).filter((name) => endOf(ends, undoOf(name))!.how !== 'done');
  return ended(end?.how ?? 'cancelled', end === null ? null : step, notUndone);
}

/**
 * The ends of a generation that a person has gone on with from where it stood: steps that were done are not done again.
 * The one that nobody could tell of is the next.
 */
export function carriedOver({ steps }: RecipePlan, ends: StepEnds): StepEnds {
  const at = steps.findIndex(({ step }) => endOf(ends, step)?.how !== 'done');
  const done = at < 0 ? steps : steps.slice(0, at);
  return Object.fromEntries(done.map(({ step }) => [step, endOf(ends, step)!]));
}

function endOf(ends: StepEnds, step: string): StepEnd | null {
  return Object.hasOwn(ends, step) ? ends[step]! : null;
}

function ended(how: StepEnd['how'], step: string | null, notUndone: readonly string[]): RecipeCommand {
  return { type: 'end', ending: { how, step, notUndone } };
}
