import { describe, expect, it } from 'vitest';
import type { Design } from '../../../models/domain/design.js';
import { designKey } from '../../../models/domain/design.js';
import { asWritten } from '../../../models/domain/written.js';
import { alreadyRun } from '../../../models/strategy/already-run.js';
import { Planner } from '../../../models/strategy/ask-tell.js';
import { prepareSpace } from '../../../models/strategy/candidates.js';
import { someCampaign } from '../../support/campaigns.js';

const parameters = [
  { name: 'heat', type: 'continuous' as const, bounds: [20, 120] as [number, number] },
  { name: 'time', type: 'integer' as const, bounds: [1, 8] as [number, number] },
  { name: 'base', type: 'categorical' as const, levels: ['a', 'b'] },
];
const space = { parameters, pool: null };
const place = (heat: number, time: number, base: string) => ({ design: { heat, time, base }, rowId: null });

describe('alreadyRun', () => {
  it('finds places as they are, each as often as it was run, and the nearest within a hundredth of every range', async () => {
    const prepared = await prepareSpace(space);
    const places = [
      place(53.65, 3, 'a'),
      place(53.65, 3, 'a'),
      place(70.02, 3, 'a'),
      place(70.5, 3, 'a'),
      place(90, 3, 'a'),
    ];
    const asked = [place(53.65, 3, 'a'), place(70, 3, 'a'), place(90, 4, 'a'), place(90, 3, 'b'), place(91.1, 3, 'a')];
    expect([...alreadyRun(prepared, places, asked)]).toEqual([places[0], places[2]]);
    expect([...alreadyRun(prepared, places, [place(91, 3, 'a'), place(89.5, 3, 'a')])]).toEqual([places[4]]);
  });
});

const campaignWith = (strategy: object) =>
  someCampaign({ budget: { trials: 40 }, strategy, fidelities: [{ name: 'lab', adapter: 'problem', cost: 1 }] }, space);

/** Designs of five rounds of three, when every design is told as a person has it: in their digits, without ids. */
async function told(strategy: object, asRun: (design: Design) => Design) {
  const results: { design: Design; value: number }[] = [];
  const meant: { design: Design; kind: string }[] = [];
  for (let round = 0; round < 5; round++) {
    const planner = new Planner(campaignWith(strategy));
    planner.tell(results);
    for (const { design, reason } of (await planner.ask(3)).proposals) {
      meant.push({ design, kind: reason.kind });
      results.push({ design: asRun(asWritten({ parameters }, [design])[0]!), value: (design.heat as number) / 100 });
    }
  }
  return meant;
}

describe('an initial sample that people run', () => {
  const ways: [way: string, asRun: (design: Design) => Design][] = [
    ['in the digits that it is told with', (design) => design],
    ['at whole degrees', (design) => ({ ...design, heat: Math.round(design.heat as number) })],
  ];
  it.each(ways)('goes on where it was left, when run %s', async (_, asRun) => {
    const strategy = { initial: { trials: 9 } };
    const meant = await told(strategy, asRun);
    const { proposals } = await new Planner(campaignWith(strategy)).ask(9);
    expect(meant.slice(0, 9).map(({ design }) => design)).toEqual(proposals.map(({ design }) => design));
    expect(meant.slice(9).filter(({ kind }) => kind === 'initial')).toEqual([]);
  });

  it.each(ways)('and a random search draws nothing twice, when run %s', async (_, asRun) => {
    const meant = await told({ initial: { trials: 3 }, acquisition: 'random' }, asRun);
    expect(new Set(meant.map(({ design }) => designKey(design))).size).toBe(15);
  });
});
