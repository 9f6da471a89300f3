import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadUnits } from '../../lab-adapters/internal/units.js';

const units = await loadUnits();

test('no conversion leaves every number as it is, to the last bit', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), (value) => {
      expect(units.convert(value, '°C', 'degC')).toBe(value);
      expect(units.convert(value, 'µL', 'uL')).toBe(value);
      expect(units.convert(value, 'furlong per fortnight', 'furlong per fortnight')).toBe(value);
    }),
    { seed: 16 },
  );
});

// What the library gives, 41.99999999999999 and 78.85000000000002, nobody can set or read.
test.each([
  [0.042, 'g', 'mg', 42],
  [352, 'K', '°C', 78.85],
  [273.151, 'K', '°C', 0.001],
  [0.1, '%', '1', 0.001],
  [1 / 3, 'h', 'min', 20],
  [1e-9 / 3, 'mol', 'pmol', 333.333333333],
] as const)('%d %s is %s, to the last digit', (value, from, to, wanted) => {
  expect(units.convert(value, from, to)).toBe(wanted);
});

test('knows which units it can convert', () => {
  expect(['mg', '°C', 'mL/min', '%', '1'].map((unit) => units.known(unit))).toEqual([true, true, true, true, true]);
  expect(['mgg', '°Q', 'sheets', ''].map((unit) => units.known(unit))).toEqual([
    false,
    false,
    false,
    expect.anything(),
  ]);
});

// Reference values: SI Brochure (9th edition) and NIST SP 811, appendix B.
test.each([
  [25, '°C', 'K', 298.15],
  [353.15, 'K', '°C', 80],
  [77, '°F', '°C', 25],
  [1, 'mL/min', 'L/h', 0.06],
  [2.5, 'mg/mL', 'kg/m³', 2.5],
  [1, 'bar', 'Pa', 100_000],
  [1, 'atm', 'Pa', 101_325],
  [0.1, 'M', 'mmol/L', 100],
  [5, 'µL', 'mL', 0.005],
  [5, 'kcal/mol', 'kJ/mol', 20.92],
  [5, 'Å', 'nm', 0.5],
  [5, 'cm⁻¹', '1/m', 500],
  [5, 'mA/cm^2', 'A/m²', 50],
  [5, 'J/(g*K)', 'J/(kg*K)', null],
  [5, 'J/K', 'J/°C', 5],
  [12, '%', '1', 0.12],
  [2, 'h', 'min', 120],
] as const)('%d %s is told in %s', (value, from, to, wanted) => {
  if (wanted === null) expect(units.fault(from, to)).not.toBeNull();
  else expect(units.convert(value, from, to)).toBeCloseTo(wanted, 10);
});

test('differences have no zero point', () => {
  expect(units.convertSpread(0.5, '°C', 'K')).toBe(0.5);
  expect(units.convertSpread(1.8, '°F', 'K')).toBeCloseTo(1, 12);
});

test.each([
  ['s', 'm'],
  ['C', 'K'],
  ['mK', '°C'],
  ['foo', 'm'],
  ['constructor', 'm'],
  ['__proto__', 'm'],
  ['5 m', 'm'],
  ['dB', '1'],
  ['x'.repeat(100), 'm'],
])('%s cannot be told in %s', (from, to) => {
  expect(units.fault(from, to)).toMatch(/is no unit that is known|cannot be told in/);
  expect(() => units.convert(1, from, to)).toThrow(/is no unit|cannot be told/);
});
