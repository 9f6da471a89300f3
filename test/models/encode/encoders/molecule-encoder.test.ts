import { expect, it } from 'vitest';
import { moleculeEncoder } from '../../../../models/encode/encoders/molecule-encoder.js';

it('an encoder of molecules is what it makes of each', async () => {
  const atoms = moleculeEncoder({
    name: 'atoms',
    version: 3,
    gives: 'numbers',
    width: 1,
    of: (molecule) => Float64Array.of(molecule.get_num_atoms()),
  });
  expect(atoms).toMatchObject({ name: 'atoms', version: 3, takes: 'molecules', gives: 'numbers', width: 1 });
  expect(await atoms.encode(['C', 'CCO'])).toEqual([Float64Array.of(1), Float64Array.of(3)]);
});
