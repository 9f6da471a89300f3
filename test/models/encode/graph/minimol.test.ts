import { describe, expect, it } from 'vitest';
import type { MoleculeFeatures } from '../../../../models/encode/graph/featurise.js';
import { graphFeeds, graphsOfRun } from '../../../../models/encode/graph/graph-feeds.js';
import { openMinimol } from '../../../../models/encode/graph/minimol.js';
import { openSession } from '../../../../models/onnx/runtime.js';
import signs from '../../../fixtures/minimol-signs.json' with { type: 'json' };
import { describeEncoderLaws, type EncoderCases } from '../../../laws/encoder.js';
import { featuresOfText, goldenRows, minimolGolden } from '../../../support/minimol-golden.js';
import { minimolWeights } from '../../../support/minimol-weights.js';
import { tinyMinimol } from '../../../support/tiny-minimol.js';

const cases: EncoderCases = {
  texts: [
    'CCO',
    'c1ccncc1Cl',
    'CC(N)C(=O)O',
    'FC=CF',
    'F/C=C/F',
    'O',
    '[Na+].[Cl-]',
    'CCC(C)(C)C',
    'O=[N+]([O-])c1ccccc1',
  ],
  unknown: ['nonsense', 'C1CC', 'C(C)(C)(C)(C)C', 'CC*', ''],
};
const tiny = (await openMinimol(tinyMinimol(1)))!;
const weights = minimolWeights();
const real = weights === null ? null : (await openMinimol(weights))!;
const golden = minimolGolden();

describe('a network from a seed', () => describeEncoderLaws(tiny, cases));
if (real !== null) describe('MiniMol', () => describeEncoderLaws(real, cases));

describe.each([['of a seed', tiny], ...(real === null ? [] : [['MiniMol', real] as const])] as const)(
  'a network: %s',
  (_, encoder) => {
    it('gives all spellings of a molecule the same bits', async () => {
      const [one, ...others] = await encoder.encode(['OC(=O)c1ccccc1', 'c1ccc(C(O)=O)cc1', 'C1=CC=CC=C1C(=O)O']);
      for (const other of others) expect(other).toEqual(one);
    });

    it('gives the same bits whatever is run beside it', async () => {
      const texts = ['CCCC(C)(C)C', 'c1ccc(cc1)S', 'C', 'CC(C)O', 'COC(=O)C1CC1', 'c1ccc2ccccc2c1'];
      const alone = await Promise.all(texts.map(async (text) => (await encoder.encode([text]))[0]));
      const many = await encoder.encode(Array.from({ length: 40 }, (__, i) => texts[(7 * i) % 6]!));
      for (const [i, code] of many.entries()) expect(code).toEqual(alone[(7 * i) % 6]);
    });
  },
);

it('is known by its weights', async () => {
  expect(tiny.weights).toMatch(/^[0-9a-f]{64}$/);
  expect((await openMinimol(tinyMinimol(1)))!.weights).toBe(tiny.weights);
  expect((await openMinimol(tinyMinimol(2)))!.weights).not.toBe(tiny.weights);
});

it('a file that is no network, or another one, is refused with what is wrong', async () => {
  await expect(openMinimol(new Uint8Array([1, 2, 3]))).rejects.toMatchObject({ code: 'CONTRACT' });
  await expect(openMinimol(tinyMinimol(1, 256))).rejects.toThrow('MiniMol gives fingerprint of 512 numbers');
});

it('numbers that are not finite are an error that names the molecule', async () => {
  const broken = (await openMinimol(tinyMinimol(1, 512, Number.NaN)))!;
  await expect(broken.encode(['CCO'])).rejects.toMatchObject({
    code: 'NUMERICAL',
    message: expect.stringContaining("'CCO'"),
  });
});

it('cannot be run once its memory was given back', async () => {
  const released = (await openMinimol(tinyMinimol(3)))!;
  await released.release();
  await expect(released.encode(['C'])).rejects.toThrow();
});

/** See docs/decisions/0045-minimol.md for what is held here. */
describe.skipIf(weights === null || golden === null)('embeddings of the published package', () => {
  const vectors = new Map(golden?.embeddings.map(({ smiles, vector }) => [smiles, vector]));
  const known = signs as Readonly<Record<string, string>>;

  /** Distance of the embeddings of given features from the published ones. */
  const distances = async (all: readonly (MoleculeFeatures & { readonly smiles: string })[]) => {
    const session = (await openSession(weights!))!;
    const found: number[] = [];
    for (let from = 0; from < all.length; from += graphsOfRun) {
      const some = all.slice(from, from + graphsOfRun);
      const data = (await session.run(graphFeeds(some))).fingerprint!.data as Float32Array;
      found.push(
        ...some.map(({ smiles }, i) => farthest([...data.subarray(512 * i, 512 * (i + 1))], vectors.get(smiles)!)),
      );
    }
    await session.release();
    return found;
  };

  it('are ours where no two eigenvalues are one, with the signs that its eigenvectors had', async () => {
    const all = Object.entries(known).map(async ([smiles, own]) => {
      const features = await featuresOfText(smiles);
      const eigenvectors = features.eigenvectors.map((entry, i) => (own[i % 8] === '-' ? -entry : entry));
      return { ...features, eigenvectors, smiles };
    });
    const found = await distances(await Promise.all(all));
    expect(found.length).toBe(62);
    expect(Math.max(...found)).toBeLessThan(1e-3);
  });

  it('are ours with the eigenvectors that it had, where those are told', async () => {
    const all = golden!.features.map(async (one) => {
      const features = await featuresOfText(one.smiles);
      const rows = goldenRows(features, one);
      const eigenvectors = Float32Array.from(rows.flatMap((row) => one.laplacian_eigvec[row]!));
      return { ...features, eigenvectors, smiles: one.smiles };
    });
    const found = await distances(await Promise.all(all));
    expect(found.length).toBe(26);
    expect(Math.max(...found)).toBeLessThan(1e-3);
  });

  it('are near ours with our own choice of signs and of vectors of one eigenvalue', async () => {
    const own = await real!.encode([...vectors.keys()]);
    const off = [...vectors].map(([smiles, wanted], i) => ({ smiles, off: farthest([...own[i]!], wanted) }));
    for (const { smiles, off: distance } of off) expect(distance, smiles).toBeLessThan(smiles in known ? 0.04 : 0.3);
  });
});

function farthest(a: readonly number[], b: readonly number[]): number {
  expect(a.length).toBe(b.length);
  return Math.max(...a.map((entry, i) => Math.abs(entry - b[i]!)));
}
