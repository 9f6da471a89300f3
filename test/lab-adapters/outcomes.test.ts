import { expect, test } from 'vitest';
import { standingAt, stepsOf } from '../../lab-adapters/internal/answer-path.js';
import { measuredIn } from '../../lab-adapters/internal/measured.js';
import { outcomeFaults, outcomesSchema, takeOutcomes } from '../../lab-adapters/internal/outcomes.js';
import { readBounded, readJsonReply } from '../../lab-adapters/internal/reply.js';
import { loadUnits } from '../../lab-adapters/internal/units.js';
import { observe } from '../../models/domain/observe.js';

const units = await loadUnits();
const answer = {
  data: { results: [{ yield: 71.25, sd: 0.5 }, { yield: '12.5' }], unit: '°F', T: 77, dT: 1.8 },
  'peak area': 3,
  wrong: { nan: Number.NaN, none: null, yes: true, comma: '1,5', html: '<b>5</b>', huge: '1e999', list: [1] },
};
const take = (values: unknown) => takeOutcomes(answer, outcomesSchema.parse(values), units, null);

test('paths lead to what a document itself has, and to nothing else', () => {
  const at = (path: string) => standingAt(answer, stepsOf(path)!);
  expect(at('data.results[0].yield')).toBe(71.25);
  expect(at('$.data.results[-1].yield')).toBe('12.5');
  expect(at('["peak area"]')).toBe(3);
  expect(at('peak area')).toBe(3);
  expect(at('$')).toBe(answer);
  for (const path of [
    'data.results[2].yield',
    'data.results.length',
    'constructor',
    'data.T.x',
    'data[0]',
    '__proto__',
  ])
    expect(at(path)).toBeUndefined();
  for (const path of ['a..b', 'a.', '.a', 'a[x]', 'a[', 'a b.', '["a]', 'a b[1', '[1.5]'])
    expect(stepsOf(path)).toBeNull();
});

test('outcomes are taken with units and standard deviations', () => {
  const { values, noise, refusals } = take({
    yield: { path: 'data.results[0].yield', sd: 'data.results[0].sd', unit: '%', as: '%' },
    T: { path: 'data.T', unit: { path: 'data.unit' }, as: 'K', sd: 'data.dT' },
    second: { path: 'data.results[1].yield', text: true, sd: 0.1 },
    none: { path: 'wrong.none', optional: true },
  });
  expect(refusals).toEqual([]);
  expect(values).toEqual({ yield: 71.25, T: expect.closeTo(298.15, 9), second: 12.5 });
  expect(noise).toEqual({ yield: 0.5, T: expect.closeTo(1, 12), second: 0.1 });
});

test('what nobody asked for goes beside, and is refused for nothing', () => {
  const values = outcomesSchema.parse({ yield: 'data.T', more: '["peak area"]', bad: 'wrong.yes' });
  expect(takeOutcomes(answer, values, units, ['yield', 'else'])).toEqual({
    values: { yield: 77 },
    noise: {},
    others: { more: 3 },
    refusals: [],
  });
});

test.each([
  ['wrong.nan', 'NaN is no finite number'],
  ['wrong.none', 'null stands there; a number is wanted'],
  ['wrong.yes', 'true stands there'],
  ['wrong.list', 'a list stands there'],
  ['wrong.missing', 'nothing stands there'],
  ['data.results[1].yield', "(set 'text: true'"],
])('%s is refused with words, and the trial is set aside', (path, words) => {
  const { values, refusals } = take({ yield: path, other: 'data.T' });
  expect(refusals).toEqual([expect.stringContaining(words)]);
  expect(Number.isFinite(values.yield)).toBe(false);
  expect(values.other).toBe(77);
});

test.each([
  ['wrong.comma', 'has a comma'],
  ['wrong.html', 'is no number'],
  ['wrong.huge', 'is too large'],
])('as a text, too: %s', (path, words) => {
  expect(take({ yield: { path, text: true } }).refusals).toEqual([expect.stringContaining(words)]);
});

test('a unit in the answer that does not fit is refused', () => {
  const values = { a: { path: 'data.T', unit: { path: 'data.unit' }, as: 'bar' } };
  expect(take(values).refusals).toEqual(["a: '°F' cannot be told in 'bar'"]);
  const none = { a: { path: 'data.T', unit: { path: 'data.none' }, as: 'bar' } };
  expect(take(none).refusals).toEqual(['a: data.none: nothing stands there; a unit is wanted']);
});

test('faults of the setting are told when the file is checked', () => {
  const values = outcomesSchema.parse({
    a: { path: 'x', as: 'K' },
    b: { path: 'x', unit: 's', as: 'm' },
    c: { path: 'x', unit: { path: 'u' } },
  });
  const scope = { parameters: [], objectives: ['yield'] };
  expect(outcomeFaults(values, { scope, units }).map(({ path }) => path)).toEqual([
    'values.a',
    'values.b',
    'values.c',
    'values',
  ]);
  expect(outcomesSchema.safeParse({ a: 'x..y' }).success).toBe(false);
  expect(outcomesSchema.safeParse({}).success).toBe(false);
});

test.each([
  [{ path: 'x', unit: 'K' }, '°C', "the answer is told in 'K', the campaign wants '°C'"],
  [{ path: 'x', unit: '%', as: '1' }, '%', "the answer is told in '1', the campaign wants '%'"],
  [{ path: 'x', unit: { path: 'u' }, as: 'K' }, '°C', "the answer is told in 'K', the campaign wants '°C'"],
  [{ path: 'x', unit: 'K' }, 'mL', "the answer is told in 'K', the campaign wants 'mL'"],
])('a unit that is not that of the outcome is told when the file is checked: %j for %s', (place, wanted, message) => {
  const scope = { parameters: [], objectives: ['a'], outcomeUnits: { a: wanted } };
  expect(outcomeFaults(outcomesSchema.parse({ a: place }), { scope, units })).toMatchObject([
    { path: 'values.a', message },
  ]);
});

test('another spelling of the unit, none at all, or one that nobody knows is no fault', () => {
  const values = outcomesSchema.parse({
    a: { path: 'x', unit: 'degC' },
    b: { path: 'x', unit: 'µL' },
    c: { path: 'x', unit: 'turns of the wheel' },
    d: { path: 'x', unit: 'K', as: '°C' },
    e: { path: 'x', unit: 'K' },
    f: 'x',
  });
  const outcomeUnits = { a: '°C', b: 'uL', c: 'clicks', d: '°C', f: 'K' };
  const scope = { parameters: [], objectives: Object.keys(values), outcomeUnits };
  expect(outcomeFaults(values, { scope, units })).toEqual([]);
});

async function* pieces(count: number) {
  for (let i = 0; i < count; i++) yield new TextEncoder().encode('abcd');
}

test('replies are read within bounds of size', async () => {
  expect(Buffer.from(await readBounded(pieces(2), 8, 'the reply')).toString()).toBe('abcdabcd');
  await expect(readBounded(pieces(1e9), 8, 'the reply')).rejects.toThrow('the reply has more than 8 bytes');
});

test.each([
  ['', 'is empty'],
  ['<!doctype html><p>Login', 'is HTML or XML, not JSON'],
  ['{"yield": NaN}', 'NaN and Infinity are not JSON'],
  ['{"yield": 71', 'is not one JSON document'],
  ['{"yield": 1, "yield": 2}', 'given more than once'],
  ['\xff', 'is not UTF-8'],
])('%j is no reply', (text, words) => {
  expect(readJsonReply(Buffer.from(text, 'latin1'), 'the reply')).toEqual({ refusal: expect.stringContaining(words) });
});

test('an answer that is none measures nothing, also of what it may lack, and the cause says what it was', async () => {
  const values = outcomesSchema.parse({ yield: 'yield', purity: { path: 'purity', optional: true }, colour: 'colour' });
  const refusal = "the reply to 'result' is HTML or XML, not JSON: <!doctype html>";
  const request = { design: {}, rowId: null, substances: {}, fidelity: 'f', objectives: ['yield', 'purity'] };
  const given = await measuredIn({ refusal }, { values }, request);
  expect(given.values).toEqual({ yield: Number.NaN, purity: Number.NaN });
  const lone = await measuredIn(
    { refusal },
    { values: outcomesSchema.parse({ purity: { path: 'purity', optional: true } }) },
    request,
  );
  const terms = { outcomes: ['yield', 'purity'], mayLackAll: true, statedCost: 1 } as const;
  const { outcome, cause } = observe('c/r1/p1', terms, 'succeeded', { cost: 1, durationMs: 1, ...lone } as never);
  expect(outcome).toBe('quarantined');
  expect(cause!.message).toContain(`purity = NaN; a number of at most 1e+100 is wanted (${refusal})`);
});
