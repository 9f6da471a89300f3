import { z } from 'zod';
import { limitsSchema } from './limits.js';
import { nameSchema } from './parameters/numbers.js';

/** What is wanted of one measured value. */
export const objectiveSchema = z.strictObject({
  name: nameSchema,
  direction: z.enum(['maximise', 'minimise', 'target']),
  value: z.number().optional().describe('wanted value, for direction target'),
  tolerance: z.number().positive().optional().describe('half width of what counts as on target'),
  expression: z
    .string()
    .min(1)
    .optional()
    .describe("computed from measured values and the design, as 'price(base) * amount / yield', in place of measured"),
  reference: z
    .number()
    .optional()
    .describe('of several objectives: the worst value that is of any interest; from the front where absent'),
  desirable: z
    .strictObject({ from: z.number(), to: z.number() })
    .optional()
    .describe(
      "with 'combine': the value at which it is worth nothing, and that from which on it is all that is wanted",
    ),
  weight: z.number().positive().optional().describe("with 'combine: desirability'; 1 where absent"),
  unit: z.string().optional(),
  min: z.number().optional().describe('a trial counts only from here on'),
  max: z.number().optional().describe('a trial counts only up to here'),
  limits: limitsSchema
    .optional()
    .describe('lowest and highest value that can be true, null for none; values beyond are quarantined'),
});

/** A measured value beside the objectives: kept and shown, and with bounds a condition for a trial to count. */
export const outcomeSchema = z.strictObject({
  name: nameSchema,
  unit: z.string().optional(),
  min: z.number().optional().describe('a trial counts only from here on'),
  max: z.number().optional().describe('a trial counts only up to here'),
  limits: limitsSchema
    .optional()
    .describe('lowest and highest value that can be true, null for none; values beyond are quarantined'),
});
/** A measured value beside the objectives. */
export type OutcomeSpec = z.infer<typeof outcomeSchema>;
