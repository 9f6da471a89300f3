import { z } from 'zod';
import { durationSchema } from '../../models/domain/duration.js';
import { besideShape } from '../internal/beside.js';
import { outcomeSchema } from '../internal/outcomes.js';
import { templateSchema } from '../internal/template.js';

const name = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^/\\\0]+$/, 'the name of a file, without folders')
  .refine(
    (text) => /\{\s*(name|key)\s*\}/.test(text),
    "'{name}' or '{key}' has to stand in it, so that each trial has its own",
  );

const windowSchema = z.strictObject({
  window: z.tuple([z.number(), z.number()]).describe('from where to where on the x axis'),
  take: z
    .enum(['height', 'position', 'area', 'mean'])
    .describe('of the highest point there; area by the trapezoidal rule'),
  baseline: z
    .enum(['none', 'linear'])
    .default('none')
    .describe('what is taken off first: the line between the ends of the window'),
  sd: z.number().nonnegative().optional(),
});
/** Part of a spectrum that a value is taken from. */
export type Window = z.infer<typeof windowSchema>;

/** Strict schema of the adapter's settings. */
export const filesSettings = z.strictObject({
  requests: z.string().min(1).describe('folder that requests are written to'),
  results: z.string().min(1).describe('folder that results appear in'),
  request: z.strictObject({
    name: name.describe('{name} is 32 hexadecimal digits, {key} our key with % for signs that file names lack'),
    format: z.enum(['json', 'csv']).default('json'),
    content: templateSchema.describe('for csv an object (one row) or a list of them'),
  }),
  moved: z
    .array(z.string().min(1))
    .default([])
    .describe('folders that the device moves requests to when it takes them, relative to requests'),
  removes: z.boolean().default(false).describe('whether the device deletes a request when it takes it'),
  result: z.strictObject({
    name: name.describe('a * stands for any signs'),
    format: z.enum(['json', 'csv', 'jcamp']),
    done: name
      .optional()
      .describe('file that appears beside it when it is complete; without it its size and time have to stay'),
    stable: durationSchema.default('2s').describe('for how long size and time have to stay'),
    limit: durationSchema.default('24h').describe('after which the trial has failed'),
    maxBytes: z
      .number()
      .int()
      .positive()
      .max(64 * 2 ** 20)
      .default(16 * 2 ** 20),
  }),
  raw: z
    .array(name)
    .optional()
    .describe('files that the device writes beside the result: kept as they are, however large, and not read'),
  failed: name.optional().describe('file with words that appears instead of a result when the experiment failed'),
  ...besideShape,
  values: z
    .record(z.string().min(1), z.union([windowSchema, outcomeSchema]))
    .default({})
    .describe(
      "where each outcome stands: 'rows[0].yield' of a CSV file, a path of a JSON file, a window of a spectrum; left out where nothing is measured",
    ),
  poll: durationSchema.default('1s'),
  cost: z.number().nonnegative().optional().describe("of a trial; a campaign file fills in the fidelity's"),
});
/** How to exchange files with a device. */
export type FilesSettings = z.infer<typeof filesSettings>;
