import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import papaparse from 'papaparse';
import { describe, expect, it } from 'vitest';
import { elementSymbols, type Fractions, readFormula } from '../../../models/domain/formula.js';
import { elementPropertyNames, elementStatistics, elements, statisticNames } from '../../../models/encode/elements.js';
import { dataSets } from '../../support/data-sets.js';

const statistic = (vector: Float64Array, property: string, name: (typeof statisticNames)[number]) =>
  vector[
    (elementPropertyNames as readonly string[]).indexOf(property) * statisticNames.length + statisticNames.indexOf(name)
  ]!;

describe('elements', () => {
  it('are all known, with finite properties', () => {
    expect([...elements.keys()]).toEqual([...elementSymbols]);
    for (const [symbol, properties] of elements)
      for (const name of elementPropertyNames)
        expect(Number.isFinite(properties[name]), `${symbol} ${name}`).toBe(true);
  });

  it.each([
    ['H', { number: 1, period: 1, group: 1, valence: 1, unfilled: 1 }],
    ['He', { number: 2, period: 1, group: 18, valence: 2, unfilled: 0 }],
    ['C', { number: 6, period: 2, group: 14, s: 2, p: 2, valence: 4, unfilled: 4, electronegativity: 2.55 }],
    ['Fe', { number: 26, period: 4, group: 8, s: 2, d: 6, unfilled: 4, covalentRadius: 132 }],
    ['Ga', { number: 31, period: 4, group: 13, s: 2, p: 1, d: 10, unfilled: 5 }],
    ['La', { number: 57, period: 6, group: 3 }],
    ['Lu', { number: 71, period: 6, group: 3 }],
    ['Hf', { number: 72, period: 6, group: 4, f: 14 }],
    ['Rn', { number: 86, period: 6, group: 18, unfilled: 0 }],
    ['Cm', { number: 96, period: 7, group: 3 }],
  ])('%s', (symbol, properties) => {
    expect(elements.get(symbol)).toMatchObject(properties);
  });

  it('have as many electrons outside the core as the core leaves', () => {
    const cores = [0, 2, 10, 18, 36, 54, 86];
    for (const { number, period, valence } of elements.values()) expect(valence).toBe(number - cores[period - 1]!);
  });
});

describe('element statistics', () => {
  it('are those of the definition, for Fe2O3', () => {
    const vector = elementStatistics({ Fe: 0.4, O: 0.6 });
    const mean = 0.4 * 1.83 + 0.6 * 3.44;
    expect(statistic(vector, 'electronegativity', 'mean')).toBeCloseTo(mean, 12);
    const deviation = 0.4 * (mean - 1.83) + 0.6 * (3.44 - mean);
    expect(statistic(vector, 'electronegativity', 'deviation')).toBeCloseTo(deviation, 12);
    expect(statistic(vector, 'electronegativity', 'range')).toBeCloseTo(1.61, 12);
    expect(statistic(vector, 'number', 'min')).toBe(8);
    expect(statistic(vector, 'number', 'max')).toBe(26);
  });

  it('take no account of elements with fraction 0, nor of the order', () => {
    expect(elementStatistics({ Fe: 0.4, O: 0.6, U: 0 })).toEqual(elementStatistics({ Fe: 0.4, O: 0.6 }));
    const [a, b] = [elementStatistics({ Fe: 0.4, O: 0.6 }), elementStatistics({ O: 0.6, Fe: 0.4 })];
    a.forEach((value, i) => {
      expect(value).toBeCloseTo(b[i]!, 10);
    });
  });

  it('of one element are its properties, without deviation and range', () => {
    fc.assert(
      fc.property(fc.constantFrom(...elementSymbols), (symbol) => {
        const vector = elementStatistics({ [symbol]: 1 });
        for (const name of elementPropertyNames) {
          const value = elements.get(symbol)![name];
          const own = statisticNames.map((statisticName) => statistic(vector, name, statisticName));
          expect(own).toEqual([value, 0, 0, value, value]);
        }
      }),
      { seed: 8 },
    );
  });
});

const table = join(dataSets, 'bandgap_expt_pbe/data.csv');
describe.skipIf(!existsSync(table))(`element statistics of 3,372 published formulas, skipped without ${table}`, () => {
  it('agree with what others computed from the Magpie tables', () => {
    const { data } = papaparse.parse<Record<string, string>>(readFileSync(table, 'utf8'), {
      header: true,
      skipEmptyLines: true,
    });
    expect(data.length).toBe(3372);
    const same = [
      ['z', 'number'],
      ['covalent_radius', 'covalentRadius'],
      ['column', 'group'],
      ['row', 'period'],
    ] as const;
    for (const row of data) {
      const vector = elementStatistics(readFormula(row.formula!) as Fractions);
      for (const [theirs, ours] of same) {
        // Their table gives five digits.
        const mean = statistic(vector, ours, 'mean');
        expect(Math.abs(mean - Number(row[`${theirs}_mean`])), `${row.formula} ${ours}`).toBeLessThan(6e-5 * mean);
        expect(statistic(vector, ours, 'range'), `${row.formula} ${ours}`).toBeCloseTo(
          Number(row[`${theirs}_range`]),
          9,
        );
      }
    }
  });
});
