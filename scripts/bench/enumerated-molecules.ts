import { AthanorError } from '../../models/domain/errors.js';
import { readMolecule } from '../../models/encode/read-molecule.js';
import { Generator } from '../../models/random/generator.js';

/** Rings with three places for what stands on them. */
const cores = [
  'c1{0}cc{1}cc{2}c1',
  'c1{0}c{1}cc{2}cc1',
  'n1c{0}cc{1}cc1{2}',
  'n1cc{0}c{1}c{2}c1',
  'n1c{0}nc{1}cc1{2}',
  'n1c{0}c{1}nc{2}c1',
  'n1nc{0}c{1}cc1{2}',
  'o1c{0}cc{1}c1{2}',
  's1c{0}c{1}cc1{2}',
  'n1(C)c{0}cc{1}c1{2}',
  's1c{0}nc{1}c1{2}',
  'O=C1C{0}=CC(=O)C{1}=C1{2}',
  'O=C1C{0}=C{1}C(=O)c2cc{2}ccc12',
  'c1{0}c{1}c2ccc{2}cc2nc1',
  '[nH]1c{0}c{1}c2cc{2}ccc12',
  'c1{0}c{1}c2nsnc2cc1{2}',
] as const;

/** What may stand in such a place; nothing is hydrogen. */
const substituents = [
  '',
  '(F)',
  '(Cl)',
  '(C)',
  '(O)',
  '(OC)',
  '(N)',
  '(N(C)C)',
  '(C#N)',
  '(C(F)(F)F)',
  '(C(C)=O)',
  '(C(=O)OC)',
  '([N+](=O)[O-])',
  '(S(C)(=O)=O)',
  '(C=C)',
] as const;

/**
 * Molecules of sixteen aromatic rings and quinones with up to three substituents each, drawn evenly from all there are by the seed.
 *
 * @returns canonical SMILES by RDKit, each once
 * @throws {AthanorError} BENCH if there are not so many
 */
export async function enumeratedMolecules(count: number, seed: number): Promise<readonly string[]> {
  const places = substituents.length ** 3;
  const random = new Generator(seed, 'enumerated molecules');
  const found = new Set<string>();
  for (const at of random.permutation(cores.length * places)) {
    const core = cores[Math.floor(at / places)]!;
    const written = core.replace(
      /\{(\d)\}/g,
      (_, place: string) => substituents[Math.floor(at / substituents.length ** Number(place)) % substituents.length]!,
    );
    found.add(await readMolecule(written, (molecule) => molecule.get_smiles()));
    if (found.size === count) return [...found];
  }
  throw new AthanorError('BENCH', `there are ${found.size} molecules, not ${count}`);
}
