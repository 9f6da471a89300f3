import { z } from 'zod';
import { durationSchema } from '../../models/domain/duration.js';
import { pathSchema } from '../internal/answer-path.js';
import { besideShape } from '../internal/beside.js';
import { serverShape } from '../internal/http-json.js';
import { outcomesSchema } from '../internal/outcomes.js';
import { givenSchema, variableSchema } from '../internal/secrets.js';
import { failureSchema, stateShape, wordsSchema } from '../internal/telling.js';
import { templateSchema } from '../internal/template.js';

const statuses = z.array(z.number().int().min(100).max(599));
const header = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'the name of a header');
const secret = z.strictObject({ from: variableSchema });

/** What every call says: where to, and with what. */
const callShape = {
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).optional(),
  path: z
    .string()
    .min(1)
    .max(2_000)
    .describe("after the setting 'url'; {job} is what the device calls the job, {key} our key"),
  headers: z.record(header, z.string()).optional().describe('of this call, beside those of all'),
  body: templateSchema.optional().describe('JSON to be sent, with places for what a request has: {temperature as K}'),
};
const call = z.strictObject(callShape);
/** One call, as the settings describe it. */
export type Call = z.infer<typeof call>;

/** Strict schema of the adapter's settings. */
export const httpSettings = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: 'an address with http:// or https://' })
    .refine((url) => !URL.canParse(url) || (new URL(url).username === '' && new URL(url).password === ''), {
      message: "no name or password in an address; see 'auth'",
    })
    .describe('what all paths begin with'),
  auth: z
    .union([
      z.strictObject({ bearer: secret }),
      z.strictObject({ basic: z.strictObject({ user: z.string(), password: secret }) }),
    ])
    .optional()
    .describe('who we are, with secrets from variables of the worker'),
  headers: z.record(header, givenSchema).optional().describe('of all calls; {from: NAME} for secrets'),
  ca: serverShape.ca,
  timeout: serverShape.timeout,
  poll: serverShape.poll,
  replyLimit: z
    .number()
    .int()
    .positive()
    .max(64 * 2 ** 20)
    .optional()
    .describe('bytes of a reply; 4 MiB where absent'),
  submit: z.strictObject({
    ...callShape,
    accepted: statuses.optional().describe('statuses of a reply that accepts the job; 200 to 299 where absent'),
    where: wordsSchema.optional().describe('what has to stand in the reply for it to accept: place: [words]'),
    refused: statuses
      .default([400, 422])
      .describe('statuses that say for certain that nothing was begun, for what was asked for'),
    busy: statuses
      .default([429, 503])
      .describe('statuses that say that nothing was begun, and that it may be tried again'),
    job: pathSchema.optional().describe('where the reply says what the device calls the job; our key where absent'),
  }),
  find: z
    .strictObject({
      ...callShape,
      none: statuses.default([404]).describe('statuses that say for certain that there is no such job'),
      list: pathSchema.optional().describe('where a list of jobs stands in the reply; without it the reply is the job'),
      match: pathSchema.optional().describe('where a job has our key; wanted with list'),
      job: pathSchema.optional().describe('where a job says what the device calls it; our key where absent'),
      after: durationSchema
        .optional()
        .describe('how long after its timeout a lost call may still begin a job; the timeout again where absent'),
    })
    .refine(({ list, match }) => list === undefined || match !== undefined, "'list' without 'match'")
    .optional(),
  status: z.strictObject({
    ...callShape,
    ...stateShape,
    lost: statuses.default([404, 410]).describe('statuses that say that the device has never heard of the job'),
  }),
  result: call.optional().describe('fetched when a job has succeeded; the reply to status where absent'),
  raw: z
    .record(
      z.string().regex(/^[^/\0]{1,100}$/, 'the name of a file, without folders'),
      z.strictObject({ ...callShape, mediaType: z.string().min(1).max(100).optional() }),
    )
    .optional()
    .describe('files fetched when a job has succeeded, by name: kept as they are, however large, and not read'),
  ...besideShape,
  values: outcomesSchema
    .default({})
    .describe('where each outcome stands in the result; left out where nothing is measured'),
  cost: z
    .union([z.number().nonnegative(), pathSchema])
    .optional()
    .describe("of a trial, or where the result says it; a campaign file fills in the fidelity's"),
  failure: failureSchema.describe('where the reply to status says why a job failed'),
  cancel: call.optional(),
  pause: call.optional(),
  resume: call.optional(),
  safeStop: call.optional().describe('brings the device to a safe state'),
  health: call.optional().describe('answers 200 to 299 where the device takes jobs'),
});
/** How to talk to a device by HTTP. */
export type HttpSettings = z.infer<typeof httpSettings>;

/** The calls of the settings, by name. */
export const callNames = [
  'submit',
  'find',
  'status',
  'result',
  'cancel',
  'pause',
  'resume',
  'safeStop',
  'health',
] as const;
/** Name of a call. */
export type CallName = (typeof callNames)[number];
