import { z } from 'zod';
import { causeClasses } from '../../models/domain/verdicts.js';
import { pathSchema } from '../internal/answer-path.js';
import { besideShape } from '../internal/beside.js';
import { serverShape } from '../internal/http-json.js';
import { outcomesSchema } from '../internal/outcomes.js';
import { givenSchema } from '../internal/secrets.js';
import { templateSchema } from '../internal/template.js';

const name = z.string().regex(/^[A-Za-z_]\w*$/, 'the name of something in Python');
const header = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'the name of a header');

/** Strict schema of the adapter's settings. */
export const madsciSettings = z.strictObject({
  ...serverShape,
  headers: z
    .record(header, givenSchema)
    .default({})
    .describe('of all calls, for what stands before the node; {from: NAME} for secrets'),
  action: name.describe('the action of the node that a trial runs'),
  args: z.record(name, templateSchema).default({}).describe('of the action, with places for what a request has'),
  admin: z
    .array(z.enum(['cancel', 'pause', 'resume', 'safety_stop']))
    .default([])
    .describe("what the node can do besides, of capabilities.admin_commands in its '/info'; each is of the whole node"),
  ...besideShape,
  values: outcomesSchema.describe("where each outcome stands in the action's result: 'json_result.yield_percent'"),
  errors: z
    .partialRecord(z.enum(causeClasses), z.array(z.string().min(1)).min(1))
    .default({})
    .describe('which error_type means what: {chemistry: [Precipitated]}; all others are of class unknown'),
  cost: z
    .union([z.number().nonnegative(), pathSchema])
    .optional()
    .describe("of a trial, or where the result says it; a campaign file fills in the fidelity's"),
});
/** How actions are given to a node. */
export type MadsciSettings = z.infer<typeof madsciSettings>;
