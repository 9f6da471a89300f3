import type { Design } from './design.js';
import { cancelledByPerson, type Terms } from './observe.js';
import { undoneBy } from './step-name.js';
import type { Cause, Observation, Outcome } from './trial.js';

/** What one step of a trial gave, or the taking back of one. */
export interface StepAnswer {
  readonly step: string;
  /** Names of the outcomes that it is there for; what it answers beside them is kept in its details. */
  readonly gives: readonly string[];
  /** Whether its device began it. */
  readonly begun: boolean;
  /** The step alone, on the terms of `stepTerms`. */
  readonly observation: Observation;
}

/** How the steps ended together; `RecipeEnding` of the workflows. */
export interface StepsEnding {
  readonly how: 'done' | 'failed' | 'cancelled' | 'unknown';
  readonly step: string | null;
  readonly notUndone: readonly string[];
}

/** The terms on which the answer of a step is taken: what it cost is charged, or not, with that of all. */
export function stepTerms(terms: Terms, gives: readonly string[]): Terms {
  return { ...terms, outcomes: gives, statedCost: null, mayLackAll: true };
}

/**
 * The observation that the steps of a trial amount to: values from any step, what any reached, costs and durations summed,
 * artefacts and contexts as `step/name`, the rest by step. Judged as one answer: without any value it is quarantined, and so is one with a step whose
 * answer cannot be true. What failed first is the cause, whatever went wrong while the steps before it were taken back.
 *
 * @param answers - in the order in which they ended
 */
export function observeSteps(
  trialId: string,
  { outcomes, statedCost }: Pick<Terms, 'outcomes' | 'statedCost'>,
  ending: StepsEnding,
  answers: readonly StepAnswer[],
): Observation {
  const steps = answers.filter(({ step }) => undoneBy(step) === null);
  const values = Object.assign({}, ...steps.map((answer) => answer.observation.values)) as Record<string, number>;
  const noise = Object.assign({}, ...steps.map((answer) => answer.observation.noise)) as Record<string, number>;
  const { outcome, cause } = judgedSteps(outcomes, ending, steps, values);
  const measured = outcome === 'measured';
  const total = sum(answers.map(({ observation }) => observation.cost));
  const charged = answers.some(({ begun }) => begun) ? statedCost : null;
  const details = answers.flatMap(({ step, observation }) =>
    Object.keys(observation.details).length === 0 ? [] : [[step, observation.details] as const],
  );
  const mediaTypes = byStep(answers, (observation) => observation.mediaTypes);
  const contexts = byStep(answers, (observation) => observation.contexts);
  // Where several steps take one parameter it is what the last of them says.
  const achieved = Object.assign({}, ...steps.map((answer) => answer.observation.achieved)) as Design;
  return {
    trialId,
    outcome,
    values: measured ? ordered(values, outcomes) : {},
    noise: measured ? ordered(noise, outcomes) : {},
    cost: charged ?? total,
    durationMs: sum(answers.map(({ observation }) => observation.durationMs)),
    cause,
    artefacts: byStep(answers, ({ artefacts }) => artefacts),
    details: {
      ...(charged === null ? {} : { reportedCost: total }),
      ...(measured ? {} : answeredBy(steps)),
      ...(details.length === 0 ? {} : { steps: Object.fromEntries(details) }),
      ...(ending.notUndone.length === 0 ? {} : { notUndone: ending.notUndone }),
    },
    ...(Object.keys(mediaTypes).length === 0 ? {} : { mediaTypes }),
    ...(Object.keys(achieved).length === 0 ? {} : { achieved }),
    ...(Object.keys(contexts).length === 0 ? {} : { contexts }),
  };
}

/** What steps have by name of an artefact or context, under the names that those have in the trial. */
function byStep<T>(
  answers: readonly StepAnswer[],
  of: (observation: Observation) => Readonly<Record<string, T>> | undefined,
): Record<string, T> {
  const named = answers.flatMap(({ step, observation }) =>
    Object.entries(of(observation) ?? {}).map(([name, told]) => [`${step}/${name}`, told] as const),
  );
  return Object.fromEntries(named);
}

function judgedSteps(
  outcomes: readonly string[],
  { how, step }: StepsEnding,
  steps: readonly StepAnswer[],
  values: Readonly<Record<string, number>>,
): { readonly outcome: Outcome; readonly cause: Cause | null } {
  if (how !== 'done') {
    const outcome = how === 'unknown' ? 'quarantined' : how;
    const decided = steps.find((answer) => answer.step === step);
    return { outcome, cause: decided === undefined ? cancelledByPerson : causeOf(decided) };
  }
  const wrong = steps.find(({ observation }) => observation.outcome === 'quarantined');
  if (wrong !== undefined) return { outcome: 'quarantined', cause: causeOf(wrong) };
  if (Object.keys(values).length > 0) return { outcome: 'measured', cause: null };
  const message = `no step answered ${outcomes.join(', ')}`;
  return { outcome: 'quarantined', cause: { class: 'unknown', code: 'notFinite', message } };
}

function causeOf({ step, observation: { cause, outcome } }: StepAnswer): Cause {
  const { class: blamed, code, message } = cause ?? { class: 'unknown', code: outcome, message: 'no cause was given' };
  return { class: blamed, code, message: `step '${step}': ${message}` };
}

/** What the steps answered of their outcomes, for a person who judges it. */
function answeredBy(steps: readonly StepAnswer[]): Record<string, unknown> {
  const of = (own: 'values' | 'noise', kept: string) =>
    steps.flatMap(({ gives, observation }) => {
      const said = { ...(observation.details[kept] as Record<string, unknown> | undefined), ...observation[own] };
      return Object.entries(said).filter(([name]) => gives.includes(name));
    });
  const [answered, answeredNoise] = [of('values', 'answered'), of('noise', 'answeredNoise')];
  return {
    ...(answered.length === 0 ? {} : { answered: Object.fromEntries(answered) }),
    ...(answeredNoise.length === 0 ? {} : { answeredNoise: Object.fromEntries(answeredNoise) }),
  };
}

function ordered(values: Readonly<Record<string, number>>, names: readonly string[]): Record<string, number> {
  return Object.fromEntries(names.flatMap((name) => (name in values ? [[name, values[name]!] as const] : [])));
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
