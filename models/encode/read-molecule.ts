import { AthanorError } from '../domain/errors.js';
import { fragments } from './descriptors.js';
import { GuardedRdkit, type Rdkit, type RdkitMolecule } from './rdkit.js';
import { excessOf, shownSmiles } from './smiles-size.js';

/** RDKit of this process. */
export const rdkit = new GuardedRdkit(Object.values(fragments));

/** Why a text of few enough atoms is not a molecule. */
export const notRead = 'is not a molecule that RDKit can read';

/** What a function makes of a molecule. @throws {AthanorError} if the text is none, naming it, or RDKit fails at it */
export async function readMolecule<T>(smiles: string, make: (molecule: RdkitMolecule, rdkit: Rdkit) => T): Promise<T> {
  const made = await rdkit.use(smiles, make);
  if (made !== null) return made;
  throw new AthanorError('SMILES', `'${shownSmiles(smiles)}' ${excessOf(smiles) ?? notRead}`);
}
