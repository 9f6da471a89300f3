import { describe, expect, it } from 'vitest';
import { icmStructure } from '../../../../models/surrogate/levels/icm-structure.js';

describe('icmStructure', () => {
  it('believes nothing beforehand of earlier campaigns, whatever it believes of fidelities', () => {
    const means = (L: number, sources: number) =>
      icmStructure(L, [0, 1], sources)
        .hyperparameters.slice(L)
        .map(({ mean }) => mean);
    expect(means(3, 0)).toEqual([0.55, 0.55, 0.55]);
    expect(means(3, 1)).toEqual([0.55, 0, 0]);
    expect(means(3, 2)).toEqual([0, 0, 0]);
    expect(means(4, 2)).toEqual([0.55, 0, 0, 0, 0, 0]);
  });

  it('starts levels of which nothing is known without any correlation', () => {
    const { hyperparameters, evaluate } = icmStructure(4, [0, 1], 2);
    const [B] = evaluate(Float64Array.from(hyperparameters, ({ start }) => start)).B;
    const correlated = [...B!.keys()].filter((at) => B![at] !== 0 && Math.floor(at / 4) !== at % 4);
    // Levels 2 and 3 are the fidelities, 0 and 1 the earlier campaigns.
    expect(correlated).toEqual([2 * 4 + 3, 3 * 4 + 2]);
  });
});
