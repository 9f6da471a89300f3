import { describe, expect, it } from 'vitest';
import { tanimoto } from '../../../models/encode/fingerprint.js';
import { loadMolecules } from '../../../models/encode/molecules.js';

describe('molecules', async () => {
  const molecules = await loadMolecules();

  it('gives one canonical SMILES for one molecule, null for what is none', () => {
    expect(molecules.canonical('OCC')).toBe(molecules.canonical('C(O)C'));
    for (const bad of ['', ' ', 'C(', 'xyz', 'C=C//C=C(C)(C)(C)C']) expect(molecules.canonical(bad), bad).toBeNull();
  });

  it('counts atom environments: chains of different length differ, in steps of 1, 2, 4 and 8', () => {
    const self = (smiles: string) => molecules.fingerprint(smiles);
    expect(tanimoto(self('CCCCO'), self('CCCCO'))).toBe(1);
    expect(tanimoto(self('CCCCO'), self('OCCCC'))).toBe(1);
    const near = tanimoto(self('CCCCO'), self('CCCCCO'));
    expect(near).toBeLessThan(1);
    expect(near).toBeGreaterThan(tanimoto(self('CCCCO'), self('c1ccccc1')));
    expect(Math.max(...self('CCCCCCCCCCCC').counts)).toBe(8);
  });

  it('tells in bits which environments occur, and not how often', () => {
    const [four, nine] = ['CCCC', 'CCCCCCCCC'].map((smiles) => molecules.fingerprint(smiles, 'bit'));
    expect([...four!.counts]).toEqual([...four!.features].map(() => 1));
    const twelve = molecules.fingerprint('CCCCCCCCCCCC', 'bit');
    expect(tanimoto(nine!, twelve)).toBe(1);
    expect(tanimoto(molecules.fingerprint('CCCCCCCCC'), molecules.fingerprint('CCCCCCCCCCCC'))).toBeLessThan(1);
    expect(tanimoto(four!, nine!)).toBeLessThan(1);
  });

  it('says which SMILES has no fingerprint and no descriptors', () => {
    expect(() => molecules.fingerprint('C(')).toThrow(/'C\('/);
    expect(() => molecules.descriptors('C(')).toThrow(/'C\('/);
  });

  it('draws', () => {
    expect(molecules.depict('c1ccccc1O', 120, 80)).toContain('<svg');
    expect(molecules.depict('nonsense', 120, 80)).toBeNull();
  });
});

describe('tanimoto', () => {
  it('is Σ min / Σ max over counts', () => {
    const of = (pairs: [number, number][]) => ({
      features: Int32Array.from(pairs, ([feature]) => feature),
      counts: Int32Array.from(pairs, ([, count]) => count),
    });
    // min: 1 + 2 = 3; max: 3 + 2 + 1 + 4 = 10
    const a = of([
      [1, 3],
      [5, 2],
      [7, 1],
    ]);
    const b = of([
      [1, 1],
      [5, 2],
      [9, 4],
    ]);
    expect(tanimoto(a, b)).toBeCloseTo(3 / 10, 15);
    expect(tanimoto(of([]), of([]))).toBe(1);
    expect(tanimoto(of([]), a)).toBe(0);
  });
});
