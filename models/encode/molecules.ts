import type { MainModule as Rdkit } from '@rdkit/rdkit';
import { AthanorError } from '../domain/errors.js';
import type { Fingerprint } from './fingerprint.js';

const features = 2048;
/** RDKit's count simulation: each feature has four bits, set from 1, 2, 4 and 8 occurrences on. */
const steps = [1, 1, 2, 4] as const;

/** What the project asks of a chemistry toolkit; made by `loadMolecules`. */
export interface Molecules {
  /** Canonical SMILES, or null if the text is not a molecule that RDKit accepts. */
  canonical(smiles: string): string | null;
  /** Morgan counts, radius 2, hashed to 2048 features; counts above one are known in steps of 1, 2, 4 and 8. */
  fingerprint(smiles: string): Fingerprint;
  /** Drawing as SVG text, or null if the text is not a molecule. */
  depict(smiles: string, width: number, height: number): string | null;
}

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
  const using = <T>(smiles: string, use: (molecule: NonNullable<ReturnType<Rdkit['get_mol']>>) => T): T | null => {
    if (smiles.trim() === '') return null;
    const molecule = rdkit.get_mol(smiles);
    if (molecule === null) return null;
    try {
      return use(molecule);
    } finally {
      molecule.delete();
    }
  };
  return {
    canonical: (smiles) => using(smiles, (molecule) => molecule.get_smiles()),
    depict: (smiles, width, height) => using(smiles, (molecule) => molecule.get_svg(width, height)),
    fingerprint: (smiles) => {
      const details = JSON.stringify({ radius: 2, nBits: features * steps.length, useCountSimulation: true });
      const bytes = using(smiles, (molecule) => molecule.get_morgan_fp_as_uint8array(details) as Uint8Array);
      if (bytes === null) throw new AthanorError('SMILES', `'${smiles}' is not a molecule that RDKit accepts`);
      return countsOf(bytes);
    },
  };
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
