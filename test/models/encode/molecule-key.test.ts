import { expect, it } from 'vitest';
import { moleculeKey } from '../../../models/encode/molecule-key.js';

it('two spellings of a molecule share its canonical SMILES, unless one marks more than RDKit reads', () => {
  expect(moleculeKey('OCC', 'CCO')).toBe('CCO');
  expect(moleculeKey('C[C@H](O)F', 'C[C@H](O)F')).toBe('C[C@H](O)F');
  // The stereo of an allene is lost in canonical SMILES.
  expect(moleculeKey('CC=[C@]=CC', 'CC=C=CC')).toBe('CC=[C@]=CC');
});
