import type { z } from 'zod';
import type { Fault } from '../../models/domain/fault.js';
import { formatPath } from '../../models/domain/fault.js';
import { valueAt } from './document.js';
import { type JsonSchema, jsonSchemaOf, shapesAt } from './json-shape.js';
import { keyHint } from './key-hints.js';
import { oneOf } from './nearest.js';
import { scalarHint } from './scalar-hint.js';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** A fault and where in the document it stands, so that its line can be found. */
export interface PlacedFault extends Fault {
  readonly at: Path;
}

/** A fault at a place of the document. */
export function placed(at: Path, message: string, remedy: string): PlacedFault {
  return { at, path: formatPath(at), message, remedy };
}

/** Segments of a path as people write it: `a[0].b` is `['a', 0, 'b']`. */
export function segments(path: string): PropertyKey[] {
  return [...path.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map((match) =>
    match[1] === undefined ? match[0] : Number(match[1]),
  );
}

/**
 * Everything a schema has against a value, in words: what was given, what is allowed, and for an unknown key the keys
 * that may have been meant.
 *
 * @param prefix - where in the document the value stands
 */
export function schemaFaults(schema: z.ZodType, value: unknown, prefix: Path = []): PlacedFault[] {
  const checked = schema.safeParse(value);
  if (checked.success) return [];
  const shape = jsonSchemaOf(schema);
  return checked.error.issues.flatMap((issue) => faultsOf(issue, [], { value, shape, prefix }));
}

/** Paths of the keys that the schema does not know. */
export function unknownKeys(schema: z.ZodType, value: unknown): Path[] {
  const checked = schema.safeParse(value);
  if (checked.success) return [];
  const collect = (issue: Issue, base: Path): Path[] => {
    const path = [...base, ...issue.path];
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => [...path, key]);
    if (issue.code === 'invalid_union') return bestBranch(issue.errors).flatMap((inner) => collect(inner, path));
    return [];
  };
  return checked.error.issues.flatMap((issue) => collect(issue, []));
}

interface Context {
  readonly value: unknown;
  readonly shape: JsonSchema | null;
  readonly prefix: Path;
}

function faultsOf(issue: Issue, base: Path, context: Context): PlacedFault[] {
  const path = [...base, ...issue.path];
  const at = [...context.prefix, ...path];
  const given = valueAt(context.value, path);
  const fault = (message: string, remedy: string) => [placed(at, message, remedy)];
  if (issue.code === 'unrecognized_keys') {
    const { shape, value } = context;
    const shapes = shapesAt(shape, value, path);
    return issue.keys.map((key) =>
      placed([...at, key], `unknown key '${key}'`, keyHint(key, { root: shape, shapes, beside: given })),
    );
  }
  if (issue.code === 'invalid_key')
    return fault(`'${String(path.at(-1))}' cannot be a name`, issue.issues.map(({ message }) => message).join(', '));
  if (given === undefined && issue.code !== 'custom') return fault('missing', `give ${expected(issue, context, path)}`);
  if (issue.code === 'invalid_union') {
    if (issue.errors.length === 0) return fault(`${show(given)} is not known`, oneOf(given, constsAt(context, path)));
    const branch = bestBranch(issue.errors);
    if (branch.length > 0) return branch.flatMap((inner) => faultsOf(inner, path, context));
    const wanted = issue.errors.flatMap((errors) => errors.map((inner) => expected(inner, context, path)));
    return fault(`${show(given)} does not fit`, [...new Set(wanted)].join(', or '));
  }
  if (issue.code === 'invalid_value')
    return fault(`${show(given)} is not known`, oneOf(given, issue.values.map(String)));
  if (issue.code === 'too_small' && Array.isArray(given) && given.length === 0)
    return fault('the list is empty', expected(issue, context, path));
  if (issue.code === 'too_small' && given === '') return fault('empty', 'give some text');
  return fault(
    `${show(given)} ${Array.isArray(given) || typeof given === 'object' ? 'does not fit' : 'is not allowed'}`,
    expected(issue, context, path),
  );
}

/** The branch of a union that was meant: the one whose complaints lie deepest; empty if none can be told. */
function bestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const inside = branches.filter((issues) =>
    issues.every((issue) => issue.path.length > 0 || issue.code === 'unrecognized_keys'),
  );
  const [first, second] = inside.sort((a, b) => a.length - b.length);
  return first !== undefined && (second === undefined || first.length < second.length) ? first : [];
}

/** What an issue wants, in words. */
function expected(issue: Issue, context: Context, path: Path): string {
  switch (issue.code) {
    case 'invalid_type': {
      const hint = scalarHint(issue.expected, valueAt(context.value, path));
      return `${typeWords[issue.expected] ?? `a ${issue.expected}`}${hint === '' ? '' : `: ${hint}`}`;
    }
    case 'too_small':
      return limit(issue.origin, issue.inclusive === false ? 'more than' : 'at least', Number(issue.minimum));
    case 'too_big':
      return limit(issue.origin, issue.inclusive === false ? 'less than' : 'at most', Number(issue.maximum));
    case 'invalid_value':
      return issue.values.length === 1
        ? `'${String(issue.values[0])}'`
        : `one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_union':
      return issue.errors.length === 0
        ? `one of ${constsAt(context, path).join(', ')}`
        : [...new Set(issue.errors.flatMap((errors) => errors.map((inner) => expected(inner, context, path))))].join(
            ', or ',
          );
    default:
      return issue.message;
  }
}

const typeWords: Readonly<Record<string, string>> = {
  number: 'a finite number',
  int: 'a whole number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'a mapping of keys to values',
  record: 'a mapping of names to values',
};

function limit(origin: string, words: string, bound: number): string {
  if (origin === 'array' || origin === 'set') return `a list of ${words} ${bound} ${bound === 1 ? 'entry' : 'entries'}`;
  if (origin === 'string') return `a text of ${words} ${bound} letters`;
  return `a number ${words} ${bound}`;
}

/** A value as a message shows it, cut where long. */
export function show(value: unknown): string {
  if (typeof value === 'number') return String(value);
  const text = typeof value === 'string' ? `'${value}'` : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function constsAt({ shape, value }: Context, path: Path): string[] {
  return shapesAt(shape, value, path).flatMap((found) => (found.const === undefined ? [] : [String(found.const)]));
}
