import { describe, expect, it } from 'vitest';
import { readDocument } from '../../scripts/campaign-file/document.js';
import { readCampaignText } from '../../scripts/campaign-file.js';

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

  it('refuses more fidelities than anyone has, without asking the adapter of each', async () => {
    const fidelities = lines(
      65,
      (i) => `  - { name: f${i}, adapter: problem, settings: { problem: nothing }, cost: 1 }`,
    );
    const text = `name: c
space: { parameters: [{ name: x, type: continuous, bounds: [0, 1] }] }
objectives: [{ name: y, direction: minimise }]
budget: { trials: 5 }
fidelities:
${fidelities}
`;
    const refusal = await readCampaignText(text, { file: 'c.yaml', baseDir: '/' }).catch((error: unknown) => error);
    const { faults } = refusal as { faults: { path: string; remedy: string }[] };
    expect(faults[0]).toMatchObject({ path: 'fidelities', remedy: 'a list of at most 64 entries' });
    expect(faults.filter(({ path }) => path.startsWith('fidelities[64]'))).toEqual([]);
  });

  it('takes no names that JavaScript takes for others, and no negative zeros', () => {
    const { value, faults } = readDocument('a: { __proto__: { x: 1 } }');
    expect(value).toBeUndefined();
    expect(faults).toMatchObject([{ message: expect.stringContaining("a key '__proto__'") }]);
    expect(readDocument('a: [-0, -0.0, 1]').value).toStrictEqual({ a: [0, 0, 1] });
  });

  it('reads 5,000 levels in a list', () => {
    expect(readDocument(`a:\n${lines(5_000, (i) => `  - l${i}`)}`).faults).toEqual([]);
  });
});
