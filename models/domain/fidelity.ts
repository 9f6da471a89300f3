import { z } from 'zod';
import { idSchema } from './parameters/numbers.js';
import { recipeSchema } from './recipe.js';

/** The fidelity's adapter where a person measures: nothing runs, and results come by tables. */
export const byPerson = 'person';

/** The fidelity's adapter where an instrument of the lab measures: what drives it says the lab file. */
export const byLab = 'lab';

/** Fidelities of a campaign at most. */
export const mostFidelities = 64;

/** How far a lower fidelity is known to follow the target. `tested`: as far as the campaign itself finds. */
export const trustLevels = ['validated', 'tested', 'unvalidated'] as const;

/** One way of measuring, with its cost. */
export const fidelitySchema = z.strictObject({
  name: idSchema,
  adapter: z
    .string()
    .min(1)
    .default(byPerson)
    .describe('name of a registered adapter; person, where absent, for what people measure'),
  instrument: idSchema
    .optional()
    .describe('in place of adapter and settings: an instrument of the lab, or what one of them can do'),
  recipe: recipeSchema.optional().describe('in place of one instrument: steps, each on an instrument of the lab'),
  fidelity: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('how near it is to the truth, for surrogates that take it: rising, for all fidelities or none'),
  settings: z.record(z.string(), z.unknown()).default({}).describe("the adapter's own settings"),
  cost: z
    .number()
    .positive()
    .max(1e100)
    .describe('expected cost of one trial, in one unit for all fidelities and the budget'),
  exclusive: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe(
      'name of a device that takes one trial at a time; levels that name the same one share it. Filled in where the adapter says so of itself',
    ),
  trust: z
    .enum(trustLevels)
    .optional()
    .describe(
      'how far a lower fidelity is known to follow the target: validated (where all are, surrogates that use them have prior odds in their favour), unvalidated (a third of target trials is chosen without it), or tested by the campaign itself (where absent)',
    ),
});
/** One way of measuring, with its adapter, settings and cost. */
export type Fidelity = z.infer<typeof fidelitySchema>;

/** Whether trials of a level run on instruments of the lab. */
export function isOfLab({ instrument, recipe }: Pick<Fidelity, 'instrument' | 'recipe'>): boolean {
  return instrument !== undefined || recipe !== undefined;
}
