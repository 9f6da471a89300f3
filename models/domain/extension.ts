import { z } from 'zod';
import { designSchema } from './design.js';
import { InvalidInputError } from './errors.js';
import { type Fault, formatPath } from './fault.js';
import { parsedJson } from './parsed-json.js';

/** Rows that one extension may append; characters that its settings may have. */
const most = { rows: 100_000, settings: 10_000 } as const;

/** A text that stands in tables and messages. */
const tellable = z
  .string()
  .regex(/^[^\p{C}\p{Zl}\p{Zp}]{1,200}$/u, '1 to 200 characters, none of them a control character');

/** What the schema of an extension accepts. */
export const extensionSchema = z.strictObject({
  /** What made the rows, so that they can be made again. */
  by: z.strictObject({
    name: tellable,
    version: tellable,
    seed: z.int().optional(),
    /** Rows or trials that the new rows were made from. */
    parents: z.array(tellable).max(most.rows).optional(),
    settings: z
      .record(z.string(), z.json())
      .refine((given) => JSON.stringify(given).length <= most.settings, `more than ${most.settings} characters`)
      .optional(),
  }),
  rows: z
    .array(z.strictObject({ id: tellable, design: designSchema }))
    .min(1)
    .max(most.rows),
});
/**
 * Rows that are appended to a pool, and who made them. It is kept as an artefact: its identity is the sha256 of its text
 * (`extensionText`), by which the proposals name it that were made from the pool with its rows.
 */
export type Extension = Readonly<z.infer<typeof extensionSchema>>;

/**
 * The one text of an extension: JSON with the keys of every object in alphabetical order.
 *
 * @throws {InvalidInputError} with everything that is wrong with it
 */
export function extensionText(extension: Extension): string {
  return sortedJson(checked(extension, 'extension'));
}

/** The same in UTF-8. @throws as `extensionText` */
export function extensionBytes(extension: Extension): Uint8Array {
  return new TextEncoder().encode(extensionText(extension));
}

/**
 * The extension of these bytes.
 *
 * @param name - of the extension, for messages
 * @throws {InvalidInputError} with everything that is wrong with them; also where they are not its one text
 */
export function readExtension(bytes: Uint8Array, name: string): Extension {
  const refuse = (message: string) =>
    new InvalidInputError(name, [{ path: '', message, remedy: 'the bytes that extensionBytes gives' }]);
  let text: string;
  let given: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    given = parsedJson(text);
  } catch (error) {
    throw refuse(`no extension: ${(error as Error).message}`);
  }
  const extension = checked(given, name);
  if (sortedJson(extension) !== text) throw refuse('not written as extensions are');
  return extension;
}

function checked(given: unknown, name: string): Extension {
  const parsed = extensionSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(
    ({ path, message }): Fault => ({ path: formatPath(path), message, remedy: 'an extension of a pool' }),
  );
  throw new InvalidInputError(name, faults);
}

function sortedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${sortedJson(inner)}`).join(',')}}`;
}
