import { z } from 'zod';
import { idSchema, nameSchema } from './parameters/numbers.js';
import { undoneBy } from './step-name.js';

const fillable = z.union([
  z.number(),
  z.string().min(1).describe('{x}, {x as UNIT} or {x, 2 decimals} in it are filled in from the design'),
]);
const withSchema = z.record(nameSchema, fillable);

const undoSchema = z.strictObject({
  on: idSchema.optional().describe('instrument, or what one can do; that on which the step ran where absent'),
  with: withSchema.default({}),
});

const stepSchema = z.strictObject({
  step: idSchema.describe('its name, in which the key of its job ends'),
  on: idSchema.describe('instrument of the lab, or what one of them can do'),
  with: withSchema.default({}).describe("the instrument's parameters, filled in from the design"),
  uses: z
    .record(idSchema, fillable)
    .default({})
    .describe("stock that it uses up, in the stock's unit; what is filled in with a unit is converted to that"),
  gives: z.array(nameSchema).default([]).describe('outcomes that it measures'),
  at: idSchema.optional().describe('position of the lab in which the sample stands afterwards'),
  undo: undoSchema.optional().describe('what is run where this or a later step fails, or the trial is cancelled'),
});

/** Steps of a recipe at most. */
export const mostSteps = 50;

/** What is done for one trial: steps, each on an instrument of the lab. */
export const recipeSchema = z.array(stepSchema).min(1).max(mostSteps);
/** What is done for one trial. */
export type Recipe = z.infer<typeof recipeSchema>;
/** One step of a recipe. */
export type RecipeStep = Recipe[number];
/** Values of an instrument's parameters, with places for what the design has. */
export type StepValues = RecipeStep['with'];

/** A step as it is carried out: one of the recipe, or what takes it back. */
export interface StepOrder extends Pick<RecipeStep, 'on' | 'with' | 'uses' | 'gives' | 'at'> {
  /** The step on whose instrument it has to run; null where any that can will do. */
  readonly like: string | null;
}

/** What a step of this name does; null where the recipe has none. */
export function orderOf(recipe: Recipe, name: string): StepOrder | null {
  const undone = undoneBy(name);
  const step = recipe.find((one) => one.step === (undone ?? name));
  if (step === undefined) return null;
  if (undone === null) return { ...step, like: null };
  const { undo } = step;
  if (undo === undefined) return null;
  return {
    on: undo.on ?? step.on,
    like: undo.on === undefined ? undone : null,
    with: undo.with,
    uses: {},
    gives: [],
    at: undefined,
  };
}
