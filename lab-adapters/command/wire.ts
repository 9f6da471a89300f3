import { z } from 'zod';
import { causeClasses } from '../../models/domain/trial.js';

/** Strict schema of what the program writes to stdout: values or a failure, never both. */
export const answerSchema = z
  .strictObject({
    values: z.record(z.string(), z.number()).optional().describe('objective name: measured value'),
    cost: z.number().nonnegative().optional().describe("in the unit of the campaign's costs"),
    noise: z.record(z.string(), z.number().nonnegative()).optional().describe('standard deviations by objective'),
    details: z.record(z.string(), z.unknown()).optional().describe('anything else worth keeping'),
    failure: z
      .strictObject({ class: z.enum(causeClasses), code: z.string().min(1), message: z.string() })
      .optional()
      .describe('why there are no values'),
  })
  .refine(({ values, failure }) => (values === undefined) !== (failure === undefined), {
    message: "either 'values' or 'failure' is wanted",
  });
/** What a program answered. */
export type Answer = z.infer<typeof answerSchema>;

/** An answer, or why what was written is none. */
export type Reading = { readonly answer: Answer } | { readonly code: string; readonly message: string };

/** Reads a program's stdout. */
export function readAnswer(text: string): Reading {
  if (text.trim() === '')
    return { code: 'noAnswer', message: 'the program wrote nothing to stdout; one JSON document is wanted' };
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    const hint = /\b(NaN|-?Infinity)\b/.test(text) ? '; NaN and Infinity are not JSON, report a failure instead' : '';
    const reason = error instanceof Error ? error.message : String(error);
    return { code: 'notJson', message: `the program's stdout is not one JSON document (${reason})${hint}` };
  }
  const parsed = answerSchema.safeParse(document);
  if (parsed.success) return { answer: parsed.data };
  const issues = parsed.error.issues.map(
    ({ path, message }) => `${path.length === 0 ? 'answer' : path.join('.')}: ${message}`,
  );
  return { code: 'badAnswer', message: `the program's answer does not fit: ${issues.join('; ')}` };
}
