import { describe, expect, it } from 'vitest';
import { sourceSchema, transferSchema } from '../../../models/domain/source.js';

describe('transferSchema', () => {
  it('takes a file alone, or with all that may be said of it', () => {
    const plain = { name: 'march', results: 'march.csv' };
    const whole = { ...plain, objective: 'g', fidelity: 'low', defaults: { x: 1, solvent: 'water' } };
    expect(transferSchema.parse([plain, whole])).toEqual([plain, whole]);
  });

  it('refuses a list of none or of more than eight, names that cannot stand in reports, and unknown keys', () => {
    const one = (name: string) => ({ name, results: 'a.csv' });
    expect(transferSchema.safeParse([]).success).toBe(false);
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map(one);
    expect(transferSchema.safeParse(names.slice(1)).success).toBe(true);
    expect(transferSchema.safeParse(names).success).toBe(false);
    expect(sourceSchema.safeParse(one('')).success).toBe(false);
    expect(sourceSchema.safeParse({ ...one('a'), weight: 1 }).success).toBe(false);
    expect(sourceSchema.safeParse({ ...one('a'), defaults: { x: true } }).success).toBe(false);
  });
});
