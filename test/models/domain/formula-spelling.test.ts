import { describe, expect, it } from 'vitest';
import { plainFormula } from '../../../models/domain/formula-spelling.js';

describe('the plain text of a formula', () => {
  it.each([
    ['Fe₂O₃', 'Fe2O3'],
    ['ZnSO4.7H2O', 'ZnSO4·7H2O'],
    ['ZnSO4 ⋅ 7 H2O', 'ZnSO4·7H2O'],
    ['BaSO4.0.5H2O', 'BaSO4·0.5H2O'],
    ['ZnO.Fe2O3.H2O', 'ZnO·Fe2O3·H2O'],
    ['Ba0.5Sr.5TiO3', 'Ba0.5Sr.5TiO3'],
    ['Mn(II,III)3O4', 'Mn3O4'],
    ['La(NO3)3', 'La(NO3)3'],
  ])('%s is %s', (text, plain) => {
    expect(plainFormula(text)).toBe(plain);
  });

  it.each(['K2SO4.3MgSO4', 'Cu(I)2O'])('%s may mean two things', (text) => {
    expect(plainFormula(text)).toHaveProperty('fault', expect.stringContaining('may'));
  });
});
