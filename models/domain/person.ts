import { z } from 'zod';

/** Characters of instructions that a campaign file may give. */
const longestInstructions = 10_000;

/** What is asked of a person who measures at a level. */
export const personSettings = z.strictObject({
  instructions: z
    .string()
    .min(1)
    .max(longestInstructions)
    .optional()
    .describe('what is to be done; {NAME}, {NAME as UNIT} and {NAME, 2 decimals} stand for values of the design'),
  fields: z
    .record(
      z.string(),
      z.strictObject({
        unit: z
          .string()
          .min(1)
          .optional()
          .describe('of the range, and of numbers without one; that of the outcome where absent'),
        min: z.number().optional().describe('lowest value that is taken'),
        max: z.number().optional().describe('highest value that is taken'),
        required: z.boolean().optional().describe('whether a result without it is refused'),
      }),
    )
    .optional()
    .describe('what is checked when a result is entered, by outcome'),
  file: z.string().min(1).max(200).optional().describe('a file that every measured result is to come with, in words'),
});
/** The settings of a level that people measure. */
export type PersonSettings = z.infer<typeof personSettings>;
