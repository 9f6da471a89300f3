import type { MainModule as Rdkit } from '@rdkit/rdkit';
import { AthanorError } from '../domain/errors.js';
import { descriptorVector, fragments } from './descriptors.js';
import type { Fingerprint } from './fingerprint.js';

const features = 2048;
/** RDKit's count simulation: each feature has four bits, set from 1, 2, 4 and 8 occurrences on. */
const steps = [1, 1, 2, 4] as const;

/** Whether a fingerprint tells how often a feature occurs, or only whether it does. */
export type FingerprintKind = 'count' | 'bit';

/** What the project asks of a chemistry toolkit; made by `loadMolecules`. */
export interface Molecules {
  /** Canonical SMILES, or null if the text is not a molecule that RDKit accepts. */
  canonical(smiles: string): string | null;
  /**
   * Morgan fingerprint, radius 2, hashed to 2048 features.
   *
   * @param kind - `count` (where absent): how often each feature occurs, known in steps of 1, 2, 4 and 8, which is all
   *   that RDKit's JavaScript interface tells; `bit`: 1 for each feature that occurs
   * @throws {AthanorError} if the text is not a molecule
   */
  fingerprint(smiles: string, kind?: FingerprintKind): Fingerprint;
  /**
   * Descriptors of a molecule, not standardised; see `descriptorNames`.
   *
   * @returns [descriptorNames.length]
   * @throws {AthanorError} if the text is not a molecule
   */
  descriptors(smiles: string): Float64Array;
  /** Drawing as SVG text, or null if the text is not a molecule. */
  depict(smiles: string, width: number, height: number): string | null;
}

type Molecule = NonNullable<ReturnType<Rdkit['get_mol']>>;

let loaded: Promise<Molecules> | undefined;

/** RDKit as WebAssembly, loaded once a process (about half a second). */
export function loadMolecules(): Promise<Molecules> {
  loaded ??= import('@rdkit/rdkit').then(async (module) => {
    const load = module.default as unknown as () => Promise<Rdkit>;
    return moleculesOf(await load());
  });
  return loaded;
}

function moleculesOf(rdkit: Rdkit): Molecules {
  rdkit.disable_logging();
  const groups = Object.values(fragments).map((smarts) => rdkit.get_qmol(smarts)!);
  const using = <T>(smiles: string, use: (molecule: Molecule) => T): T | null => {
    if (smiles.trim() === '') return null;
    const molecule = rdkit.get_mol(smiles);
    if (molecule === null) return null;
    try {
      return use(molecule);
    } finally {
      molecule.delete();
    }
  };
  const required = <T>(smiles: string, use: (molecule: Molecule) => T): T => {
    const result = using(smiles, use);
    if (result === null) throw new AthanorError('SMILES', `'${smiles}' is not a molecule that RDKit accepts`);
    return result;
  };
  return {
    canonical: (smiles) => using(smiles, (molecule) => molecule.get_smiles()),
    depict: (smiles, width, height) => using(smiles, (molecule) => molecule.get_svg(width, height)),
    fingerprint: (smiles, kind = 'count') => {
      const counting = kind === 'count';
      const nBits = counting ? features * steps.length : features;
      const details = JSON.stringify({ radius: 2, nBits, useCountSimulation: counting });
      const bytes = required(smiles, (molecule) => molecule.get_morgan_fp_as_uint8array(details) as Uint8Array);
      return counting ? countsOf(bytes) : bitsOf(bytes);
    },
    descriptors: (smiles) =>
      required(smiles, (molecule) =>
        descriptorVector(
          molecule.get_descriptors(),
          molecule.get_json(),
          groups.map((group) => Object.keys(JSON.parse(molecule.get_substruct_matches(group))).length),
        ),
      ),
  };
}

/** The features of a plain bit vector, lowest bit first, each once. */
function bitsOf(bytes: Uint8Array): Fingerprint {
  const found = Array.from({ length: features }, (_, bit) => bit).filter((bit) => (bytes[bit >> 3]! >> (bit & 7)) & 1);
  return { features: Int32Array.from(found), counts: new Int32Array(found.length).fill(1) };
}

/** Counts from the bits of the count simulation, four neighbouring bits a feature. */
function countsOf(bytes: Uint8Array): Fingerprint {
  const found: number[] = [];
  const counts: number[] = [];
  for (let feature = 0; feature < features; feature++) {
    const nibble = (bytes[feature >> 1]! >> (4 * (feature & 1))) & 15;
    if (nibble === 0) continue;
    let count = 0;
    for (let bit = 0; bit < 4; bit++) if ((nibble >> bit) & 1) count += steps[bit]!;
    found.push(feature);
    counts.push(count);
  }
  return { features: Int32Array.from(found), counts: Int32Array.from(counts) };
}
