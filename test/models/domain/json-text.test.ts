import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RepeatedKeyError, readJson } from '../../../models/domain/json-text.js';

it('reads what JSON.parse reads, with or without a byte order mark', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(readJson(text)).toEqual(JSON.parse(text));
      expect(readJson(`\uFEFF${text}`)).toEqual(JSON.parse(text));
    }),
    { seed: 3, numRuns: 300 },
  );
});

it.each([
  ['{"a": 1, "a": 1}', 'a: '],
  ['{"a": {"b": [0, {"c": 1, "\\u0063": 2}]}}', 'a.b.1.c: '],
  ['[{"x": "\\"", "x": 1}, {"y": 1, "y": 2}]', '0.x, 1.y: '],
])('names the keys that %s gives more than once', (text, named) => {
  expect(() => readJson(text)).toThrow(RepeatedKeyError);
  expect(() => readJson(text)).toThrow(`${named}given more than once`);
});

it('takes equal names in different objects, and equal texts that are no names', () => {
  for (const text of ['[{"a": 1}, {"a": 1}]', '{"a": {"a": "a"}, "b": ["a", "a"]}'])
    expect(readJson(text)).toEqual(JSON.parse(text));
});

it('counts documents that stand one after another', () => {
  for (const [text, count] of [
    ['{} []', 2],
    ['1 2\n3', 3],
    ['"a""b"{"c": "}"}', 3],
  ] as const)
    expect(() => readJson(text)).toThrow(`${count} JSON documents`);
  for (const text of ['', '{', '{} x', '}{', '"', '[1] [', 'nul l'])
    expect(() => readJson(text)).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('documents') }),
    );
});
