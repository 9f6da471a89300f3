import fc from 'fast-check';
import type { Generator } from '../../models/random/generator.js';
import { chance, pick, size, weighted } from './random.js';

/** A mark that must not come out as markup, and one that stands for a secret of the environment. */
export const markup = '<fuzz-tag onclick=x>';
export const secret = 'fuzz-s3cret-9f27';

/** Numbers at the ends of what numbers can be, and those that programs stumble over. */
export const strangeNumbers: readonly number[] = [
  ...[0, -0, 1, -1, 2, 3, 7, 0.1, 0.30000000000000004, -0.5, 1e-7, 1e-320, 5e-324, -5e-324, 1e21, 1e100, 1e101],
  ...[1e154, 1e155, 1e308, -1e308, Number.MAX_VALUE, -Number.MAX_VALUE, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 53 + 2],
  ...[1e15, 1e9, 1e6, 100_000, 10_001, 501, 4294967295, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
];

/** Texts of all the kinds that have ever been trouble: names of members, controls, halves of pairs, paths, formulas. */
export const strangeTexts: readonly string[] = [
  ...['', ' ', '  x  ', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', 'then', 'null', 'true'],
  ...['\u0000', 'a\u0000b', '\u001b[2J', '\u0007', '\r', '\n', 'a\r\nb', '\u2028', '\u0085', '\u202eabc', '\ufeff'],
  ...['\ud800', '\udc00x', 'e\u0301', 'é', 'ß', 'İ', 'ﬁ', '\u00a0', '\u200b', '𝒳', '👩‍🔬', 'ελ', '日本', '\ufffd'],
  ...[markup, '"><script>', '&lt;', "';--", '%s%n', '$'.concat('{x}'), '`', '\\', '"', "'", ',', ';', '\t', '|'],
  ...['../../x', '/etc/passwd', '/dev/zero', '.', '..', 'C:\\x', 'file:///x', '~', 'CON', '/proc/self/mem'],
  ...['=1+1', '+1', '-1', '@x', "'=1", 'NaN', 'Infinity', '-Infinity', '1e999', '1e-999', '0x10', '0b1', '1_000'],
  ...['1,5', '1.5', '1,234', '1.234,5', '1e5', '١٢', '½', '12 %', '<5', '−3', '1 000', "1'000", '.5', '5.', '-0'],
  ...['0s', '1h', '1e9h', '999999999999d', '-1h', '1.5h', '12:60', '2026-02-30', '1900-01-00'],
  ...['CCO', '[CH2]', 'C1CC', '((((', 'C/C=C/C', '[C@@H](F)(Cl)Br', '*', '[Na+].[Cl-]', 'c1ccccc1', 'C%99', '[999C]'],
  ...['H2O', 'Fe2O3·5H2O', 'H(((', 'Xx2', 'C0', 'H1e9', 'Fe:0.2 Ni:0.8', 'Fe:1e400', 'Fe:', ':1', 'Fe:0.5 Fe:0.5'],
];

const longTexts: readonly ((n: number) => string)[] = [
  (n) => 'x'.repeat(n),
  (n) => 'C'.repeat(n),
  (n) => '('.repeat(n),
  (n) => '['.repeat(n),
  (n) => '9'.repeat(n),
  (n) => ' '.repeat(n),
  (n) => 'a.'.repeat(n / 2),
  (n) => 'a-'.repeat(n / 2),
  (n) => '\u0301'.repeat(n),
  (n) => 'Fe:1 '.repeat(n / 5),
  (n) => 'C1=CC=CC=C1'.repeat(n / 11),
  (n) => `1${'0'.repeat(n)}`,
  (n) => '\u001b]0;'.repeat(n / 4),
  (n) => '"'.repeat(n),
];

/** A text that is far too long for what it is; seldom very much so. */
export function longText(draw: Generator): string {
  const n = weighted(draw, [
    [6, () => 65],
    [6, () => 300],
    [4, () => 5_000],
    [1, () => 100_000],
  ]);
  return pick(draw, longTexts)(n);
}

/** A text that nobody expects. */
export function strangeText(draw: Generator): string {
  return weighted(draw, [
    [8, () => pick(draw, strangeTexts)],
    [1, () => longText(draw)],
    [2, () => pick(draw, strangeTexts) + pick(draw, strangeTexts)],
  ]);
}

const sampled = new Map<number, readonly unknown[]>();

/** Documents of fast-check's, 500 for a seed. */
function anyDocuments(seed: number): readonly unknown[] {
  const known = sampled.get(seed);
  if (known !== undefined) return known;
  const made = fc.sample(fc.jsonValue({ maxDepth: 3 }), { seed, numRuns: 500 });
  sampled.set(seed, made);
  return made;
}

/** A value of any kind, where another is expected. */
export function strangeValue(draw: Generator): unknown {
  return weighted<unknown>(draw, [
    [6, () => pick(draw, strangeNumbers)],
    [6, () => strangeText(draw)],
    [2, () => pick<unknown>(draw, [null, true, false, [], {}, [[]], [{}], { __proto__: 1 }])],
    [1, () => JSON.parse('{"__proto__": {"x": 1}, "constructor": {"prototype": {"y": 2}}}')],
    [3, () => pick(draw, anyDocuments(7))],
    [1, () => nested(draw, size(draw, 40))],
    [1, () => Array.from({ length: pick(draw, [100, 5_000]) }, () => pick<unknown>(draw, [0, 'a', null]))],
  ]);
}

/** A value inside so many lists or mappings. */
export function nested(draw: Generator, depth: number): unknown {
  let value: unknown = pick(draw, strangeNumbers);
  for (let i = 0; i < depth; i++) value = chance(draw, 0.5) ? [value] : { a: value };
  return value;
}
