import { z } from 'zod';
import { causeClasses } from '../../models/domain/verdicts.js';
import { problemNames } from '../../models/problems/problems.js';

const share = z.number().min(0).max(1);
const milliseconds = z.number().min(0).max(1e9);

/** Settings of the adapter `problem` in a campaign file. */
export const problemSettings = z.strictObject({
  problem: z.enum(problemNames as [string, ...string[]]).describe('name of the test function'),
  dims: z.int().min(1).max(100).optional().describe('number of inputs, for functions that take any number'),
  negate: z.boolean().default(false).describe('true: answer minus the value, for campaigns that maximise'),
  fidelity: z
    .union([share, z.array(share).min(1)])
    .optional()
    .describe('fidelity inputs of an augmented function, 1 (the truth) where absent'),
  noise: z.number().min(0).default(0).describe('standard deviation of normal noise on the value'),
  tellNoise: z.boolean().default(true).describe('whether the standard deviation is told with the value'),
  seed: z.int().min(0).max(4294967295).default(0).describe('of noise, durations and faults'),
  vary: z
    .enum(['design', 'trial'])
    .default('design')
    .describe('design: the same design at the same fidelity always gets the same answer; trial: each trial its own'),
  cost: z.number().min(0).optional().describe('cost of one trial, that of the fidelity where absent'),
  delayMs: z
    .union([milliseconds, z.strictObject({ min: milliseconds, max: milliseconds })])
    .default(0)
    .describe('how long a trial takes; between min and max, evenly distributed, where both are given'),
  faults: z
    .strictObject({
      failRate: share.default(0).describe('share of trials that fail'),
      failClass: z.enum(causeClasses).default('device').describe('who is to blame for them'),
      unknownRate: share.default(0).describe('share of trials whose fate nobody can tell'),
      nanRate: share.default(0).describe('share of trials that answer a value that is not a number'),
      lostReplyRate: share.default(0).describe('share of trials whose first answer to `submit` is lost on the way'),
    })
    .prefault({}),
});

/** Settings after parsing. */
export type ProblemSettings = z.infer<typeof problemSettings>;
