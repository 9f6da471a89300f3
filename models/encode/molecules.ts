import { AthanorError } from '../domain/errors.js';
import { descriptorNames, descriptorVector, fragments } from './descriptors.js';
import type { Fingerprint } from './fingerprint.js';
import { GuardedRdkit, type Rdkit, type RdkitMolecule } from './rdkit.js';
import { excessOf, shownSmiles } from './smiles-size.js';
import { stereoNames, stereoVector } from './stereo.js';

/** Features that fingerprints are hashed to. */
export const featureCount = 2048;
/** RDKit's count simulation: each feature has four bits, set from 1, 2, 4 and 8 occurrences on. */
const steps = [1, 1, 2, 4] as const;
/** Largest count of a feature. */
export const mostCounted = 8;
/** Length of a vector of descriptors. */
export const descriptorCount = descriptorNames.length + stereoNames.length;

/** Whether a fingerprint tells how often a feature occurs, or only whether it does. */
export type FingerprintKind = 'count' | 'bit';

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

let loaded: Promise<Molecules> | undefined;

/** RDKit as WebAssembly, loaded once a process (about half a second). */
export function loadMolecules(): Promise<Molecules> {
  loaded ??= (async () => {
    const rdkit = new GuardedRdkit(Object.values(fragments));
    await rdkit.load();
    return moleculesOf(rdkit);
  })();
  return loaded;
}

function moleculesOf(rdkit: GuardedRdkit): Molecules {
  const required = async <T>(smiles: string, make: (molecule: RdkitMolecule, rdkit: Rdkit) => T): Promise<T> => {
    const made = await rdkit.use(smiles, make);
    if (made !== null) return made;
    throw new AthanorError('SMILES', `'${shownSmiles(smiles)}' ${excessOf(smiles) ?? notRead}`);
  };
  const canonical = (smiles: string) => rdkit.use(smiles, (molecule) => molecule.get_smiles());
  return {
    canonical,
    refusal: async (smiles) => excessOf(smiles) ?? ((await orNull(canonical(smiles))) === null ? notRead : null),
    depict: (smiles, width, height) =>
      orNull(
        rdkit.use(smiles, (molecule) =>
          molecule.get_num_atoms() > drawnAtoms ? null : molecule.get_svg(width, height),
        ),
      ),
    fingerprint: (smiles, kind = 'count') => required(smiles, (molecule) => fingerprintOf(molecule, kind)),
    descriptors: (smiles) => required(smiles, descriptorsOf),
    encode: (smiles) =>
      required(smiles, (molecule, { groups }) => ({
        canonical: molecule.get_smiles(),
        fingerprint: fingerprintOf(molecule, 'count'),
        descriptors: descriptorsOf(molecule, { groups }),
      })),
  };
}

/** What RDKit gave, or null where it failed. */
function orNull<T>(given: Promise<T | null>): Promise<T | null> {
  return given.catch((error: unknown) => {
    if (error instanceof AthanorError) return null;
    throw error;
  });
}

const notRead = 'is not a molecule that RDKit can read';

function fingerprintOf(molecule: RdkitMolecule, kind: FingerprintKind): Fingerprint {
  const counting = kind === 'count';
  const nBits = counting ? featureCount * steps.length : featureCount;
  const details = JSON.stringify({ radius: 2, nBits, useCountSimulation: counting });
  const bytes = molecule.get_morgan_fp_as_uint8array(details) as Uint8Array;
  return counting ? countsOf(bytes) : bitsOf(bytes);
}

function descriptorsOf(molecule: RdkitMolecule, { groups }: Pick<Rdkit, 'groups'>): Float64Array {
  const json = molecule.get_json();
  const counts = groups.map((group) => Object.keys(JSON.parse(molecule.get_substruct_matches(group))).length);
  const plain = descriptorVector(molecule.get_descriptors(), json, counts);
  const stereo = json.includes('"stereo":"', json.indexOf('"molecules"'))
    ? stereoVector(json, molecule.get_stereo_tags())
    : stereoNames.map(() => 0);
  return Float64Array.from([...plain, ...stereo]);
}

/** The features of a plain bit vector, lowest bit first, each once. */
function bitsOf(bytes: Uint8Array): Fingerprint {
  const found = Array.from({ length: featureCount }, (_, bit) => bit).filter(
    (bit) => (bytes[bit >> 3]! >> (bit & 7)) & 1,
  );
  return { features: Int32Array.from(found), counts: new Int32Array(found.length).fill(1) };
}

/** Counts from the bits of the count simulation, four neighbouring bits a feature. */
function countsOf(bytes: Uint8Array): Fingerprint {
  const found: number[] = [];
  const counts: number[] = [];
  for (let feature = 0; feature < featureCount; feature++) {
    const nibble = (bytes[feature >> 1]! >> (4 * (feature & 1))) & 15;
    if (nibble === 0) continue;
    let count = 0;
    for (let bit = 0; bit < 4; bit++) if ((nibble >> bit) & 1) count += steps[bit]!;
    found.push(feature);
    counts.push(count);
  }
  return { features: Int32Array.from(found), counts: Int32Array.from(counts) };
}
