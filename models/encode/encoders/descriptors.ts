import { descriptorNames, descriptorVector } from '../descriptors.js';
import type { Rdkit, RdkitMolecule } from '../rdkit.js';
import { stereoNames, stereoVector } from '../stereo.js';
import { moleculeEncoder } from './molecule-encoder.js';

/** Descriptors of molecules, not standardised: see `descriptorNames` and, after them, `stereoNames`. */
export const descriptors = moleculeEncoder({
  name: 'descriptors',
  version: 1,
  gives: 'numbers',
  width: descriptorNames.length + stereoNames.length,
  of: descriptorsOf,
});

function descriptorsOf(molecule: RdkitMolecule, { groups }: Pick<Rdkit, 'groups'>): Float64Array {
  const json = molecule.get_json();
  const counts = groups.map((group) => Object.keys(JSON.parse(molecule.get_substruct_matches(group))).length);
  const plain = descriptorVector(molecule.get_descriptors(), json, counts);
  const stereo = json.includes('"stereo":"', json.indexOf('"molecules"'))
    ? stereoVector(json, molecule.get_stereo_tags())
    : stereoNames.map(() => 0);
  return Float64Array.from([...plain, ...stereo]);
}
