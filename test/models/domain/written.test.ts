import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Design, designKey } from '../../../models/domain/design.js';
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

  it('are told from others that they are not', () => {
    expect(writtenWith(space, { heat: 63.48273, dose: 1 }, { heat: 63.5, dose: 1 })).toBe(0);
    expect(writtenWith(space, { heat: 63.48273, dose: 1 }, { heat: 63.48, dose: 1 })).toBe(1);
    expect(writtenWith(space, { heat: 63.48273, dose: 1 }, { heat: 63.4, dose: 1 })).toBeNull();
  });
});
