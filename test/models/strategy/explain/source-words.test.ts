import { describe, expect, it } from 'vitest';
import type { SourceFit } from '../../../../models/domain/fit-record.js';
import { sourceInWords } from '../../../../models/strategy/explain/source-words.js';

const source = { name: 'march', designs: [], values: [1, 2, 3, 4], leftOut: 0 };

function learned(value: number, low: number, high: number): SourceFit {
  const foretold = { pairs: 9, correlation: { value, low, high } };
  return { name: 'march', rows: 4, used: 4, correlation: 0.61, weight: 0.954, foretold };
}

describe('sourceInWords', () => {
  it('says what is known before there is a fit, with what was left out', () => {
    expect(sourceInWords(source, null)).toBe('march: 4 rows; nothing is known yet of how far it holds here');
    expect(sourceInWords({ ...source, leftOut: 2 }, null)).toContain('4 rows, 2 more left out as no designs');
  });

  it.each([
    [learned(0.7, 0.4, 0.9), 'it holds here: '],
    [learned(-0.7, -0.9, -0.4), 'it holds here with its sign turned: '],
    [learned(0.1, -0.4, 0.5), 'it may not hold here: '],
  ])('judges by the interval', (found, verdict) => {
    const { value, low, high } = found.foretold.correlation!;
    const text = sourceInWords(source, found);
    expect(text).toContain(`march: 4 rows; ${verdict}`);
    expect(text).toContain(
      `of 9 trials correlates ${value.toFixed(2)} (90 %: ${low.toFixed(2)} to ${high.toFixed(2)})`,
    );
    expect(text).toContain('have 95 % of the weight, by which it correlates 0.61 with the target');
  });

  it('does not judge by a handful of trials, and says when not all rows were used', () => {
    const found = { ...learned(0, 0, 0), used: 3, foretold: { pairs: 2, correlation: null } };
    expect(sourceInWords(source, found)).toContain('march: 4 rows (3 used); too little is measured');
  });
});
