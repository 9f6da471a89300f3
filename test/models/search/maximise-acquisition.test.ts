import { describe, expect, it } from 'vitest';
import { logEiPerCost } from '../../../models/acquisition/log-ei-per-cost.js';
import type { Constraint } from '../../../models/domain/constraints/constraint.js';
import { type Parameter, parameterSchema } from '../../../models/domain/parameters/parameter.js';
import { SpaceEncoder } from '../../../models/encode/space-encoder.js';
import { type AcquisitionSurface, acquisitionValues } from '../../../models/search/acquisition-surface.js';
import { spaceDomain } from '../../../models/search/domain.js';
import { maximiseAcquisition } from '../../../models/search/maximise-acquisition.js';
import { Ensemble } from '../../../models/surrogate/ensemble.js';
import { surrogateChoice } from '../../../models/surrogate/surrogates.js';

const read = (...parameters: unknown[]) => parameters.map((one): Parameter => parameterSchema.parse(one));
const numbers = read(
  { name: 'x', type: 'continuous', bounds: [0, 1] },
  { name: 'y', type: 'continuous', bounds: [0, 4] },
);
const all = read(
  { name: 'x', type: 'continuous', bounds: [0, 1] },
  { name: 'n', type: 'integer', bounds: [0, 60] },
  { name: 'base', type: 'categorical', levels: Array.from({ length: 40 }, (_, i) => `b${i}`) },
  { name: 'alloy', type: 'composition', components: ['Fe', 'Ni', 'Cr'], step: 0.05 },
);
const blend = read({ name: 'blend', type: 'composition', components: ['A', 'B', 'C', 'D', 'E', 'F'] });

const spaces: Record<string, { parameters: Parameter[]; constraints: Constraint[] }> = {
  'numbers below a line': { parameters: numbers, constraints: [{ type: 'linear', terms: { x: 1, y: 0.5 }, max: 0.9 }] },
  'numbers on a line': { parameters: numbers, constraints: [{ type: 'linear', terms: { x: 2, y: 1 }, equals: 1.7 }] },
  'numbers in a disc': {
    parameters: numbers,
    constraints: [{ type: 'formula', expression: '(x - 0.5)^2 + (y/4 - 0.5)^2 <= 0.05' }],
  },
  'all kinds': { parameters: all, constraints: [] },
  'all kinds, some not together': {
    parameters: all,
    constraints: [
      { type: 'linear', terms: { x: 20, n: 1 }, max: 40 },
      { type: 'exclude', when: { base: ['b1', 'b2', 'b3'], n: { below: 10 } } },
    ],
  },
  'a mixture': { parameters: blend, constraints: [] },
  'a mixture of at most two': { parameters: blend, constraints: [{ type: 'cardinality', of: 'blend', max: 2 }] },
};

describe('maximiseAcquisition', () => {
  it.each(Object.keys(spaces))('finds more than twenty thousand designs hold, in %s', async (name) => {
    const space = { ...spaces[name]!, pool: null };
    const domain = spaceDomain(await SpaceEncoder.of(space));
    const { encoder } = domain;
    const measured = domain.sample(24, 9);
    const designs = encoder.encode(measured);
    const losses = Float64Array.from(measured, (design, i) => {
      const { numeric } = encoder.encode([design]);
      const names = String(design.base ?? '').length + (Number(String(design.base ?? 'b0').slice(1)) % 5);
      return numeric.reduce((sum, u, t) => sum + Math.sin(5 * u + t), names / 4) + (i % 2) * 0.01;
    });
    const training = { designs, levels: new Int32Array(24), losses, levelCount: 1, finite: false };
    const options = { seed: 1, previous: [], optimise: true };
    const ensemble = await Ensemble.fit(surrogateChoice('gp').members, training, options);
    const parts = ensemble.members.map(({ surrogate, weight }) => ({
      acquisition: { surrogate, anchors: null, anchored: 'target' as const, evaluate: logEiPerCost.evaluate },
      incumbent: surrogate.scale.toLatent(Math.min(...losses)),
      scale: surrogate.scale,
      weight,
    }));
    const surface: AcquisitionSurface = { parts, lossPower: logEiPerCost.lossPower, costs: [1], levels: [0] };
    const best = [...losses.keys()]
      .sort((a, b) => losses[a]! - losses[b]!)
      .slice(0, 5)
      .map((i) => measured[i]!);
    const found = maximiseAcquisition(surface, domain, best, 5)!;
    expect(domain.allow(found.design, 0)).toBe(true);
    const [own] = acquisitionValues(surface, encoder.encode([found.design]))[0]!;
    // Amounts are written in seven digits.
    expect(own).toBeCloseTo(found.value, 3);
    const many = acquisitionValues(surface, encoder.encode(domain.sample(20_000, 77)))[0]!;
    expect(own).toBeGreaterThanOrEqual(many.reduce((a, b) => Math.max(a, b)) - 1e-3);
    expect(maximiseAcquisition(surface, domain, best, 5)).toEqual(found);
  });
});
