import { nearest } from '../../models/domain/nearest.js';
import { valueAt } from './document.js';
import type { JsonSchema } from './json-shape.js';

/** Where an unknown key stands. */
interface Place {
  /** What the whole document may be. */
  readonly root: JsonSchema | null;
  /** What the mapping that holds the key may be. */
  readonly shapes: readonly JsonSchema[];
  /** The mapping itself. */
  readonly beside: unknown;
}

/**
 * What was probably meant by an unknown key, and what is allowed in its place.
 *
 * A near name of a key that is missing here comes first. Where the mapping can do without that key, and its value could
 * not be the one given, the same name elsewhere in the file is likelier.
 */
export function keyHint(key: string, { root, shapes, beside }: Place): string {
  const known = [...new Set(shapes.flatMap((shape) => Object.keys(shape.properties ?? {})))];
  const isThere = (name: string) => valueAt(beside, [name]) !== undefined;
  const isNeeded = (name: string) => shapes.some(({ required = [] }) => required.includes(name));
  const mayBe = (name: string) =>
    shapes.some(({ properties }) => isOfKind(properties?.[name], valueAt(beside, [key]), true));
  const near = nearest(key, known);
  const free = near.filter((name) => !isThere(name));
  const needed = free.filter(isNeeded);
  const likely = needed.length > 0 ? needed : free.filter(mayBe);
  const here = (names: readonly string[]) => `did you mean ${names.join(' or ')}?`;
  const elsewhere = known.length === 0 || likely.length > 0 ? [] : placesOf(root, key).slice(0, 3);
  const hints: string[] = [];
  if (likely.length > 0) hints.push(here(likely));
  else if (elsewhere.length > 0) {
    const told = elsewhere.map((path) => `${path === '' ? 'the top of the file' : path}`);
    hints.push(`'${key}' belongs under ${told.join(' or ')};`);
    if (near.length > 0) hints.push(`or ${here(near)}`);
  } else if (near.length > 0) hints.push(here(free.length > 0 ? free : near));
  else if (known.length > 0) {
    const [deeper] = nearest(key, namesIn(root));
    if (deeper !== undefined) {
      const [path] = placesOf(root, deeper);
      hints.push(`did you mean ${deeper} under ${path === '' ? 'the top of the file' : path}?`);
    }
  }
  const open = known.filter((name) => !isThere(name));
  return [...hints, `allowed here: ${(open.length > 0 ? open : known).join(', ')}`].join(' ');
}

/** Whether a value is of the kind that a shape describes, or of that of its entries. */
function isOfKind(shape: JsonSchema | undefined, value: unknown, entries: boolean): boolean {
  if (shape === undefined) return false;
  const options = shape.anyOf ?? shape.oneOf;
  if (options !== undefined) return options.some((option) => isOfKind(option, value, entries));
  if (shape.const !== undefined) return shape.const === value;
  if (shape.enum !== undefined) return shape.enum.includes(value);
  if (shape.type === undefined) return true;
  const kind = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
  if (shape.type === kind || (shape.type === 'integer' && Number.isInteger(value))) return true;
  return entries && shape.type === 'array' && isOfKind(shape.items, value, false);
}

/** Where a schema has a key, as people write the places, '' for the top; those nearest to its root first. */
function placesOf(root: JsonSchema | null, key: string): string[] {
  const found = new Set<string>();
  let level: { readonly shape: JsonSchema; readonly path: string }[] = root === null ? [] : [{ shape: root, path: '' }];
  for (let depth = 0; depth < 8 && found.size < 3; depth++) {
    const next: typeof level = [];
    for (const { shape, path } of level) {
      if (shape.properties?.[key] !== undefined) found.add(path);
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

/** Names of all keys of a schema. */
function namesIn(root: JsonSchema | null): string[] {
  const names = new Set<string>();
  const look = (shape: JsonSchema, depth: number) => {
    if (depth > 8) return;
    for (const [name, inner] of Object.entries(shape.properties ?? {})) {
      names.add(name);
      look(inner, depth + 1);
    }
    for (const inner of [
      ...(shape.anyOf ?? []),
      ...(shape.oneOf ?? []),
      ...(shape.items === undefined ? [] : [shape.items]),
    ])
      look(inner, depth + 1);
  };
  if (root !== null) look(root, 0);
  return [...names];
}
