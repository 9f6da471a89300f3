import { z } from 'zod';
import { readAmounts } from '../../models/domain/amounts.js';
import type { Fault } from '../../models/domain/fault.js';
import { formatPath } from '../../models/domain/fault.js';
import type { JobRequest } from '../contract.js';
import type { Units } from './units.js';

/**
 * What is to be sent, with places for what a request has: any plain JSON or YAML value. In its texts `{x}` stands for the
 * value of x; a text that is exactly `{x}` becomes the value itself, a number stays a number. `{{` and `}}` stand for braces.
 */
export const templateSchema = z.json();
/** A value of such a setting. */
export type Template = z.infer<typeof templateSchema>;

/** One place to be filled in: `{temperature as K, 2 decimals}`. */
export interface Slot {
  readonly name: string;
  /** Unit that the device wants. */
  readonly unit: string | null;
  readonly decimals: number | null;
}

/** A text in pieces, or what is wrong with it. */
export function partsOf(text: string): readonly (string | Slot)[] | string {
  const parts: (string | Slot)[] = [];
  for (const [piece] of text.matchAll(/\{\{|\}\}|\{[^{}]*\}|[{}]|[^{}]+/g)) {
    if (piece === '{{' || piece === '}}') parts.push(piece[0]!);
    else if (piece === '{' || piece === '}')
      return `a '${piece}' that belongs to no pair; a brace itself is '${piece}${piece}'`;
    else if (!piece.startsWith('{')) parts.push(piece);
    else {
      const slot = slotOf(piece.slice(1, -1));
      if (slot === null) return `'${piece}' is no place to fill in; {name}, {name as UNIT} or {name, 2 decimals} is`;
      parts.push(slot);
    }
  }
  return parts;
}

function slotOf(text: string): Slot | null {
  const [all, name, unit, decimals] =
    /^\s*(\S.*?)(?:\s+as\s+(\S[^,]*?))?(?:\s*,\s*(\d{1,2})\s+decimals?)?\s*$/.exec(text) ?? [];
  if (all === undefined) return null;
  return { name: name!, unit: unit ?? null, decimals: decimals === undefined ? null : Number(decimals) };
}

/** What a template is filled with. */
export interface Filling {
  readonly key: string;
  readonly request: JobRequest;
  readonly units: Units;
  /** What the place has beside the request: `{job}`, for example. */
  readonly more?: Readonly<Record<string, string | number>>;
  /** How a text is written where it becomes a part of another: in an address, in a line. Returns null where it cannot be. */
  readonly written?: (text: string) => string | null;
}

/** A filled template, or all that keeps it from being filled. */
export type Filled = { readonly value: unknown } | { readonly faults: readonly Fault[] };

/** Fills a template with a request. @param path - of the template in the settings, for faults */
export function fill(template: Template, filling: Filling, path: readonly PropertyKey[] = []): Filled {
  const faults: Fault[] = [];
  const walk = (value: Template, at: readonly PropertyKey[]): unknown => {
    if (Array.isArray(value)) return value.map((item, i) => walk(item, [...at, i]));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, [...at, key])]));
    if (typeof value !== 'string') return value;
    const given = filledText(value, filling);
    if (!('refusal' in given)) return given.value;
    faults.push({
      path: formatPath(at),
      message: given.refusal,
      remedy: "see what a template may name in the adapter's README",
    });
    return null;
  };
  const value = walk(template, path);
  return faults.length === 0 ? { value } : { faults };
}

type Given = { readonly value: unknown } | { readonly refusal: string };

function filledText(text: string, filling: Filling): Given {
  const parts = partsOf(text);
  if (typeof parts === 'string') return { refusal: parts };
  const [only] = parts;
  if (parts.length === 1 && typeof only === 'object') return slotValue(only, filling);
  let whole = '';
  for (const part of parts) {
    if (typeof part === 'string') {
      whole += part;
      continue;
    }
    const given = slotValue(part, filling);
    if ('refusal' in given) return given;
    if (given.value === null) return { refusal: `{${part.name}} has no value here` };
    const plain =
      typeof given.value === 'number' && part.decimals !== null
        ? given.value.toFixed(part.decimals)
        : String(given.value as string | number);
    const written = filling.written === undefined ? plain : filling.written(plain);
    if (written === null)
      return { refusal: `the value of {${part.name}} cannot be written here: ${JSON.stringify(plain)}` };
    whole += written;
  }
  return { value: whole };
}

/** The value of one place: converted and rounded where that is asked for. */
function slotValue({ name, unit, decimals }: Slot, filling: Filling): Given {
  const found = lookedUp(name, filling);
  if (found === undefined) return { refusal: `{${name}}: the request has no such value` };
  let value = found;
  if (unit !== null) {
    const from = filling.request.units?.[parameterOf(name)];
    if (from === undefined) return { refusal: `{${name} as ${unit}}: '${name}' has no unit in the campaign file` };
    const why = typeof value === 'number' ? filling.units.fault(from, unit) : `${JSON.stringify(value)} is no number`;
    if (why !== null) return { refusal: `{${name} as ${unit}}: ${why}` };
    value = filling.units.convert(value as number, from, unit);
  }
  if (decimals === null) return { value };
  if (typeof value !== 'number') return { refusal: `{${name}}: ${JSON.stringify(value)} has no decimals` };
  return { value: Number(value.toFixed(decimals)) };
}

function lookedUp(name: string, { key, request, more = {} }: Filling): string | number | null | undefined {
  if (Object.hasOwn(more, name)) return more[name];
  if (name === 'key') return key;
  if (name === 'rowId') return request.rowId;
  if (name === 'fidelity') return request.fidelity;
  const [, kind, rest = ''] = /^(smiles|amount)\.(.+)$/s.exec(name) ?? [];
  if (kind === 'smiles' && Object.hasOwn(request.substances, rest)) return request.substances[rest];
  if (kind === 'amount') {
    const [of, component] = componentIn(rest);
    const text = Object.hasOwn(request.design, of) ? request.design[of] : undefined;
    const amounts = typeof text === 'string' ? readAmounts(text) : '';
    // A component that the text leaves out is none of it; a name that no composition has is found when the file is checked.
    if (typeof amounts !== 'string') return amounts.get(component) ?? 0;
  }
  const parameter = parameterOf(name);
  return Object.hasOwn(request.design, parameter) ? request.design[parameter] : undefined;
}

/** Name of the parameter that a place means: `design.x` is x, also where x is another word of templates. */
export function parameterOf(name: string): string {
  return name.startsWith('design.') ? name.slice('design.'.length) : name;
}

/** Composition and component of `alloy.Fe`. */
export function componentIn(name: string): readonly [composition: string, component: string] {
  const at = name.lastIndexOf('.');
  return at < 0 ? [name, ''] : [name.slice(0, at), name.slice(at + 1)];
}
