import { z } from 'zod';

/** When a campaign fine-tunes an encoder on what it measured, and how. */
export const finetuneSchema = z.strictObject({
  every: z.int().min(1).optional().describe('new results, at any fidelity, after which it is fine-tuned'),
  drift: z
    .union([z.boolean(), z.number().gt(0).lt(1)])
    .optional()
    .describe(
      'share of the last 20 predicted values outside of their 90 % intervals above which it is fine-tuned; 0.3 where true',
    ),
  atLeast: z.int().min(1).optional().describe('results before which it does not begin by itself; 100 where absent'),
  wait: z
    .boolean()
    .optional()
    .describe('whether rounds wait until it is over, so that both hosts decide alike; false where absent'),
  folds: z
    .int()
    .min(2)
    .max(20)
    .optional()
    .describe('parts in which target values are left out to judge it; 5 where absent'),
  layers: z.int().min(1).optional().describe('last layers that learn; 2 where absent'),
  epochs: z.int().min(1).max(100_000).optional().describe('passes over the molecules at most; 30 where absent'),
  rate: z.number().positive().optional().describe('largest step length; 0.001 where absent'),
});
