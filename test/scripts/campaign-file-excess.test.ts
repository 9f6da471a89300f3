import { describe, expect, it } from 'vitest';
import { readDocument } from '../../scripts/campaign-file/document.js';

const lines = (count: number, line: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

describe('a text that is no campaign but costs time', () => {
  it.each([
    ['300,000 keys', lines(300_000, (i) => `k${i}: 1`), /entries/],
    ['a list of a million numbers', `a: [${'1,'.repeat(1e6)}1]`, /entries/],
    ['100,000 brackets', '['.repeat(100_000), /entries/],
    ['1,000 brackets', `${'['.repeat(1_000)}${']'.repeat(1_000)}`, /deep|well-formed/],
    ['1,000 levels of keys', lines(1_000, (i) => `${' '.repeat(i)}a:`), /deep|well-formed/],
    ['a ladder of keys', '? '.repeat(50_000), /deep/],
    ['a ladder of dashes', '- '.repeat(50_000), /deep/],
    ['a ladder of values', ': '.repeat(50_000), /deep/],
    ['many anchors', '&a '.repeat(50_000), /deep|well-formed/],
    ['many quotation marks', '"'.repeat(1e6), /deep|well-formed/],
    ['aliases of aliases', `a0: &a0 [x, x]\n${lines(40, (i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`)}`, /alias/i],
  ])('%s: is refused with a word', (_, text, word) => {
    const { value, faults } = readDocument(text);
    expect(value).toBeUndefined();
    expect(faults[0]!.message + faults[0]!.remedy).toMatch(word);
  });

  it('tells keys given twice, however many keys there are', () => {
    const text = `${lines(5_000, (i) => `k${i}: 1`)}\nk7: 2\n`;
    expect(readDocument(text).faults).toMatchObject([
      { line: 5_001, message: 'a key is given twice in the same place' },
    ]);
  });

  it('reads 5,000 levels in a list', () => {
    expect(readDocument(`a:\n${lines(5_000, (i) => `  - l${i}`)}`).faults).toEqual([]);
  });
});
