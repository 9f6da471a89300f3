import type { Fingerprint } from '../fingerprint.js';
import type { RdkitMolecule } from '../rdkit.js';
import { moleculeEncoder } from './molecule-encoder.js';

/** Features that fingerprints are hashed to. */
export const featureCount = 2048;
/** RDKit's count simulation: each feature has four bits, set from 1, 2, 4 and 8 occurrences on. */
const steps = [1, 1, 2, 4] as const;
/** Largest count of a feature. */
export const mostCounted = 8;
/** Whether a fingerprint tells how often a feature occurs, or only whether it does. */
export type FingerprintKind = 'count' | 'bit';

/** Morgan fingerprints, radius 2, hashed to 2048 features: how often each occurs, in steps of 1, 2, 4 and 8. */
export const fingerprints = moleculeEncoder({
  name: 'fingerprints',
  version: 1,
  gives: 'counts',
  width: featureCount,
  of: (molecule) => fingerprintOf(molecule, 'count'),
});

/** The fingerprint of a molecule that RDKit has read. */
export function fingerprintOf(molecule: RdkitMolecule, kind: FingerprintKind): Fingerprint {
  const counting = kind === 'count';
  const nBits = counting ? featureCount * steps.length : featureCount;
  const details = JSON.stringify({ radius: 2, nBits, useCountSimulation: counting });
  const bytes = molecule.get_morgan_fp_as_uint8array(details) as Uint8Array;
  return counting ? countsOf(bytes) : bitsOf(bytes);
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
