import { z } from 'zod';
import { causeClasses } from '../../models/domain/verdicts.js';
import { pathSchema } from '../internal/answer-path.js';
import { besideShape } from '../internal/beside.js';
import { serverShape } from '../internal/http-json.js';
import { outcomesSchema } from '../internal/outcomes.js';
import { variableSchema } from '../internal/secrets.js';
import { templateSchema } from '../internal/template.js';

const name = z.string().regex(/^[A-Za-z_]\w*(?:\.\w+)*$/, 'the name of something in Python');
const secret = z.strictObject({ from: variableSchema });

/** Name in an item's `meta` that our key stands under. */
export const keyName = 'athanor_key';

/** Strict schema of the adapter's settings. */
export const blueskySettings = z.strictObject({
  ...serverShape,
  auth: z
    .union([z.strictObject({ apiKey: secret }), z.strictObject({ bearer: secret })])
    .optional()
    .describe('who we are, with secrets from variables of the worker'),
  plan: name.describe('the plan that a trial runs, as the queue server allows it'),
  args: z.array(templateSchema).default([]).describe('of the plan, with places for what a request has'),
  kwargs: z.record(name, templateSchema).default({}).describe('of the plan, by name'),
  meta: z
    .record(z.string(), templateSchema)
    .refine((meta) => !(keyName in meta), { message: `'${keyName}' is where our own key stands` })
    .default({})
    .describe('beside our key, which goes with the item through queue and history'),
  start: z
    .boolean()
    .default(true)
    .describe('whether the queue is started where it stands; false where people or the server do it'),
  documents: name
    .default('run_documents')
    .describe("function of the startup scripts that gives the documents of runs, see the adapter's README"),
  ...besideShape,
  values: outcomesSchema.describe(
    "where each outcome stands: 'runs[0].events[-1].data.det1', 'runs[0].stop.reason', 'runs[-1].start.yield'",
  ),
  exceptions: z
    .partialRecord(z.enum(causeClasses), z.array(name).min(1))
    .default({})
    .describe('which exceptions of a plan mean what: {chemistry: [Precipitated]}; all others are of class unknown'),
  cost: z
    .union([z.number().nonnegative(), pathSchema])
    .optional()
    .describe("of a trial, or where the documents say it; a campaign file fills in the fidelity's"),
});
/** How plans are given to a queue server. */
export type BlueskySettings = z.infer<typeof blueskySettings>;
