import { z } from 'zod';

const centre = z.boolean().optional().describe('also the middle of all numbers, once with each combination of names');
const model = z.enum(['linear', 'interactions', 'quadratic', 'special-cubic']).optional();

/** How the first trials are laid out, as the campaign file says it. */
export const startSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('sobol') }),
  z.strictObject({
    type: z.literal('factorial'),
    levels: z
      .union([z.literal(2), z.literal(3)])
      .optional()
      .describe('of numbers, 2 where absent; names have all of theirs'),
    resolution: z.int().min(3).max(8).optional().describe('a fraction of at least this resolution'),
    centre,
  }),
  z.strictObject({ type: z.literal('plackett-burman'), centre }),
  z.strictObject({ type: z.literal('latin-hypercube') }),
  z.strictObject({ type: z.literal('d-optimal'), model }),
  z.strictObject({ type: z.literal('i-optimal'), model }),
]);

/** See `startSchema`. */
export type StartPlan = Readonly<z.infer<typeof startSchema>>;

/** What a design is to be optimal for, from few terms to many. */
export type StartModel = NonNullable<z.infer<typeof model>>;
