import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ParameterValue } from '../../../../models/domain/design.js';
import type { Feature, ParameterType } from '../../../../models/domain/parameters/contract.js';
import type { Parameter } from '../../../../models/domain/parameters/parameter.js';
import { typeOf } from '../../../../models/domain/parameters/parameter.js';

/** What every type of parameter keeps, tried on parameters without faults. */
export function parameterLaws<P extends Parameter>(parameters: fc.Arbitrary<P>): void {
  const behaviour = (parameter: P) => typeOf(parameter) as ParameterType<Parameter>;
  const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const each = (law: (parameter: P, u: number) => void) =>
    fc.assert(fc.property(parameters, unit, law), { seed: 17, numRuns: 200 });

  test('the schema and the checks accept it', () =>
    each((parameter) => {
      expect(behaviour(parameter).schema.parse(parameter)).toEqual(parameter);
      expect(behaviour(parameter).faults(parameter)).toEqual([]);
    }));

  test('a value at any quantile is allowed', () =>
    each((parameter, u) => {
      const value = behaviour(parameter).fromUnit(parameter, u);
      expect(behaviour(parameter).refuses(parameter, value)).toBeNull();
    }));

  test('its values are allowed, differ, and are reached by quantiles', () =>
    each((parameter) => {
      const values = behaviour(parameter).values(parameter);
      if (values === null) return;
      expect(new Set(values).size).toBe(values.length);
      const reached = values.map((_, i) => behaviour(parameter).fromUnit(parameter, (i + 0.5) / values.length));
      expect(reached).toEqual([...values]);
      for (const value of values) expect(behaviour(parameter).refuses(parameter, value)).toBeNull();
    }));

  test('numeric features are from 0 to 1 and tell values apart', () =>
    each((parameter, u) => {
      const type = behaviour(parameter);
      const feature = type.feature(parameter, type.fromUnit(parameter, u));
      if (feature.kind === 'numeric') {
        expect(feature.value).toBeGreaterThanOrEqual(0);
        expect(feature.value).toBeLessThanOrEqual(1);
      }
      const all = (type.values(parameter) ?? []).map((value) => JSON.stringify(type.feature(parameter, value)));
      expect(new Set(all).size).toBe(all.length);
    }));

  test('every value comes back exactly from its feature, and from its text', () =>
    each((parameter, u) => {
      const type = behaviour(parameter);
      const drawn = type.fromUnit(parameter, u);
      const back = type.fromFeature(parameter, type.feature(parameter, drawn))!;
      expect(type.feature(parameter, back)).toEqual(type.feature(parameter, drawn));
      expect(type.fromText(parameter, String(drawn))).toBe(drawn);
      for (const value of type.values(parameter) ?? []) {
        expect(type.fromFeature(parameter, type.feature(parameter, value))).toBe(value);
        expect(type.fromText(parameter, String(value))).toBe(value);
      }
    }));

  test('a feature of another kind, or of no value, gives none', () =>
    each((parameter) => {
      const type = behaviour(parameter);
      const { kind } = type.feature(parameter, type.fromUnit(parameter, 0));
      const strange: Feature[] = [
        { kind: 'numeric', value: 7 },
        { kind: 'category', index: 1000 },
        { kind: 'substance', smiles: 'no such molecule' },
        { kind: 'mixture', fractions: { nothing: 1 } },
      ];
      expect(strange.map(({ kind }) => kind)).toContain(kind);
      for (const feature of strange) expect(type.fromFeature(parameter, feature)).toBeUndefined();
    }));

  test('a strange value is refused with words', () =>
    each((parameter) => {
      for (const value of ['no such value', Number.NaN, Number.POSITIVE_INFINITY, -1e300] as ParameterValue[])
        expect(behaviour(parameter).refuses(parameter, value)).toMatch(/\w/);
    }));
}
