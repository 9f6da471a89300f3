import { expect, test } from 'vitest';
import { parsedJson } from '../../../models/domain/parsed-json.js';

test('values are what they are after they were written again', () => {
  const read = parsedJson('{"a": [-0, -0.0, 1, {"b": -0e5}], "c": -1e-400, "d": null, "e": "-0"}');
  expect(read).toStrictEqual(JSON.parse(JSON.stringify(read)));
  expect(read).toStrictEqual({ a: [0, 0, 1, { b: 0 }], c: 0, d: null, e: '-0' });
  expect(parsedJson('-0')).toBe(0);
});

test.each([
  ['{"a": {"__proto__": {"x": 1}}}', '__proto__'],
  ['[{"\\u005f_proto__": 1}]', '__proto__'],
  [`${'['.repeat(201)}${']'.repeat(201)}`, 'nested more than 200 levels'],
  [`${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`, 'nested more than 200 levels'],
])('%s is refused in words', (text, words) => {
  expect(() => parsedJson(text)).toThrow(words);
});
