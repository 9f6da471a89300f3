import { z } from 'zod';
import { durationSchema } from '../../models/domain/duration.js';
import { pathSchema } from '../internal/answer-path.js';
import { besideShape } from '../internal/beside.js';
import { outcomesSchema } from '../internal/outcomes.js';
import { variableSchema } from '../internal/secrets.js';
import { failureSchema, stateShape, wordSchema, wordsSchema } from '../internal/telling.js';
import { templateSchema } from '../internal/template.js';

const topic = z
  .string()
  .min(1)
  .max(1_000)
  .regex(/^[^+#\0]+$/, 'a topic without + and #')
  .regex(/^[^/].*[^/]$|^[^/]$/, 'a topic without / at its ends')
  .describe('with places for what a request has; / + # and % in a value are written %2F, %2B, %23, %25');
const payload = templateSchema.describe('JSON to be sent, with places for what a request has: {temperature as K}');

const sentShape = {
  topic,
  payload: payload.optional(),
  properties: z.record(z.string().min(1).max(200), z.string()).optional().describe('user properties of MQTT 5'),
};
/** A message that is sent, and answered on our response topic. */
const sentSchema = z.strictObject(sentShape);
/** A message to be sent, as the settings describe it. */
export type Sent = z.infer<typeof sentSchema>;

/** Where something can be read: asked for, or retained by the broker. */
const readShape = {
  ask: sentSchema.optional().describe('asked for with a message, whose answer it is'),
  retained: topic.optional().describe('topic on which the device retains it'),
};
const isOne = ({ ask, retained }: { ask?: unknown; retained?: unknown }) =>
  (ask === undefined) !== (retained === undefined);
/** Something that can be read. */
export interface Readable {
  readonly ask?: Sent | undefined;
  readonly retained?: string | undefined;
}

const orderSchema = z.strictObject({
  ...sentShape,
  answered: z.boolean().default(true).describe('whether the device answers; else it is enough that the broker has it'),
});
/** A message that tells the device to do something with a job. */
export type Order = z.infer<typeof orderSchema>;

/** Strict schema of the adapter's settings. */
export const mqttSettings = z.strictObject({
  url: z
    .url({ protocol: /^mqtts?$/, error: 'an address with mqtt:// or mqtts://' })
    .refine((url) => !URL.canParse(url) || (new URL(url).username === '' && new URL(url).password === ''), {
      message: "no name or password in an address; see 'user' and 'password'",
    })
    .describe('of the broker'),
  device: topic.describe('topic that all topics of the device begin with'),
  user: z.string().optional(),
  password: z.strictObject({ from: variableSchema }).optional().describe("the worker's variable that holds it"),
  ca: z
    .string()
    .min(1)
    .optional()
    .describe('file with the certificates (PEM) that are trusted instead of the public ones'),
  cert: z.string().min(1).optional().describe('file with a certificate (PEM) of our own, for brokers that want one'),
  certKey: z.string().min(1).optional().describe('file with its key (PEM)'),
  timeout: durationSchema.default('10s').describe('of a connection, and of each answer'),
  settle: durationSchema.default('1s').describe('for how long retained messages are waited for after subscribing'),
  poll: durationSchema.default('1s').describe('between two looks at a job'),
  replyLimit: z
    .number()
    .int()
    .positive()
    .max(64 * 2 ** 20)
    .default(4 * 2 ** 20)
    .describe('bytes of an answer; the broker is told not to send us larger ones'),
  replies: topic.default('athanor/replies').describe('topic that our response topics begin with'),
  session: durationSchema.default('7d').describe('for how long the broker keeps answers while we are away'),
  presence: z
    .strictObject({
      topic,
      path: pathSchema
        .optional()
        .describe('where the word stands in a JSON message; without it the message is the word'),
      online: z.array(wordSchema).min(1).describe('what is retained while the device is there; anything else is loss'),
      limit: durationSchema
        .optional()
        .describe('a job of a device that was away for so long is unknown; without it, waited for'),
    })
    .optional()
    .describe('where the device tells that it is there, and its will that it is not'),
  submit: z.strictObject({
    ...sentShape,
    expiry: durationSchema.default('30s').describe('after which the broker drops a command that it could not deliver'),
    confirm: z
      .enum(['reply', 'find'])
      .default('reply')
      .describe('what tells that the command was taken: an answer on the response topic, or that find finds the job'),
    where: wordsSchema.optional().describe('what has to stand in the answer for it to accept: place: [words]'),
    refused: wordsSchema
      .optional()
      .describe('what stands in an answer that says that the device will not do it: the trial has failed'),
    busy: wordsSchema
      .optional()
      .describe('what stands in an answer that says that nothing was begun, and that it may be tried again'),
    job: pathSchema.optional().describe('where the answer says what the device calls the job; our key where absent'),
  }),
  find: z
    .strictObject({
      ...readShape,
      match: pathSchema
        .optional()
        .describe('where the answer has our key; another one there means that there is no such job'),
      none: wordsSchema.optional().describe('what stands in an answer that says that there is no such job'),
      job: pathSchema.optional().describe('where the answer says what the device calls the job; our key where absent'),
      after: durationSchema
        .optional()
        .describe('how long after its timeout a command may still begin a job; expiry and timeout where absent'),
    })
    .refine(isOne, "one of 'ask' and 'retained'")
    .optional(),
  status: z
    .strictObject({
      ...readShape,
      replies: z
        .literal(true)
        .optional()
        .describe('the device answers the command again when something changes, on the same response topic'),
      ...stateShape,
      match: pathSchema.optional().describe('where the answer has our key; one with another key is not of this job'),
      lost: wordsSchema
        .optional()
        .describe('what stands in an answer that says that the device has never heard of the job'),
      limit: durationSchema.default('24h').describe('without any sign of the job for so long it is unknown'),
    })
    .refine(
      ({ replies, ...read }) =>
        replies === undefined ? isOne(read) : read.ask === undefined && read.retained === undefined,
      "one of 'ask', 'retained' and 'replies'",
    ),
  result: z
    .strictObject(readShape)
    .refine(isOne, "one of 'ask' and 'retained'")
    .optional()
    .describe('read when a job has succeeded; what told its state where absent'),
  ...besideShape,
  values: outcomesSchema.describe('where each outcome stands in the result'),
  cost: z
    .union([z.number().nonnegative(), pathSchema])
    .optional()
    .describe("of a trial, or where the result says it; a campaign file fills in the fidelity's"),
  failure: failureSchema.describe('where the answer with the state says why a job failed'),
  cancel: orderSchema.optional(),
  pause: orderSchema.optional(),
  resume: orderSchema.optional(),
  safeStop: orderSchema.optional().describe('brings the device to a safe state'),
});
/** How to talk to a device over a broker. */
export type MqttSettings = z.infer<typeof mqttSettings>;
