import { stringify } from 'yaml';
import type { Generator } from '../../models/random/generator.js';
import { changedBytes } from './bytes.js';
import { chance, pick, size, weighted } from './random.js';
import { strangeText, strangeValue } from './values.js';

type Key = string | number;
type Holder = Record<Key, unknown>;

/** Every place of a document: the keys that lead there. */
function places(value: unknown, path: readonly Key[] = []): (readonly Key[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...keysOf(value).flatMap((key) => places((value as Holder)[key], [...path, key]))];
}

function keysOf(value: object): Key[] {
  return Array.isArray(value) ? [...value.keys()] : Object.keys(value);
}

function at(document: unknown, path: readonly Key[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Holder)[key], document);
}

/** The document with one change of its structure; the one given stays as it is. */
function changedOnce(draw: Generator, document: unknown): unknown {
  const all = places(document);
  const path = pick(draw, all);
  const key = path.at(-1);
  if (key === undefined) return chance(draw, 0.1) ? strangeValue(draw) : document;
  const copy = structuredClone(document);
  const holder = at(copy, path.slice(0, -1)) as Holder;
  const value = holder[key];
  const set = (name: Key, to: unknown) =>
    Object.defineProperty(holder, name, { value: to, enumerable: true, configurable: true, writable: true });
  const list = Array.isArray(holder) ? holder : null;
  weighted<unknown>(draw, [
    [8, () => set(key, strangeValue(draw))],
    [4, () => (list === null ? delete holder[key] : list.splice(key as number, 1))],
    [4, () => set(key, structuredClone(at(document, pick(draw, all))))],
    [3, () => (list === null ? set(strangeText(draw), value) : list.push(structuredClone(value)))],
    [2, () => list === null && delete holder[key] && set(strangeText(draw), value)],
    [6, () => set(key, tweaked(draw, value))],
    [2, () => set(key, retyped(draw, value))],
    [2, () => typeof value === 'string' && set(key, changedText(draw, value))],
    [1, () => set(key, [value])],
    [1, () => list?.splice(key as number, 0, ...copies(value, pick(draw, [2, 30, 600])))],
    [1, () => typeof value === 'object' && value !== null && set(strangeText(draw), structuredClone(value))],
  ]);
  return copy;
}

function copies(value: unknown, count: number): unknown[] {
  return Array.from({ length: count }, () => structuredClone(value));
}

/** The same in another type: a number as a text, a text as a number or a list of its letters. */
function retyped(draw: Generator, value: unknown): unknown {
  if (typeof value === 'number')
    return pick<unknown>(draw, [String(value), [value], -value, value * 1e9, value + 0.5, null]);
  if (typeof value === 'string')
    return pick<unknown>(draw, [Number(value) || 0, [...value], { value }, ` ${value} `, true]);
  if (Array.isArray(value)) return pick<unknown>(draw, [{ ...value }, value[0] ?? null, [...value].reverse()]);
  if (typeof value === 'object' && value !== null)
    return pick<unknown>(draw, [Object.entries(value), Object.values(value)]);
  return String(value);
}

/** Nearly the same: what may well be right. */
function tweaked(draw: Generator, value: unknown): unknown {
  if (typeof value === 'number')
    return pick(draw, [value + 1, value - 1, value / 2, value * 3, Math.round(value), -value]);
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'string')
    return pick(draw, [value.toUpperCase(), `${value}2`, value.slice(0, -1), ` ${value}`, value.normalize('NFD')]);
  if (Array.isArray(value)) return pick(draw, [value.slice(1), [...value, ...value.slice(-1)], value.toReversed()]);
  return value;
}

/** A text with a piece of another in it. */
function changedText(draw: Generator, text: string): string {
  const place = draw.below(text.length + 1);
  const rest = chance(draw, 0.5) ? text.slice(place) : text.slice(place + 1);
  return `${text.slice(0, place)}${strangeText(draw)}${rest}`;
}

/** The document with a few changes of its structure. */
export function changedDocument(draw: Generator, document: unknown): unknown {
  let changed = document;
  for (let n = size(draw, 6); n > 0; n--) changed = changedOnce(draw, changed);
  return changed;
}

/** JSON in which also numbers stand that JSON cannot say, as people and programs write them. */
export function jsonText(draw: Generator, value: unknown, space = 0): string {
  const odd = new Map<string, string>();
  const text = JSON.stringify(
    value,
    (_, inner: unknown) => {
      if (typeof inner !== 'number' || (Number.isFinite(inner) && !Object.is(inner, -0))) return inner;
      const mark = `odd-${odd.size}-number`;
      odd.set(`"${mark}"`, Object.is(inner, -0) ? '-0' : pick(draw, [String(inner), '1e999', 'null']));
      return mark;
    },
    space,
  );
  let written = text ?? 'null';
  for (const [mark, number] of odd) written = written.replace(mark, number);
  return written;
}

const ladders: readonly string[] = ['[', '{a: ', '{"a":', '- ', '? ', '!!x ', '&a ', '"', "'", '> ', '| ', '%', '\t'];

/** Lines that YAML knows and people do not: anchors, tags, merges, directives, documents, laughs. */
const yamlLines: readonly string[] = [
  ...[
    '<<: *a',
    'x: &a [*a]',
    'y: *nowhere',
    '--- ',
    '...',
    '%YAML 1.1',
    '%TAG ! !x',
    'd: 2001-12-14',
    'b: !!binary aGk=',
  ],
  ...[
    's: !!set {a, b}',
    'o: !!omap [a: 1]',
    '? [a, b]\n: 1',
    '? {a: 1}\n: 2',
    'n: !!int "5"',
    't: !!str 5',
    '"k": |2-\n   x',
  ],
  ...['z: 0o17', 'z: 1_000', 'z: 1:30', 'z: .inf', 'z: .nan', 'z: ~', 'z: yes', '? ', ': ', '- - - x', '\u0085', '#'],
  'a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c]',
];

/** A campaign file's text with a change that only its text can have. */
export function changedYaml(draw: Generator, text: string): string {
  const lines = text.split('\n');
  const line = draw.below(lines.length);
  return weighted(draw, [
    [4, () => lines.toSpliced(line, 0, pick(draw, yamlLines)).join('\n')],
    [2, () => lines.toSpliced(line, 0, lines[draw.below(lines.length)]!).join('\n')],
    [2, () => lines.map((one, i) => (i === line ? `  ${one}` : one)).join('\n')],
    [2, () => lines.toSpliced(line, 1).join('\n')],
    [
      1,
      () =>
        lines
          .map((one, i) => (i === line ? one.replace(/: /, `: ${pick(draw, ladders).repeat(size(draw, 3_000))}`) : one))
          .join('\n'),
    ],
    [
      1,
      () =>
        Array(pick(draw, [3, 300]))
          .fill(text)
          .join('\n'),
    ],
    [1, () => text.replace(/(\w+): (\[[^\]]*\])/, '$1: &anchor $2\nagain: *anchor')],
  ]);
}

/** The document, changed, as the text of a file: YAML or JSON, and at times bytes of neither. */
export function documentText(
  draw: Generator,
  source: { readonly text: string; readonly value: unknown },
  yaml: boolean,
): Uint8Array {
  const encoder = new TextEncoder();
  const structured = () => {
    const changed = changedDocument(draw, source.value);
    if (!yaml || chance(draw, 0.3)) return jsonText(draw, changed, pick(draw, [0, 2]));
    return stringify(changed, { aliasDuplicateObjects: chance(draw, 0.5), version: '1.2' });
  };
  return weighted(draw, [
    [8, () => encoder.encode(structured())],
    [yaml ? 3 : 0, () => encoder.encode(changedYaml(draw, source.text))],
    [2, () => changedBytes(draw, encoder.encode(source.text))],
    [1, () => changedBytes(draw, encoder.encode(structured()))],
  ]);
}
