import { z } from 'zod';
import { valueAt } from './document.js';

type Path = readonly PropertyKey[];

/** The part of a JSON Schema that is looked at here. */
export interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly required?: readonly string[];
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
}

/** What a schema accepts, as JSON Schema; null where that cannot be told. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema | null {
  try {
    return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  } catch {
    return null;
  }
}

/** The shapes that a value at a path may have; branches of a union whose fixed entries disagree with it left out. */
export function shapesAt(shape: JsonSchema | null, value: unknown, path: Path): JsonSchema[] {
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
