import { z } from 'zod';
import { cleanText } from '../../models/domain/clean-text.js';
import { RepeatedKeyError, readJson } from '../../models/domain/json-text.js';
import { plainValue } from '../../models/domain/parsed-json.js';
import { plainJson, plainRecord } from '../../models/domain/plain-json.js';
import { causeClasses } from '../../models/domain/verdicts.js';

/** Characters of what stands in the place of a number that are kept. */
const longestText = 1_000;

/** A number, or in words what stands in its place. */
const measured = z
  .unknown()
  .transform((said): number | string =>
    typeof said === 'number' && Number.isFinite(said)
      ? said
      : cleanText(typeof said === 'string' ? said : (JSON.stringify(plainJson(said)) ?? ''), longestText),
  );

/**
 * Strict schema of what the program writes to stdout, without what is null: values or a failure, never both. Whether its
 * values can be true is judged with those of all adapters (`models/domain/observe.ts`).
 */
export const answerSchema = z
  .strictObject({
    values: z.record(z.string(), measured).optional().describe('objective name: measured value'),
    cost: z
      .number('a number is wanted, or null where it is not known')
      .optional()
      .describe("in the unit of the campaign's costs"),
    noise: z.record(z.string(), measured).optional().describe('standard deviations by objective'),
    details: z.record(z.string(), z.unknown()).optional().describe('anything else worth keeping'),
    achieved: z
      .record(z.string(), measured)
      .optional()
      .describe('what was reached in place of the design, by parameter, in its units'),
    contexts: z
      .record(z.string(), z.strictObject({ value: z.union([z.number(), z.string()]), unit: z.string().optional() }))
      .optional()
      .describe('what was measured of the surroundings: {humidity: {value: 41, unit: "%"}, batch: {value: "B7"}}'),
    files: z
      .record(
        z.string().min(1).max(100),
        z.union([
          z.string().min(1),
          z.strictObject({ path: z.string().min(1), mediaType: z.string().max(100).optional() }),
        ]),
      )
      .optional()
      .describe('files that it made and that are to be kept, by name: a path from its folder'),
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
    document = plainAnswer(readJson(text));
  } catch (error) {
    if (error instanceof RepeatedKeyError)
      return { code: 'badAnswer', message: `the program's answer: ${error.message}` };
    const hint = /\b(NaN|-?Infinity)\b/.test(text) ? '; NaN and Infinity are not JSON, report a failure instead' : '';
    const reason = error instanceof Error ? error.message : String(error);
    return { code: 'notJson', message: `the program's stdout is not one JSON document (${reason})${hint}` };
  }
  const parsed = answerSchema.safeParse(withoutNull(document));
  if (parsed.success) return { answer: cleaned(parsed.data) };
  const issues = parsed.error.issues
    .slice(0, 20)
    .map(({ path, message }) => `${path.length === 0 ? 'answer' : path.join('.')}: ${message}`);
  return { code: 'badAnswer', message: `the program's answer cannot be used: ${issues.join('; ')}` };
}

/** The answer without entries that are null, in which programs write what was not measured; details stay as they are. */
function withoutNull(document: unknown): unknown {
  if (!isRecord(document)) return document;
  const { details, values, noise, ...rest } = document;
  const both = Object.entries({ values, noise }).map(([name, said]) => [name, isRecord(said) ? told(said) : said]);
  return told({ ...rest, details, ...Object.fromEntries(both) });
}

/** The entries that say something. */
function told(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, entry]) => (entry ?? null) !== null));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The document as it will be after it was written again; but details may be nested however deep, and are cut later. */
function plainAnswer(document: unknown): unknown {
  if (typeof document !== 'object' || document === null || !Object.hasOwn(document, 'details'))
    return plainValue(document);
  const { details, ...rest } = document as Record<string, unknown>;
  return { ...(plainValue(rest) as object), details };
}

/** The answer without what cannot be kept: it is said by a program, and may be anything. */
function cleaned({ details, failure, ...answer }: Answer): Answer {
  return {
    ...answer,
    ...(details === undefined ? {} : { details: plainRecord(details) }),
    ...(failure === undefined
      ? {}
      : { failure: { ...failure, code: cleanText(failure.code, 100), message: cleanText(failure.message, 4_000) } }),
  };
}
