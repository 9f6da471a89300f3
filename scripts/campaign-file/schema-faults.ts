import { z } from 'zod';
import type { Fault } from '../../models/domain/fault.js';
import { formatPath } from '../../models/domain/fault.js';
import { nearest } from '../../models/domain/nearest.js';
import { valueAt } from './document.js';
import { oneOf } from './nearest.js';

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
    const known = keysAt(context.shape, context.value, path);
    return issue.keys.map((key) => {
      const near = nearest(key, known);
      const free = known.filter((name) => valueAt(given, [name]) === undefined);
      const elsewhere = known.length === 0 ? [] : placesOf(context.shape, key).slice(0, 3);
      const belongs = elsewhere.length > 0 ? `'${key}' belongs under ${elsewhere.join(' or ')}; ` : '';
      const meant = belongs !== '' || near.length === 0 ? belongs : `did you mean ${near.join(' or ')}? `;
      return placed(
        [...at, key],
        `unknown key '${key}'`,
        `${meant}allowed here: ${(free.length > 0 ? free : known).join(', ')}`,
      );
    });
  }
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
    case 'invalid_type':
      return typeWords[issue.expected] ?? `a ${issue.expected}`;
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

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly const?: unknown;
}

function jsonSchemaOf(schema: z.ZodType): JsonSchema | null {
  try {
    return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  } catch {
    return null;
  }
}

/** The shapes that a value at a path may have; branches of a union whose fixed entries disagree with it left out. */
function shapesAt(shape: JsonSchema | null, value: unknown, path: Path): JsonSchema[] {
  let shapes = shape === null ? [] : branches(shape, value);
  let here = value;
  for (const segment of path) {
    here = valueAt(here, [segment]);
    shapes = shapes
      .map((candidate) =>
        typeof segment === 'number'
          ? (candidate.prefixItems?.[segment] ?? candidate.items)
          : (candidate.properties?.[String(segment)] ?? candidate.additionalProperties),
      )
      .flatMap((candidate) => (typeof candidate === 'object' ? branches(candidate, here) : []));
  }
  return shapes;
}

/** Where a schema has a key, as people write the places; those nearest to its root first. */
function placesOf(root: JsonSchema | null, key: string): string[] {
  const found = new Set<string>();
  let level: { readonly shape: JsonSchema; readonly path: string }[] = root === null ? [] : [{ shape: root, path: '' }];
  for (let depth = 0; depth < 8 && found.size < 3; depth++) {
    const next: typeof level = [];
    for (const { shape, path } of level) {
      if (shape.properties?.[key] !== undefined) found.add(path === '' ? 'the top of the file' : path);
      for (const [name, inner] of Object.entries(shape.properties ?? {}))
        next.push({ shape: inner, path: path === '' ? name : `${path}.${name}` });
      for (const inner of [
        ...(shape.anyOf ?? []),
        ...(shape.oneOf ?? []),
        ...(shape.items === undefined ? [] : [shape.items]),
      ])
        next.push({ shape: inner, path });
    }
    level = next;
  }
  return [...found];
}

function branches(shape: JsonSchema, value: unknown): JsonSchema[] {
  const options = shape.anyOf ?? shape.oneOf;
  if (options === undefined) return [shape];
  const fitting = options.filter((option) =>
    Object.entries(option.properties ?? {}).every(
      ([key, { const: fixed }]) => fixed === undefined || valueAt(value, [key]) === fixed,
    ),
  );
  return (fitting.length > 0 ? fitting : options).flatMap((option) => branches(option, value));
}

function keysAt(shape: JsonSchema | null, value: unknown, path: Path): string[] {
  return [...new Set(shapesAt(shape, value, path).flatMap((found) => Object.keys(found.properties ?? {})))];
}

function constsAt({ shape, value }: Context, path: Path): string[] {
  return shapesAt(shape, value, path).flatMap((found) => (found.const === undefined ? [] : [String(found.const)]));
}
