import { describe, expect, it } from 'vitest';
import { tanimoto } from '../../../models/encode/fingerprint.js';
import { loadMolecules } from '../../../models/encode/molecules.js';

/** Atoms each bound to each. */
function allToAll(n: number): string {
  const rings = Array.from({ length: n }, () => '');
  let ring = 10;
  for (let a = 0; a < n; a++)
    for (let b = a + 2; b < n; b++, ring++) for (const end of [a, b]) rings[end] += `%(${ring})`;
  return rings.map((numbers) => `[W]${numbers}`).join('');
}

describe('molecules', async () => {
  const molecules = await loadMolecules();

  it('gives one canonical SMILES for one molecule, null for what is none', async () => {
    expect(await molecules.canonical('OCC')).toBe(await molecules.canonical('C(O)C'));
    for (const bad of ['', ' ', 'C(', 'xyz', 'C=C//C=C(C)(C)(C)C'])
      expect(await molecules.canonical(bad), bad).toBeNull();
  });

  it('counts atom environments: chains of different length differ, in steps of 1, 2, 4 and 8', async () => {
    const names = ['CCCCO', 'OCCCC', 'CCCCCO', 'c1ccccc1', 'CCCCCCCCCCCC'];
    const prints = new Map(
      await Promise.all(names.map(async (smiles) => [smiles, await molecules.fingerprint(smiles)] as const)),
    );
    const self = (smiles: string) => prints.get(smiles)!;
    expect(tanimoto(self('CCCCO'), self('CCCCO'))).toBe(1);
    expect(tanimoto(self('CCCCO'), self('OCCCC'))).toBe(1);
    const near = tanimoto(self('CCCCO'), self('CCCCCO'));
    expect(near).toBeLessThan(1);
    expect(near).toBeGreaterThan(tanimoto(self('CCCCO'), self('c1ccccc1')));
    expect(Math.max(...self('CCCCCCCCCCCC').counts)).toBe(8);
  });

  it('tells in bits which environments occur, and not how often', async () => {
    const [four, nine] = await Promise.all(['CCCC', 'CCCCCCCCC'].map((smiles) => molecules.fingerprint(smiles, 'bit')));
    expect([...four!.counts]).toEqual([...four!.features].map(() => 1));
    const twelve = await molecules.fingerprint('CCCCCCCCCCCC', 'bit');
    expect(tanimoto(nine!, twelve)).toBe(1);
    expect(
      tanimoto(await molecules.fingerprint('CCCCCCCCC'), await molecules.fingerprint('CCCCCCCCCCCC')),
    ).toBeLessThan(1);
    expect(tanimoto(four!, nine!)).toBeLessThan(1);
  });

  it('says which SMILES has no fingerprint and no descriptors', async () => {
    await expect(molecules.fingerprint('C(')).rejects.toThrow(/'C\('/);
    await expect(molecules.descriptors('C(')).rejects.toThrow(/'C\('/);
  });

  it('draws', async () => {
    expect(await molecules.depict('c1ccccc1O', 120, 80)).toContain('<svg');
    expect(await molecules.depict('nonsense', 120, 80)).toBeNull();
    expect(await molecules.depict('C'.repeat(200), 120, 80)).toBeNull();
  });

  it.each([
    ['a long chain', 'N'.repeat(1500), /1500 atoms, at most 300/],
    ['a million letters', 'C'.repeat(1_000_000), /1000000 characters/],
    ['branches in branches', `${'C('.repeat(800)}C${')'.repeat(800)}`, /801 atoms/],
    ['many parts', Array(400).fill('[Na+]').join('.'), /400 atoms/],
    ['atoms joined all to all', allToAll(12), /too many bonds/],
    ['a huge ring number', 'C%(99999)CCC%(99999)C', /./],
    ['a thousand open rings', Array.from({ length: 299 }, (_, i) => `C%(${i + 100})`).join(''), /./],
    ['only brackets', '['.repeat(4000), /./],
    ['open branches', '('.repeat(4000), /./],
  ])('%s is refused with its reason, and the next molecule is read', async (_, smiles, why) => {
    const said = await molecules.refusal(smiles);
    if (said !== null) expect(said).toMatch(why);
    else expect(why.source).toBe('.');
    expect(await molecules.canonical('OCC')).toBe('CCO');
    const failure = await molecules.encode(smiles).then(
      () => null,
      (error: Error) => error.message,
    );
    expect(failure === null).toBe(said === null);
    expect(failure?.length ?? 0).toBeLessThan(200);
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
