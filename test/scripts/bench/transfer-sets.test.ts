import { describe, expect, it } from 'vitest';
import type { FidelityPool } from '../../../scripts/bench/fidelity-sets.js';
import {
  earlierOf,
  type TransferPool,
  transferPool,
  transferPoolNames,
  variedEarlier,
} from '../../../scripts/bench/transfer-sets.js';
import { someCampaign, somePool } from '../../support/campaigns.js';

const space = somePool(50);
const campaign = someCampaign(
  { objectives: [{ name: 'f', direction: 'maximise' }], fidelities: [{ name: 'high', adapter: 'problem', cost: 1 }] },
  space,
);
const pool = (optimum: number): FidelityPool => ({
  campaign,
  values: [Array.from(space.pool!.designs, ({ x }) => -(((x as number) - optimum) ** 2))],
});
const related: TransferPool = { target: pool(0.4), earlier: new Map([['before', pool(0.5)]]) };

describe('earlierOf', () => {
  it('is a search of what was searched before, to its end, the same for a seed', async () => {
    const [before, ...more] = await earlierOf(related, 1);
    expect(more).toEqual([]);
    expect(before!.values).toHaveLength(40);
    expect(new Set(before!.designs.map((design) => design.x)).size).toBe(40);
    before!.designs.forEach(({ x }, i) => {
      // Kept as JSON has it, which knows no -0.
      expect(before!.values[i]).toBe(0 - ((x as number) - 0.5) ** 2);
    });
    expect(await earlierOf(related, 1)).toEqual([before]);
  });
});

describe('variedEarlier', () => {
  it('turns values round, or shuffles them anew for a seed', async () => {
    const earlier = await earlierOf(related, 2);
    const { values } = earlier[0]!;
    expect(variedEarlier(earlier, 'related', 0)).toEqual(earlier);
    expect(variedEarlier(earlier, 'flip', 0)[0]!.values).toEqual(values.map((value) => -value));
    const [one, other] = [0, 1].map((seed) => variedEarlier(earlier, 'perm', seed)[0]!);
    expect([...one!.values].sort()).toEqual([...values].sort());
    expect(one!.values).not.toEqual(other!.values);
    expect(one!.designs).toBe(earlier[0]!.designs);
  });
});

describe('transferPool', () => {
  it('moves a test function, on the rows of its pool', async () => {
    expect(transferPoolNames(undefined)).toEqual(['branin', 'hartmann']);
    const { target, earlier } = await transferPool('branin', undefined);
    const moved = earlier.get('moved')!;
    expect(target.values).toHaveLength(1);
    expect(moved.campaign).toBe(target.campaign);
    // The pool comes near a minimum of Branin, and of its image 8 % of each range to the lower left.
    const lowest = ({ values: [values] }: FidelityPool) => {
      const row = values!.reduce((best, value, i) => (value > values![best]! ? i : best), 0);
      return Object.values(target.campaign.space.pool!.designs.at(row)!) as number[];
    };
    const minima = [
      [-Math.PI, 12.275],
      [Math.PI, 2.275],
      [9.42478, 2.475],
    ];
    const isNear = ([x, y]: number[], dx: number, dy: number) =>
      minima.some(([a, b]) => Math.hypot(x! + dx - a!, y! + dy - b!) < 0.8);
    expect(isNear(lowest(target), 0, 0)).toBe(true);
    expect(isNear(lowest(moved), 0.08 * 15, 0.08 * 15)).toBe(true);
  });
});
