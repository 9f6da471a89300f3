import { describe, expect, it } from 'vitest';
import signs from '../../../fixtures/minimol-signs.json' with { type: 'json' };
import { featuresOfText, type GoldenFeatures, goldenRows, minimolGolden } from '../../../support/minimol-golden.js';

const golden = minimolGolden();

it('each bond is there in both directions, one after the other', async () => {
  const { begins, ends, atoms, edges, bonds } = await featuresOfText('CC=O');
  expect([atoms, edges, [...begins], [...ends]]).toEqual([3, 4, [0, 1, 1, 2], [1, 0, 2, 1]]);
  expect([...bonds.subarray(0, 13)]).toEqual([...bonds.subarray(13, 26)]);
});

it('a molecule of one atom has no edges, and nothing but finite numbers', async () => {
  const { edges, bonds, ...rest } = await featuresOfText('O');
  expect([edges, bonds.length]).toEqual([0, 0]);
  for (const part of [rest.nodes, rest.walks, rest.eigenvalues, rest.eigenvectors])
    expect(part.every(Number.isFinite)).toBe(true);
});

describe.skipIf(golden === null)('features of the published featuriser', () => {
  const cases = (golden?.features ?? []).map((one) => [one.smiles, one] as const);

  it.each(cases)('are those of %s', async (smiles, wanted) => {
    const own = await featuresOfText(smiles);
    const rows = goldenRows(own, wanted);
    expect(own.begins.map((atom) => rows[atom])).toEqual(wanted.edge_index[0]);
    expect(own.ends.map((atom) => rows[atom])).toEqual(wanted.edge_index[1]);
    expect([...own.nodes]).toEqual(rows.flatMap((row) => wanted.feat[row]!));
    expect([...own.bonds]).toEqual(wanted.edge_feat.flat());
    expectNear(own.walks, rows, wanted.rw_return_probs, 1e-5);
    expectNear(own.eigenvalues, rows, wanted.laplacian_eigval, 1e-5);
  });

  it.each(cases.filter(([smiles]) => smiles in signs))(
    'have the eigenvectors of %s but for signs',
    async (...given) => {
      const [smiles, wanted] = given;
      const own = await featuresOfText(smiles);
      const sign = [...(signs as Readonly<Record<string, string>>)[smiles]!].map((each) => (each === '-' ? -1 : 1));
      const turned = own.eigenvectors.map((entry, i) => entry * (sign[i % 8] ?? 1));
      expectNear(turned, goldenRows(own, wanted), wanted.laplacian_eigvec, 1e-5);
    },
  );
});

function expectNear(own: Float32Array, rows: readonly number[], wanted: GoldenFeatures['feat'], most: number): void {
  const all = rows.flatMap((row) => wanted[row]!);
  expect(all).toHaveLength(own.length);
  expect(Math.max(...all.map((entry, i) => Math.abs(entry - own[i]!)))).toBeLessThanOrEqual(most);
}
