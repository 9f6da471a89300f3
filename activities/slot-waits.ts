import { AthanorError } from '../models/domain/errors.js';
import { isOfLab } from '../models/domain/fidelity.js';
import type { LabSpec } from '../models/domain/lab.js';
import { recipeOf } from '../models/domain/proposed-recipe.js';
import type { Recipe } from '../models/domain/recipe.js';
import { type Amounts, addedAmounts, leastUsed } from '../models/domain/stock-needs.js';
import { positionMoves } from '../workflows/recipe-positions.js';
import { nextOf, planOf } from '../workflows/recipe-state.js';
import { jobKey } from './job-request.js';
import { type LeaseDeps, planLease } from './lease.js';
import { endsOf, positionKey } from './steps.js';
import { openNeeds } from './stock-needs.js';
import { type InLab, trialsInLabs } from './store/in-lab.js';
import { findLab } from './store/lab.js';
import { openLeases } from './store/lease.js';
import { isUndoing, listStepAnswers } from './store/step-answer.js';
import { drawnFor } from './store/stock.js';
import { findSubmission } from './store/submission.js';
import { loadTrial } from './store/trial.js';

/** A trial in flight that waits for a slot. */
export interface SlotWait extends Omit<InLab, 'fidelity'> {
  readonly lab: string;
  /** Of the trial's recipe; null where it has none. */
  readonly step: string | null;
  /** Instruments of which any will do, or the one position that its sample needs; empty where nothing of the lab can do it. */
  readonly on: readonly string[];
  /** Stock that has to be there for it to get the slot, in the units of the lab. */
  readonly uses: Readonly<Record<string, number>>;
  /** Why it can be done nowhere; null where it can. */
  readonly unable: string | null;
}

type Deps = Pick<LeaseDeps, 'store' | 'source'>;

/**
 * Trials in flight, of one campaign or all, that wait for a slot: told from what the store says of what is done and leased, as
 * their workflows wait without a word.
 */
export async function slotWaits(deps: Deps, campaignId: string | null): Promise<readonly SlotWait[]> {
  const waits: SlotWait[] = [];
  for (const trial of await trialsInLabs(deps.store.query, campaignId)) {
    const wait = await waitOf(deps, trial);
    if (wait !== null) waits.push(wait);
  }
  return waits;
}

async function waitOf(deps: Deps, { fidelity, ...trial }: InLab): Promise<SlotWait | null> {
  const { query } = deps.store;
  const { spec } = await deps.source.campaign(trial.campaignId);
  const level = spec.fidelities.find(({ name }) => name === fidelity);
  if (level === undefined || !isOfLab(level) || typeof spec.lab !== 'object') return null;
  const lab = spec.lab.name;
  const recipe = recipeOf(spec, (await loadTrial(query, trial)).proposal);
  const next = recipe === null ? null : await nextStep(deps, trial, recipe);
  if (recipe !== null && next === null) return null;
  const common = { ...trial, lab, step: next };
  const definition = (await findLab(query, lab))?.definition;
  const key = jobKey(trial.trialId, trial.generation, next ?? undefined);
  const campaign = await deps.source.campaign(trial.campaignId);
  /** What a trial that has not begun needs of all its steps, but for one. */
  const lackingAtStart = async (but?: string): Promise<Amounts> => {
    if (definition === undefined || recipe === null || (await listStepAnswers(query, trial)).length > 0) return {};
    const { [but ?? '']: _, ...needs } = await openNeeds({ query, campaign, lab: definition }, key);
    return less(addedAmounts(...Object.values(needs)), await drawnFor(query, lab, Object.keys(needs)));
  };
  if (recipe !== null && definition !== undefined) {
    const position = await positionWanted(deps, trial, { recipe, step: next!, lab: definition });
    if (position !== null) return { ...common, on: [position], uses: await lackingAtStart(), unable: null };
  }
  if ((await openLeases(query, lab, { key })).length > 0 || (await findSubmission(query, key)) !== null) return null;
  try {
    const plan = await planLease(deps, { ...trial, ...(next === null ? {} : { step: next }) });
    if (plan === null || plan === 'steps') return null;
    const on = plan.anyOf.map(({ name }) => name);
    const rest = await lackingAtStart(key);
    const own = plan.want.after === null ? leastUsed(definition ?? { instruments: {} }, on, plan.want.uses) : {};
    const drawn = await drawnFor(query, lab, [key]);
    return { ...common, on, uses: addedAmounts(less(own, drawn), rest), unable: null };
  } catch (error) {
    if (!(error instanceof AthanorError)) throw error;
    return { ...common, on: [], uses: {}, unable: error.message };
  }
}

/** The step that is next, of the recipe or one that takes another back; null where none is. */
async function nextStep({ store }: Deps, trial: Omit<InLab, 'fidelity'>, recipe: Recipe): Promise<string | null> {
  const ends = endsOf(await listStepAnswers(store.query, trial));
  const next = nextOf(planOf(recipe), ends, await isUndoing(store.query, trial));
  return next.type === 'step' ? next.step : null;
}

/** The position that its sample needs before the step and has not; null where it has all. */
async function positionWanted(
  { store }: Deps,
  trial: Omit<InLab, 'fidelity'>,
  { recipe, step, lab }: { readonly recipe: Recipe; readonly step: string; readonly lab: LabSpec },
): Promise<string | null> {
  const at = recipe.findIndex((one) => one.step === step);
  const take = positionMoves(recipe, Object.keys(lab.positions))[at]?.take ?? [];
  for (const name of take)
    if ((await openLeases(store.query, lab.name, { key: positionKey(trial, name) })).length === 0) return name;
  return null;
}

/** What is wanted beyond what was drawn for it. */
function less(wanted: Amounts, drawn: ReadonlyMap<string, number>): Amounts {
  const rest = Object.entries(wanted).map(([stock, amount]) => [stock, amount - (drawn.get(stock) ?? 0)] as const);
  return Object.fromEntries(rest.filter(([, amount]) => amount > 0));
}
