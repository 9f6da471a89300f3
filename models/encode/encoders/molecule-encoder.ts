import type { Rdkit, RdkitMolecule } from '../rdkit.js';
import { readMolecule } from '../read-molecule.js';
import type { Codes, Encoder } from './contract.js';

/** An encoder of molecules as RDKit has them, so that several of them can share one reading of a text. */
export interface MoleculeEncoder<Kind extends keyof Codes> extends Encoder<Kind> {
  /** The code of a molecule that has been read. */
  of(molecule: RdkitMolecule, rdkit: Pick<Rdkit, 'groups'>): Codes[Kind];
}

/** The encoder that gives the code of each molecule by itself. */
export function moleculeEncoder<Kind extends keyof Codes>(
  given: Omit<MoleculeEncoder<Kind>, 'takes' | 'encode'>,
): MoleculeEncoder<Kind> {
  return {
    ...given,
    takes: 'molecules',
    encode: async (texts) => {
      const codes: Codes[Kind][] = [];
      for (const text of texts) codes.push(await readMolecule(text, given.of));
      return codes;
    },
  };
}
