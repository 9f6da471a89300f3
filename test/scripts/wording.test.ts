import { describe, expect, it } from 'vitest';
import type { Design } from '../../models/domain/design.js';
import type { Parameter } from '../../models/domain/parameters/parameter.js';
import { formatExpected, formatNumber, wordingOf } from '../../scripts/wording.js';
import { someCampaign } from '../support/campaigns.js';

const oven: Parameter[] = [
  { name: 'heat', type: 'continuous', bounds: [20, 120] },
  { name: 'turns', type: 'integer', bounds: [5_000_000, 5_000_200] },
  { name: 'tone', type: 'continuous', bounds: [880_000_000, 880_000_040] },
  { name: 'dose', type: 'continuous', bounds: [1e-5, 2] },
];
const space = { parameters: oven, pool: null };
const campaign = someCampaign({}, space);
const design = (heat: number, tone = 880_000_010, dose = 1, turns = 5_000_017): Design => ({ heat, turns, tone, dose });
const told = (designs: readonly Design[], values: readonly number[] = []) =>
  designs.map((one, i) => ({ proposal: { design: one }, observation: { values: { f: values[i] ?? i } } }));

describe('designs as people are told them', () => {
  it('have digits by the width of the bounds, and whole numbers whole', () => {
    expect(wordingOf(campaign, []).design(design(63.48273645182, 880_000_012.3456, 0.000123456), null)).toBe(
      'heat=63.5 turns=5000017 tone=880000012.35 dose=0.000123',
    );
  });

  it('have more digits where two would read alike', () => {
    const near = [design(63.48273645182), design(63.48273645999), design(90.11111)];
    const wording = wordingOf(campaign, told(near));
    const labels = near.map((one) => wording.design(one, null));
    expect(new Set(labels).size).toBe(3);
    expect(labels[2]).toContain('heat=90.1 ');
  });
});

describe('designs of a pool', () => {
  const pooled = (id: string | undefined) =>
    someCampaign(
      { space: { pool: { file: 'p.csv', id, designColumns: [{ name: 'heat', type: 'continuous' }] } } },
      space,
    );

  it('are called by their row where it has a name, else told in values', () => {
    expect(wordingOf(pooled('id'), []).design(design(63.5), 'R7')).toBe('R7');
    expect(wordingOf(pooled(undefined), []).design(design(63.5), '0')).toMatch(/^heat=63.5 turns=/);
  });
});

describe('values as people are told them', () => {
  it('are whole where they are whole, and have six digits that matter', () => {
    const values = [0, 1, -2.5, 2.9670000001, 1_000_010, 1_234_567.8, 0.00001234, 3e20];
    expect(values.map(formatNumber)).toEqual([
      '0',
      '1',
      '-2.5',
      '2.967',
      '1000010',
      '1234568',
      '1.234e-5',
      '3.000e+20',
    ]);
  });

  it('never read alike where they differ', () => {
    const values = [1e6 + 0.1, 1e6 + 0.2, 0.123456781, 0.123456782, 2e-7, 2.0000001e-7];
    const { number } = wordingOf(
      campaign,
      told(
        values.map((_, i) => design(20 + i)),
        values,
      ),
    );
    expect(new Set(values.map(number)).size).toBe(values.length);
  });

  it('are expected with the digits that their standard deviation makes sense of', () => {
    expect(formatExpected(85.123456, 0)).toBe('85.1235');
    expect(formatExpected(85.123456, 3.2149)).toBe('85.12 ± 3.21');
    expect(formatExpected(2_450_000_100.123, 0.25)).toBe('2450000100.123 ± 0.25');
    expect(formatExpected(0.0001234, 12.3)).toBe('0 ± 12.3');
  });
});
