import { expect, it } from 'vitest';
import { moleculeGraph } from '../../../../models/encode/graph/molecule-graph.js';
import { edgeFeatures, edgeWidth, nodeFeatures, nodeWidth } from '../../../../models/encode/graph/node-features.js';
import { readMolecule } from '../../../../models/encode/read-molecule.js';

const graphOf = (smiles: string) => readMolecule(smiles, (molecule) => moleculeGraph(molecule.get_json()));

/** First numbers, then which place of each one-hot part is set: element, group, period, valence. */
async function parts(smiles: string, atom: number) {
  const row = nodeFeatures(await graphOf(smiles), atom);
  expect(row).toHaveLength(nodeWidth);
  const starts = [5, 49, 69, 77, 85];
  const hot = starts.slice(0, 4).map((start, i) => {
    const own = row.slice(start, starts[i + 1]);
    expect(own.filter((entry) => entry === 1)).toHaveLength(1);
    expect(own.filter((entry) => entry !== 0)).toHaveLength(1);
    return own.indexOf(1);
  });
  return { first: row.slice(0, 5), hot };
}

it('atoms are told by neighbours, charge, radicals, rings, element, group, period and valence', async () => {
  expect(await parts('C', 0)).toEqual({ first: [2, 0, 0, 0, 0], hot: [0, 13, 1, 4] });
  expect(await parts('c1cc[nH]c1', 3)).toEqual({ first: [1, 0, 0, 1, 1], hot: [1, 14, 1, 3] });
  expect(await parts('[O-]C', 0)).toEqual({ first: [-1, -1, 0, 0, 0], hot: [2, 15, 1, 1] });
  expect(await parts('[CH3]', 0)).toEqual({ first: [1, 0, 1, 0, 0], hot: [0, 13, 1, 3] });
  expect(await parts('FS(F)(F)(F)(F)F', 1)).toEqual({ first: [4, 0, 0, 0, 0], hot: [3, 15, 2, 6] });
});

it('elements without a place, group or small valence have the last one', async () => {
  // Kr, La, Ce, Hf, U, He, and rhenium of valence 7.
  expect((await parts('[Kr]', 0)).hot).toEqual([43, 17, 3, 0]);
  expect((await parts('[La+3]', 0)).hot).toEqual([43, 2, 5, 0]);
  expect((await parts('[Ce+3]', 0)).hot).toEqual([43, 18, 5, 0]);
  expect((await parts('[Hf+4]', 0)).hot).toEqual([43, 3, 5, 0]);
  expect((await parts('[U]', 0)).hot).toEqual([43, 18, 6, 0]);
  expect((await parts('[He]', 0)).hot).toEqual([43, 17, 0, 0]);
  expect((await parts('F[Re](F)(F)(F)(F)(F)F', 1)).hot).toEqual([43, 6, 5, 7]);
});

it('bonds are told by order, stereo and ring', async () => {
  const rows = (await graphOf('F/C=C/C#CC1=CC1')).bonds.map(edgeFeatures);
  for (const row of rows) expect(row).toHaveLength(edgeWidth);
  const hot = rows.map((row) => [row.indexOf(1), row.indexOf(1, 5) - 5, row[12]]);
  expect(hot).toEqual([
    [0, 0, 0],
    [1, 3, 0],
    [0, 0, 0],
    [2, 0, 0],
    [0, 0, 0],
    [1, 0, 1],
    [0, 0, 1],
    [0, 0, 1],
  ]);
  const [dative] = (await graphOf('N->[Pd]')).bonds;
  expect(edgeFeatures(dative!).indexOf(1)).toBe(4);
});

it('a dative bond counts for the valence of the atom that takes the electrons', async () => {
  expect((await parts('N->[Pd]', 0)).hot[3]).toBe(3);
  expect((await parts('N->[Pd]', 1)).hot[3]).toBe(1);
});
