import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { campaignSchema } from '../../../models/domain/campaign.js';
import { Constraints } from '../../../models/domain/constraints/constraint.js';
import { type Design, designKey } from '../../../models/domain/design.js';
import { outsideOf } from '../../../models/domain/outside.js';
import { isAnyComposition } from '../../../models/domain/parameters/composition.js';
import type { Space } from '../../../models/domain/space.js';
import { Region } from '../../../models/search/region.js';
import { sampledDesigns } from '../../../models/search/sampled-designs.js';
import { Planner } from '../../../models/strategy/ask-tell.js';
import { constrainedSpaces } from '../../support/constrained-spaces.js';

function campaignOf(space: Space, seed: number, strategy: object = {}) {
  const spec = campaignSchema.parse({
    name: 'generated',
    seed,
    space: { parameters: space.parameters },
    objectives: [{ name: 'f', direction: 'minimise' }],
    fidelities: [{ name: 'exact', adapter: 'problem', cost: 1 }],
    strategy: { initial: { trials: 4 }, ...strategy },
    budget: { trials: 100 },
  });
  return { id: 'generated', spec, space };
}

/** What of a design is no free number. */
function listedOf({ parameters }: Space, design: Design): unknown[] {
  const listed = parameters.filter((one) => one.type !== 'continuous' && !isAnyComposition(one));
  return listed.map(({ name }) => design[name]);
}

/** A smooth value of any design. */
function valueAt(space: Space, design: Design): number {
  const x = Region.of(space).numbers.read(design);
  const others = Object.values(design).reduce<number>((sum, one) => sum + (String(one).length % 3), 0);
  return x.reduce((sum, one, i) => sum + (one - 0.3 - 0.1 * i) ** 2, others / 3);
}

describe('proposals in constrained spaces', () => {
  it('keep all constraints, never come twice, and are the same by the same seed, in whatever order results came', async () => {
    await fc.assert(
      fc.asyncProperty(constrainedSpaces, fc.integer({ min: 0, max: 2 ** 31 }), async (space, seed) => {
        const known = sampledDesigns(space, 9, seed);
        const unlike = [...new Map(known.map((design) => [designKey(design), design])).values()];
        const results = unlike.map((design) => ({ design, value: valueAt(space, design) }));
        const ask = async (told: typeof results) => {
          const planner = new Planner(campaignOf({ ...space }, seed));
          planner.tell(told);
          const { proposals } = await planner.ask(3);
          return proposals.map(({ design }) => design);
        };
        const proposed = await ask(results);
        for (const design of proposed) {
          expect(Constraints.of(space).broken(design)).toEqual([]);
          expect(outsideOf(space, { design, rowId: null })).toBeNull();
        }
        const keys = [...unlike, ...proposed].map(designKey);
        expect(new Set(keys).size).toBe(keys.length);
        expect(await ask(results)).toEqual(proposed);
        // Sums in another order differ in their last digits.
        const turned = await ask([...results].reverse());
        expect(turned.map((design) => listedOf(space, design))).toEqual(proposed.map((one) => listedOf(space, one)));
        turned.forEach((design, i) => {
          const [own, other] = [design, proposed[i]!].map((one) => Region.of(space).numbers.read(one));
          own!.forEach((u, at) => void expect(Math.abs(u - other![at]!)).toBeLessThan(1e-4));
        });
      }),
      { seed: 4, numRuns: 12 },
    );
  });

  it.each(['random', 'thompson'])('keep them by %s, too', async (acquisition) => {
    await fc.assert(
      fc.asyncProperty(constrainedSpaces, fc.integer({ min: 0, max: 2 ** 31 }), async (space, seed) => {
        const planner = new Planner(campaignOf(space, seed, { acquisition }));
        for (let round = 0; round < 2; round++) {
          const { proposals } = await planner.ask(4);
          planner.tell(proposals.map(({ id, design }) => ({ id, value: valueAt(space, design) })));
        }
        const designs = planner.trials.map(({ proposal }) => proposal.design);
        for (const design of designs) expect(Constraints.of(space).broken(design)).toEqual([]);
        expect(new Set(designs.map(designKey)).size).toBe(designs.length);
      }),
      { seed: 6, numRuns: 10 },
    );
  });

  it('begin with as many trials as a mixture of that many free amounts wants', async () => {
    const space: Space = {
      parameters: [{ name: 'blend', type: 'composition', components: ['A', 'B', 'C', 'D', 'E'], total: 1 }],
      pool: null,
    };
    const planner = new Planner(campaignOf(space, 1, { initial: undefined }));
    const { proposals } = await planner.ask(20);
    // 2·(d + 1) of four amounts, the fifth being what is left.
    expect(proposals.filter(({ reason }) => reason.kind === 'initial').length).toBeGreaterThanOrEqual(10);
    const planned = await new Planner(campaignOf(space, 1, { initial: undefined })).ask(1);
    expect(planned.proposals[0]!.design).toEqual(proposals[0]!.design);
  });

  it('leave rows of a pool out that break constraints, and learn from them', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => ({ x: i / 29, y: ((i * 7) % 30) / 29 }));
    const space: Space = {
      parameters: [
        { name: 'x', type: 'continuous', bounds: [0, 1] },
        { name: 'y', type: 'continuous', bounds: [0, 1] },
      ],
      pool: { ids: rows.map((_, i) => `r${i}`), designs: rows },
      constraints: [{ type: 'linear', terms: { x: 1, y: 1 }, max: 0.8 }],
    };
    const planner = new Planner(campaignOf(space, 3));
    planner.tell([{ rowId: 'r29', value: -5 }]);
    const kept = rows.filter(({ x, y }) => x + y <= 0.8).length;
    const seen: string[] = [];
    for (;;) {
      const { proposals } = await planner.ask(3);
      if (proposals.length === 0) break;
      planner.tell(proposals.map(({ id, design }) => ({ id, value: (design.x as number) ** 2 })));
      seen.push(...proposals.map(({ rowId }) => rowId!));
    }
    expect(seen).toHaveLength(kept);
    for (const id of seen) {
      const { x, y } = rows[Number(id.slice(1))]!;
      expect(x + y).toBeLessThanOrEqual(0.8);
    }
  });
});
