import { AthanorError } from '../domain/errors.js';
import { descriptors } from './encoders/descriptors.js';
import { type FingerprintKind, fingerprintOf, fingerprints } from './encoders/fingerprints.js';
import type { Fingerprint } from './fingerprint.js';
import { notRead, rdkit, readMolecule } from './read-molecule.js';
import { excessOf } from './smiles-size.js';

/** What the kernels read of a molecule, and what tells it from others. */
export interface EncodedMolecule {
  /** Canonical SMILES: the same for all spellings of the molecule. */
  readonly canonical: string;
  readonly fingerprint: Fingerprint;
  /** See `descriptorNames` and, after them, `stereoNames`. */
  readonly descriptors: Float64Array;
}

/**
 * What the project asks of a chemistry toolkit; made by `loadMolecules`. A text that would be too much for RDKit (see
 * `largestMolecule`) is no molecule.
 */
export interface Molecules {
  /** Canonical SMILES, or null if the text is not a molecule that RDKit accepts. */
  canonical(smiles: string): Promise<string | null>;
  /** Why a text is not a molecule, or null if it is one. */
  refusal(smiles: string): Promise<string | null>;
  /**
   * Morgan fingerprint, radius 2, hashed to 2048 features. Stereoisomers share it; the descriptors tell them apart.
   *
   * @param kind - `count` (where absent): how often each feature occurs, known in steps of 1, 2, 4 and 8, which is all
   *   that RDKit's JavaScript interface tells; `bit`: 1 for each feature that occurs
   * @throws {AthanorError} if the text is not a molecule
   */
  fingerprint(smiles: string, kind?: FingerprintKind): Promise<Fingerprint>;
  /**
   * Descriptors of a molecule, not standardised; see `descriptorNames`, after them `stereoNames`.
   *
   * @returns [descriptorNames.length + stereoNames.length]
   * @throws {AthanorError} if the text is not a molecule
   */
  descriptors(smiles: string): Promise<Float64Array>;
  /** Canonical SMILES, fingerprint (counts) and descriptors at once. @throws {AthanorError} if the text is not a molecule */
  encode(smiles: string): Promise<EncodedMolecule>;
  /** Drawing as SVG text, or null if the text is not a molecule, has more atoms than can be seen, or cannot be drawn. */
  depict(smiles: string, width: number, height: number): Promise<string | null>;
}

/** Atoms up to which a molecule is drawn; RDKit takes seconds for many. */
const drawnAtoms = 120;

/** RDKit as WebAssembly, loaded once a process (about half a second). */
export async function loadMolecules(): Promise<Molecules> {
  await rdkit.load();
  return molecules;
}

const canonical = (smiles: string) => rdkit.use(smiles, (molecule) => molecule.get_smiles());

const molecules: Molecules = {
  canonical,
  refusal: async (smiles) => excessOf(smiles) ?? ((await orNull(canonical(smiles))) === null ? notRead : null),
  depict: (smiles, width, height) =>
    orNull(
      rdkit.use(smiles, (molecule) => (molecule.get_num_atoms() > drawnAtoms ? null : molecule.get_svg(width, height))),
    ),
  fingerprint: (smiles, kind = 'count') => readMolecule(smiles, (molecule) => fingerprintOf(molecule, kind)),
  descriptors: (smiles) => readMolecule(smiles, descriptors.of),
  encode: (smiles) =>
    readMolecule(smiles, (molecule, toolkit) => ({
      canonical: molecule.get_smiles(),
      fingerprint: fingerprints.of(molecule, toolkit),
      descriptors: descriptors.of(molecule, toolkit),
    })),
};

/** What RDKit gave, or null where it failed. */
function orNull<T>(given: Promise<T | null>): Promise<T | null> {
  return given.catch((error: unknown) => {
    if (error instanceof AthanorError) return null;
    throw error;
  });
}
