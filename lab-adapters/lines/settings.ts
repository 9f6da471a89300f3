import { z } from 'zod';
import { durationSchema } from '../../models/domain/duration.js';

const template = z.string().min(1).max(1_000);
const number = z.union([z.number(), template]);
const unit = z.string().min(1).max(60);

/** A regular expression for one answer; looked at with a limit of time. */
const patternSchema = z
  .string()
  .max(500)
  .refine((source) => {
    try {
      new RegExp(source, 'u');
      return true;
    } catch {
      return false;
    }
  }, 'a regular expression');

const ask = {
  send: template.describe(
    'the command, without its line end, with places for what a request has: {temperature as K, 1 decimal}',
  ),
  answer: patternSchema
    .optional()
    .describe('what the answer looks like; a group (?<value>…) is what is read. Without it no answer is waited for'),
};
const askSchema = z.strictObject(ask);
/** A command and its answer. */
export type Ask = z.infer<typeof askSchema>;

const stepSchema = z.strictObject({
  ...ask,
  back: z
    .strictObject({
      ...ask,
      answer: patternSchema,
      is: number.describe('what has to be read back'),
      within: z.number().nonnegative().default(0).describe('and how far from it a number may be'),
    })
    .optional()
    .describe('read back after it was set: an instrument may refuse without a word'),
});
/** A command that sets something, and how that is read back. */
export type LineStep = z.infer<typeof stepSchema>;

/** Strict schema of the adapter's settings. */
export const linesSettings = z.strictObject({
  connect: z
    .union([
      z.strictObject({ host: z.string().min(1), port: z.number().int().min(1).max(65_535) }),
      z.strictObject({
        serial: z.string().min(1).describe('the port, such as /dev/ttyUSB0'),
        baud: z.number().int().positive().default(9_600),
        dataBits: z.union([z.literal(7), z.literal(8)]).default(8),
        parity: z.enum(['none', 'even', 'odd']).default('none'),
        stopBits: z.union([z.literal(1), z.literal(2)]).default(1),
      }),
    ])
    .describe('a TCP port, or a serial line'),
  ends: z
    .strictObject({ send: z.string().min(1).max(8), receive: z.string().min(1).max(8) })
    .default({ send: '\r\n', receive: '\n' })
    .describe('line ends of commands and of answers'),
  timeout: durationSchema.default('2s').describe('of each answer'),
  gap: durationSchema.optional().describe('rest between two commands'),
  identity: z
    .strictObject({ ...ask, answer: patternSchema })
    .optional()
    .describe('asked on each connection: whether it is the right instrument'),
  set: z.array(stepSchema).default([]).describe('what is set before the start, in this order'),
  start: z.array(stepSchema).min(1).describe('what begins the trial; what was set before moves nothing by itself'),
  done: z
    .strictObject({
      ...ask,
      answer: patternSchema,
      is: number.optional().describe('the value that is read has to be this'),
      within: z.number().nonnegative().default(0).describe('and how far from it a number may be'),
      held: durationSchema.optional().describe('and for how long it has to stay so'),
      limit: durationSchema.default('1h').describe('after which the trial has failed'),
    })
    .describe('asked until the answer fits: then the trial is done'),
  failed: z
    .strictObject({ ...ask, answer: patternSchema })
    .optional()
    .describe('asked with each look: an answer that fits means a fault of the device'),
  poll: durationSchema.default('1s').describe('between two looks'),
  values: z
    .record(
      z.string().min(1),
      z.strictObject({
        ...ask,
        answer: patternSchema,
        sd: z.number().nonnegative().optional(),
        unit: unit.optional(),
        as: unit.optional(),
      }),
    )
    .default({})
    .describe('what is read when it is done, by outcome; left out where nothing is measured'),
  stop: z
    .array(stepSchema)
    .min(1)
    .optional()
    .describe('what ends a trial before its time, and brings the instrument to a safe state'),
  find: z
    .strictObject({ ...ask, answer: patternSchema })
    .optional()
    .describe('for an instrument that keeps a key given to it: reads it; {name} is 32 hexadecimal digits for the key'),
  cost: z.number().nonnegative().optional().describe("of a trial; a campaign file fills in the fidelity's"),
});
/** How to talk to an instrument line by line. */
export type LinesSettings = z.infer<typeof linesSettings>;
