import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type EncodingCache,
  encodeMolecules,
  encodingKey,
  keepEncodings,
  watchEncodings,
} from '../../../models/encode/encodings.js';
import type { EncodedMolecule } from '../../../models/encode/molecules.js';

/** A cache in memory, with what it was asked. */
function memoryCache() {
  const kept = new Map<string, readonly EncodedMolecule[]>();
  const reads: number[] = [];
  const cache: EncodingCache = {
    read: async (smiles) => {
      reads.push(smiles.length);
      return kept.get(smiles.join()) ?? null;
    },
    write: async (smiles, encodings) => void kept.set(smiles.join(), encodings),
  };
  return { cache, kept, reads };
}

const chains = (first: number, count: number, end: string) =>
  Array.from({ length: count }, (_, i) => `${'C'.repeat(first + i)}${end}`);

afterEach(() => {
  keepEncodings(null);
  watchEncodings(null);
});

describe('encodings of many molecules', () => {
  it('are asked of the cache, written to it, and said how far they are', async () => {
    const { cache, kept, reads } = memoryCache();
    keepEncodings(cache);
    const steps: string[] = [];
    watchEncodings((done, total) => steps.push(`${done}/${total}`));
    const all = chains(1, 120, 'O');
    const encodings = await encodeMolecules([...all, all[0]!]);
    expect([...encodings.keys()]).toEqual(all);
    expect(reads).toEqual([120]);
    expect([steps[0], steps.at(-1), steps.length]).toEqual(['1/120', '120/120', 120]);
    expect(kept.get(all.join())).toEqual([...encodings.values()]);
  });

  it('are those of the cache where it has them', async () => {
    const { cache, kept } = memoryCache();
    keepEncodings(cache);
    // What is remembered of them is wrong for the whole process: molecules that nobody else asks for.
    const all = chains(1, 110, 'C(F)(Cl)Br');
    const one = (await encodeMolecules(['CCO'])).get('CCO')!;
    kept.set(
      all.join(),
      all.map(() => one),
    );
    expect((await encodeMolecules(all)).get(all[0]!)).toBe(one);
  });

  it('are kept neither of a few nor where one is no molecule', async () => {
    const { cache, kept, reads } = memoryCache();
    keepEncodings(cache);
    expect((await encodeMolecules(['CS', 'nonsense'])).get('nonsense')).toBeNull();
    expect(reads).toEqual([]);
    await encodeMolecules([...chains(1, 110, 'S'), 'nonsense']);
    expect(kept.size).toBe(0);
  });

  it('change with the version only', async () => {
    const all = ['CCO', 'c1ccncc1Cl', 'C[C@H](N)C(=O)O', 'F/C=C/F', 'C[C@H]1CC[C@@H](O)CC1'];
    const rows = [...(await encodeMolecules(all)).values()].map((one) => [
      one!.canonical,
      [...one!.fingerprint.features],
      [...one!.fingerprint.counts],
      [...one!.descriptors].map((value) => value.toPrecision(9)),
    ]);
    const digest = createHash('sha256').update(JSON.stringify(rows)).digest('hex').slice(0, 16);
    // Whoever has to change the digest for a reason other than a new RDKit raises the version of an encoder too.
    expect([encodingKey, digest]).toEqual(['fingerprints@1+descriptors@1', 'b17e91e790b6a94a']);
  });
});
