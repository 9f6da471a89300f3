import { z } from 'zod';
import { durationSchema } from '../../models/domain/duration.js';
import { causeClasses } from '../../models/domain/verdicts.js';
import { pathSchema } from '../internal/answer-path.js';
import { besideShape } from '../internal/beside.js';
import { outcomesSchema } from '../internal/outcomes.js';
import { givenSchema } from '../internal/secrets.js';
import { wordsSchema } from '../internal/telling.js';
import { templateSchema } from '../internal/template.js';

const identifier = '[A-Z][A-Za-z0-9]*';
const featureId = '[a-z][a-z0-9.-]*/[a-z][a-z0-9.]*/[A-Z][A-Za-z0-9]*/v\\d+';
/** An identifier of the feature of the settings, or a fully qualified one of another. */
const of = (kind: string) =>
  z
    .string()
    .max(500)
    .regex(
      new RegExp(`^(?:${identifier}|${featureId}/${kind}/${identifier})$`),
      `an identifier such as 'Name', or 'org.lab/category/Feature/v1/${kind}/Name' of another feature`,
    );

const callShape = {
  command: of('Command'),
  with: z
    .record(z.string().regex(new RegExp(`^${identifier}$`)), templateSchema)
    .default({})
    .describe(
      'its parameters, with places for what a request has: {temperature as °C}; {job} is the UUID of the execution',
    ),
};
const callSchema = z.strictObject(callShape);
/** A command with its parameters. */
export type Call = z.infer<typeof callSchema>;

/** Strict schema of the adapter's settings. */
export const silaSettings = z.strictObject({
  server: z
    .string()
    .regex(/^(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):\d{1,5}$/, "host and port, such as '192.168.7.30:50052'"),
  uuid: z.uuid().optional().describe('of the server: where another one answers nothing is begun'),
  insecure: z.boolean().default(false).describe('without TLS, which SiLA 2 allows for trials only'),
  ca: z
    .string()
    .min(1)
    .optional()
    .describe("file with the certificates (PEM) that are trusted: the server's own where it signed that itself"),
  certificateName: z
    .string()
    .min(1)
    .optional()
    .describe("name in the certificate where that is not the server's host: 'SiLA2' where it signed it itself"),
  feature: z.string().regex(new RegExp(`^${featureId}$`), "a feature such as 'org.lab/category/Feature/v1'"),
  definition: z
    .string()
    .min(1)
    .optional()
    .describe('file with the definition (XML) of the feature; the server is asked for it where absent'),
  metadata: z
    .record(z.string().regex(new RegExp(`^${featureId}/Metadata/${identifier}$`)), givenSchema)
    .default({})
    .describe('texts that go with every call to a device, such as the identifier of a lock; {from: NAME} for secrets'),
  timeout: durationSchema.default('10s').describe('of each call'),
  poll: durationSchema.default('1s').describe('between two looks at a run'),
  replyLimit: z
    .number()
    .int()
    .positive()
    .max(64 * 2 ** 20)
    .default(4 * 2 ** 20)
    .describe('bytes of an answer'),
  set: z
    .array(callSchema)
    .default([])
    .describe('unobservable commands before the run; they move nothing by themselves'),
  run: z.strictObject({
    ...callShape,
    limit: durationSchema.default('10min').describe('of a run by an unobservable command, which answers at its end'),
  }),
  find: z
    .strictObject({
      ...callShape,
      command: of('Command').optional(),
      property: of('Property').optional(),
      job: pathSchema.describe('where the answer has the UUID of the execution'),
      none: wordsSchema.describe('what stands in an answer that says that there is none'),
      after: durationSchema
        .optional()
        .describe('how long after its timeout a lost call may still begin a run; the timeout again where absent'),
    })
    .refine(
      ({ command, property }) => (command === undefined) !== (property === undefined),
      "one of 'command' and 'property'",
    )
    .optional()
    .describe('for a server that remembers keys, which SiLA 2 itself does not'),
  properties: z.array(of('Property')).default([]).describe('read when the run has ended'),
  ...besideShape,
  values: outcomesSchema.describe(
    "where each outcome stands: 'YieldPercent' of the responses, 'properties.Name', 'units.Name'",
  ),
  cost: z
    .union([z.number().nonnegative(), pathSchema])
    .optional()
    .describe("of a trial, or where the result says it; a campaign file fills in the fidelity's"),
  failure: z
    .strictObject({
      classes: z
        .partialRecord(z.enum(causeClasses), z.array(z.string()).min(1))
        .default({})
        .describe('which defined errors mean what'),
      class: z.enum(causeClasses).default('unknown').describe('of all others'),
      cancelled: z.array(z.string()).default([]).describe('defined errors of a run that was ended before its time'),
    })
    .default({ classes: {}, class: 'unknown', cancelled: [] })
    .describe('defined execution errors, by identifier'),
  cancel: callSchema.optional(),
  safeStop: callSchema.optional().describe('brings the device to a safe state'),
});
/** How to talk to a SiLA 2 server. */
export type SilaSettings = z.infer<typeof silaSettings>;
