import { expect, it } from 'vitest';
import { readMolecule } from '../../lab-adapters/xtb/molecule.js';

async function unpaired(smiles: string): Promise<number | null> {
  const read = await readMolecule(smiles);
  if (!('graph' in read)) throw new Error(read.refusal);
  return read.graph.unpaired;
}

it.each([
  // Radicals, diradicals, carbenes, nitrenes.
  [
    1,
    [
      '[CH3]',
      '[BH2]',
      'C[O]',
      '[OH]',
      '[SH]',
      '[N]=O',
      'O=[N+][O-]',
      '[C]#N',
      'F[S](F)(F)(F)F',
      'c1cc[c]cc1',
      '[NH3+]',
    ],
  ],
  [
    2,
    ['[CH2]', '[13CH2]', '[NH]', '[PH]', '[AsH]', '[SiH2]', '[GeH2]', '[BH]', '[C]=O', '[CH2]C[CH2]', 'CN1C=CN(C)[C]1'],
  ],
  [3, ['[CH]', '[N]']],
  // Single atoms by Hund's rule.
  [0, ['[He]', '[Mg]', '[Zn]', '[Ar]', '[Na+]', '[Cl-]', '[H-]', '[O-2]']],
  [1, ['[H]', '[Na]', '[B]', '[F]', '[O-]']],
  [2, ['[C]', '[O]', '[Si]', '[S]']],
  // Triplets although all their bonds are drawn.
  [2, ['O=O', 'S=S', 'S=O', '[N-]=O', '[N]F']],
  // Closed shells, with ions, few electrons, and more than an octet.
  [0, ['[H][H]', '[2H][2H]', 'N#N', '[C-]#[O+]', '[BH3]', 'FB(F)F', '[CH3+]', '[CH3-]', '[NH4+]', 'C[N+]([O-])=O']],
  [0, ['S(F)(F)(F)F', 'CS(C)=O', 'O=S(=O)(O)O', 'F[Xe]F', 'CP(C)(C)=O', 'C[Zn]C', 'C[Mg]Cl', '[Li]C', '[Na]Cl', 'FOF']],
  [0, ['c1cc[nH]c1', 'c1ccncc1', '[H]Cl', 'C1=CC=C1', 'C[C@H](N)C(=O)O', 'O=C=O', '[C-]#[N+]C', '[O-][O+]=O']],
  // Open d shells.
  [null, ['[Fe]', 'Cl[Fe]Cl', '[Cu]Cl']],
] as const)('%s electrons are left unpaired in %j', async (count, all) => {
  for (const smiles of all) expect(await unpaired(smiles), smiles).toBe(count);
});
