import { z } from 'zod';
import { durationSchema } from '../../models/domain/duration.js';
import { givenSchema, variableSchema } from '../internal/secrets.js';

/** Strict schema of the adapter's settings. */
export const commandSettings = z.strictObject({
  command: z.array(z.string()).min(1).describe('the program and its arguments; no shell reads them'),
  cwd: z
    .string()
    .min(1)
    .optional()
    .describe("folder to run it in, relative to the campaign file; the job's own scratch folder where absent"),
  env: z
    .record(variableSchema, givenSchema)
    .optional()
    .describe(
      'environment variables on top of those of the worker; {from: NAME} takes the value of the variable NAME of the worker, for secrets',
    ),
  timeout: durationSchema.default('1h').describe('after which the program and all its children are killed'),
  cost: z
    .number()
    .nonnegative()
    .optional()
    .describe("cost of a trial whose answer names none; a campaign file fills in the fidelity's"),
  deterministic: z.boolean().default(false).describe('whether the same request always gives the same answer'),
});

/** Which program to run, and within what limits. */
export type CommandSettings = z.infer<typeof commandSettings>;
