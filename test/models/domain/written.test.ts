import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAmounts } from '../../../models/domain/amounts.js';
import { Constraints } from '../../../models/domain/constraints/constraint.js';
import { type Design, designKey } from '../../../models/domain/design.js';
import { compositionOf } from '../../../models/domain/parameters/any-composition.js';
import { type Parameter, typeOf } from '../../../models/domain/parameters/parameter.js';
import { asWritten, writtenWith } from '../../../models/domain/written.js';
import { Planner } from '../../../models/strategy/ask-tell.js';
import { someCampaign } from '../../support/campaigns.js';

const oven: Parameter[] = [
  { name: 'heat', type: 'continuous', bounds: [20, 120] },
  { name: 'dose', type: 'continuous', bounds: [1e-5, 2] },
];
const space = { parameters: oven, pool: null };

describe('designs as people write them down', () => {
  it('are designs of the space, apart as the designs are, and the same when written again', () => {
    const value = (low: number, high: number) => fc.double({ min: low, max: high, noNaN: true });
    const bounds = fc
      .tuple(fc.double({ min: -1e12, max: 1e12, noNaN: true }), fc.double({ min: 1e-9, max: 1e9, noNaN: true }))
      .map(([low, width]): [number, number] => [low, low + width])
      .filter(([low, high]) => low < high);
    const cases = bounds.chain(([low, high]) =>
      fc.tuple(
        fc.constant([low, high] as [number, number]),
        fc.array(value(low, high), { minLength: 1, maxLength: 12 }),
      ),
    );
    fc.assert(
      fc.property(cases, ([given, values]) => {
        const parameter: Parameter = { name: 'x', type: 'continuous', bounds: given };
        const designs = values.map((x): Design => ({ x: x + 0 }));
        const written = asWritten({ parameters: [parameter] }, designs);
        const count = (list: readonly Design[]) => new Set(list.map(designKey)).size;
        expect(count(written)).toBe(count(designs));
        for (const [i, { x }] of written.entries()) {
          expect(typeOf(parameter).refuses(parameter, x!)).toBeNull();
          expect(typeOf(parameter).fromText(parameter, String(x))).toBe(x);
          expect(Math.abs((x as number) - (designs[i]!.x as number))).toBeLessThanOrEqual(
            (given[1] - given[0]) / 1000 + 1e-12 * Math.abs(given[0]),
          );
        }
      }),
      { seed: 7 },
    );
  });

  it('are what a planner is told of: the design written is the one that was measured', async () => {
    const planner = new Planner(someCampaign({ fidelities: [{ name: 'high', adapter: 'problem', cost: 1 }] }, space));
    const { proposals } = await planner.ask(3);
    const written = asWritten(
      space,
      proposals.map((proposal) => proposal.design),
    );
    expect(written).not.toEqual(proposals.map((proposal) => proposal.design));
    planner.tell(written.map((one, i) => ({ design: one, value: i })));
    expect(planner.trials.map(({ state }) => state)).toEqual(['ended', 'ended', 'ended']);
    expect(planner.trials.map(({ proposal }) => proposal.design)).toEqual(written);
  });

  it('keep the constraints that they kept, in as many digits as that takes', () => {
    const constrained = {
      parameters: oven,
      constraints: [{ type: 'linear' as const, terms: { heat: 1, dose: 40 }, max: 100 }],
    };
    const design = { heat: 63.48273, dose: (100 - 63.48273) / 40 };
    const [written] = asWritten(constrained, [design]);
    expect(asWritten(space, [design])).toEqual([{ heat: 63.5, dose: 0.913 }]);
    expect((written!.heat as number) + 40 * (written!.dose as number)).toBeLessThanOrEqual(100 + 1e-7);
    expect(written).not.toEqual(design);
    expect(writtenWith(constrained, design, written!)).not.toBeNull();
  });

  it('have amounts that a person can weigh, which add up to the total again when they are read', () => {
    const amounts = fc.tuple(
      fc.constantFrom(1, 100, 250, 0.02),
      fc.array(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }), {
        minLength: 1,
        maxLength: 8,
      }),
    );
    fc.assert(
      fc.property(amounts, ([total, some]) => {
        const parameter: Parameter = { name: 'mix', type: 'composition', components: ['a', 'b', 'c', 'd'], total };
        const type = typeOf(parameter);
        const usable = some.filter((one) => one.some((x) => x > 1e-6));
        const designs = usable.map(
          (one): Design => ({
            mix: compositionOf(
              parameter,
              one.map((x) => x / one.reduce((a, b) => a + b)),
            ),
          }),
        );
        const written = asWritten({ parameters: [parameter] }, designs);
        const count = (list: readonly Design[]) => new Set(list.map(designKey)).size;
        expect(count(written)).toBe(count(designs));
        for (const [i, design] of written.entries()) {
          const text = String(design.mix);
          expect(type.refuses(parameter, text)).toBeNull();
          expect(type.fromText(parameter, text)).toBe(text);
          const read = readAmounts(text) as Map<string, number>;
          const own = readAmounts(String(designs[i]!.mix)) as Map<string, number>;
          expect(Math.abs([...read.values()].reduce((a, b) => a + b) - total)).toBeLessThanOrEqual(1e-9 * total);
          for (const [name, amount] of own) {
            expect(Math.abs(amount - (read.get(name) ?? 0))).toBeLessThan((2 * total) / 1000);
            // What is there stays there, however little.
            if (amount > 1e-6 * total) expect(read.get(name) ?? 0).toBeGreaterThan(0);
          }
          expect(writtenWith({ parameters: [parameter] }, designs[i]!, design)).not.toBeNull();
        }
      }),
      { seed: 11 },
    );
    const mix: Parameter = { name: 'mix', type: 'composition', components: ['a', 'b'], total: 1 };
    expect(asWritten({ parameters: [mix] }, [{ mix: 'a:0.577461838261 b:0.422538161739' }])).toEqual([
      { mix: 'a:0.577 b:0.423' },
    ]);
  });

  it('are rounded to the side that keeps a constraint, a temperature beside a mixture too', () => {
    const flask: Parameter[] = [
      { name: 'mix', type: 'composition', components: ['ethanol', 'water'], total: 1 },
      { name: 'heat', type: 'continuous', bounds: [25, 105] },
    ];
    const boils = {
      parameters: flask,
      constraints: [{ type: 'formula' as const, expression: 'heat <= 78 * mix.ethanol + 100 * mix.water - 3' }],
    };
    const ethanol = 0.577461838261;
    const heat = 78 * ethanol + 100 * (1 - ethanol) - 3;
    const design = { mix: `ethanol:${ethanol} water:${Number((1 - ethanol).toPrecision(12))}`, heat };
    const [written] = asWritten(boils, [design]);
    expect(String(written!.heat).length).toBeLessThanOrEqual(6);
    expect(String(written!.mix).length).toBeLessThanOrEqual('ethanol:0.5775 water:0.4225'.length);
    expect(Constraints.of(boils).broken(written!)).toEqual([]);
    expect(writtenWith(boils, design, written!)).not.toBeNull();
  });

  it('may name a lone component without its amount, which is all there is', () => {
    const mix: Parameter = { name: 'mix', type: 'composition', components: ['toluene', 'water'], total: 100 };
    expect(typeOf(mix).fromText(mix, ' toluene ')).toBe('toluene:100');
    const steps: Parameter = { ...mix, step: 25 };
    expect(typeOf(steps).fromText(steps, 'water')).toBe('water:100');
    expect(typeOf(mix).refuses(mix, typeOf(mix).fromText(mix, 'toluen'))).not.toBeNull();
  });

  it('are told from others that they are not', () => {
    expect(writtenWith(space, { heat: 63.48273, dose: 1 }, { heat: 63.5, dose: 1 })).toBe(0);
    expect(writtenWith(space, { heat: 63.48273, dose: 1 }, { heat: 63.48, dose: 1 })).toBe(1);
    expect(writtenWith(space, { heat: 63.48273, dose: 1 }, { heat: 63.4, dose: 1 })).toBeNull();
  });
});
