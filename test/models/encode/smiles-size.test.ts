import { describe, expect, it } from 'vitest';
import { excessOf, shownSmiles } from '../../../models/encode/smiles-size.js';

describe('the size of a SMILES', () => {
  it.each([
    ['CC(=O)Oc1ccccc1C(=O)O'],
    ['C'.repeat(300)],
    [
      'c12c3c4c5c1c1c6c7c2c2c8c3c3c9c4c4c%10c5c5c1c1c6c6c%11c7c2c2c7c8c3c3c8c9c4c4c9c%10c5c5c1c1c6c6c%11c2c2c7c3c3c8c4c4c9c5c1c1c6c2c3c41',
    ],
    [`FC(F)(F)${'C(F)(F)'.repeat(90)}F`],
    ['CCO ethanol, 99 % (a title that is no part of it)'],
    ['[13CH3][C@@H](Cl)Br.[Na+]'],
  ])('of %s is within bounds', (smiles) => {
    expect(excessOf(smiles)).toBeNull();
  });

  it('is bounded in atoms, letters and bonds', () => {
    expect(excessOf('C'.repeat(301))).toBe('has 301 atoms, at most 300 are read');
    expect(excessOf('[OH]'.repeat(301))).toMatch(/^has 301 atoms/);
    expect(excessOf('C'.repeat(5001))).toMatch(/^has 5001 characters/);
  });

  it('cuts a text that is shown', () => {
    expect(shownSmiles('CCO')).toBe('CCO');
    expect(shownSmiles('C'.repeat(90))).toHaveLength(58);
  });
});
