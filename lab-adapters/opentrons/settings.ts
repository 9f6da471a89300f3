import { z } from 'zod';
import { durationSchema } from '../../models/domain/duration.js';
import { causeClasses } from '../../models/domain/verdicts.js';
import { pathSchema } from '../internal/answer-path.js';
import { besideShape } from '../internal/beside.js';
import { serverShape } from '../internal/http-json.js';
import { outcomesSchema } from '../internal/outcomes.js';
import { templateSchema } from '../internal/template.js';

const name = z.string().regex(/^[A-Za-z_]\w*$/, 'the name of something in Python');

/** Strict schema of the adapter's settings. */
export const opentronsSettings = z.strictObject({
  ...serverShape,
  url: serverShape.url.describe("of the robot's server, such as http://robot.local:31950"),
  version: z
    .string()
    .regex(/^(?:\*|\d{1,3})$/, "'*', or a number")
    .default('*')
    .describe('of the HTTP interface that is asked for'),
  protocol: z.string().min(1).describe('file with the protocol, Python'),
  labware: z.array(z.string().min(1)).max(20).default([]).describe('files with definitions of labware that it uses'),
  given: z
    .record(name, templateSchema)
    .default({})
    .describe('what the protocol finds in the dictionary ATHANOR, with places for what a request has'),
  parameters: z
    .record(name, templateSchema)
    .default({})
    .describe('run-time parameters of the protocol, with places for what a request has'),
  python: z
    .string()
    .min(1)
    .optional()
    .describe('Python with the package opentrons: each request is then analysed before it is sent'),
  analysis: durationSchema.default('2min').describe('after which an analysis is given up'),
  ...besideShape,
  values: outcomesSchema
    .optional()
    .describe(
      "where each outcome stands: 'commands[-1].result.data', 'run.completedAt'; absent for steps that measure nothing",
    ),
  errors: z
    .partialRecord(z.enum(causeClasses), z.array(z.string().min(1)).min(1))
    .default({})
    .describe("which error codes mean what: {operator: ['3010']}; all others are of class device"),
  cost: z
    .union([z.number().nonnegative(), pathSchema])
    .optional()
    .describe("of a trial, or where the answer says it; a campaign file fills in the fidelity's"),
});
/** How protocols are given to a robot. */
export type OpentronsSettings = z.infer<typeof opentronsSettings>;
