import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { continuous } from '../../../../models/domain/parameters/continuous.js';
import { parameterLaws } from './laws.js';

const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
describe('continuous', () => {
  parameterLaws(
    fc.tuple(number, fc.double({ min: 1e-3, max: 1e6, noNaN: true })).map(([low, width]) => ({
      name: 'x',
      type: 'continuous' as const,
      bounds: [low, low + width] as [number, number],
    })),
  );

  test('a number with up to 14 digits comes back exactly, any other as a neighbour', () => {
    const decimal = fc
      .tuple(fc.integer({ min: -1e14, max: 1e14 }), fc.integer({ min: -20, max: 8 }))
      .map(([digits, power]) => ({ digits, power, value: Number(`${digits}e${power}`) }));
    fc.assert(
      fc.property(
        decimal,
        fc.integer({ min: 0, max: 1e9 }),
        fc.integer({ min: 1, max: 1e9 }),
        (value, below, above) => {
          // Bounds of at most the size of 14 digits of the value.
          const bound = (digits: number) => Number(`${Math.max(-1e14, Math.min(1e14, digits))}e${value.power}`);
          const bounds: [number, number] = [bound(value.digits - below * 1000), bound(value.digits + above * 1000)];
          fc.pre(bounds[0] < bounds[1]);
          const parameter = { name: 'x', type: 'continuous' as const, bounds };
          expect(continuous.fromFeature(parameter, continuous.feature(parameter, value.value))).toBe(value.value + 0);
        },
      ),
      { seed: 3, numRuns: 2000 },
    );
    fc.assert(
      fc.property(
        number,
        fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (low, width, u) => {
          const parameter = { name: 'x', type: 'continuous' as const, bounds: [low, low + width] as [number, number] };
          const value = continuous.fromUnit(parameter, u) as number;
          const back = continuous.fromFeature(parameter, continuous.feature(parameter, value)) as number;
          const size = Math.max(Math.abs(low), Math.abs(low + width));
          expect(Math.abs(back - value)).toBeLessThanOrEqual(4 * Number.EPSILON * size);
        },
      ),
      { seed: 4, numRuns: 2000 },
    );
  });

  test('both bounds belong to it', () => {
    const parameter = continuous.schema.parse({ name: 'x', type: 'continuous', bounds: [20, 120], unit: 'degC' });
    expect([20, 120, 19.999, 120.001].map((value) => continuous.refuses(parameter, value))).toEqual([
      null,
      null,
      'a number from 20 to 120',
      'a number from 20 to 120',
    ]);
    expect(continuous.feature(parameter, 45)).toEqual({ kind: 'numeric', value: 0.25 });
    expect(continuous.values(parameter)).toBeNull();
  });

  test.each([[[5, 5]], [[6, 5]]])('bounds %j are a fault', (bounds) => {
    const faults = continuous.faults({ name: 'x', type: 'continuous', bounds: bounds as [number, number] });
    expect(faults).toEqual([expect.objectContaining({ path: 'bounds', message: expect.stringContaining('is empty') })]);
  });

  test('a column gives the range and the numbers', () => {
    expect(continuous.fromColumn({ name: 'x', unit: 'mm', cells: ['2', ' 1e1 ', '-3.5'] })).toEqual({
      parameter: { name: 'x', type: 'continuous', bounds: [-3.5, 10], unit: 'mm' },
      values: [2, 10, -3.5],
    });
    expect(continuous.fromColumn({ name: 'x', cells: ['4', '4'] })).toMatchObject({ parameter: { bounds: [4, 5] } });
    expect(continuous.fromColumn({ name: 'x', cells: ['1', '', 'Infinity', 'warm', '0x', '2'] })).toEqual([
      {
        path: 'x',
        message:
          "4 cells not a finite number (row 2: ''; row 3: 'Infinity', no value; row 4: 'warm'; row 5: '0x', with a unit; give the number alone)",
        remedy: 'give a number in every row',
      },
    ]);
    expect(continuous.fromColumn({ name: 'x', cells: ['', '2'] })).toEqual([expect.objectContaining({ path: 'x' })]);
  });
});
