import { describe, expect, it } from 'vitest';
import type { CampaignSpec } from '../../../../models/domain/campaign.js';
import { goalsOf } from '../../../../models/domain/standing.js';
import { encodedAt } from '../../../../models/strategy/candidates.js';
import type { Rule, Situation } from '../../../../models/strategy/rules/contract.js';
import { ruleNamed } from '../../../../models/strategy/rules/rules.js';
import { referenceOf, severalGoals } from '../../../../models/strategy/rules/several-goals.js';
import { Ensemble } from '../../../../models/surrogate/ensemble.js';
import { gp } from '../../../../models/surrogate/surrogates.js';
import { describeRuleLaws } from '../../../laws/rule.js';
import { ruleWorld } from '../../../support/rule-world.js';

/** The situation with a second outcome, (x − 0.8)² + 0.2·y, and what is wanted of it. */
async function withSecond({ situation }: { situation: Situation }, wanted: Partial<CampaignSpec>): Promise<Situation> {
  const second = ({ x, y }: Record<string, unknown>) => ((x as number) - 0.8) ** 2 + 0.2 * (y as number);
  const measured = situation.visits.filter(({ pending }) => !pending);
  const training = {
    designs: encodedAt(situation.prepared, measured),
    levels: Int32Array.from(measured, ({ level }) => level),
    losses: Float64Array.from(measured, ({ design }) => second(design)),
    levelCount: 2,
    finite: false,
  };
  const contenders = [{ type: gp, logOdds: () => 0 }];
  const ensemble = await Ensemble.fit(contenders, training, { seed: 1, previous: [], optimise: true });
  const visits = situation.visits.map((visit) =>
    visit.pending ? visit : { ...visit, turned: [...visit.turned, second(visit.design)] },
  );
  return {
    ...situation,
    visits,
    believed: visits,
    spec: { ...situation.spec, ...wanted },
    further: new Map([['g', ensemble]]),
  };
}

const both = (spec: CampaignSpec): Partial<CampaignSpec> => ({
  objectives: [
    ...spec.objectives.map((one) => ({ ...one, direction: 'minimise' as const })),
    { name: 'g', direction: 'minimise' },
  ],
});

/** A rule on the same world with a second outcome. */
const wanting = (rule: Rule, wanted: (spec: CampaignSpec) => Partial<CampaignSpec>): Rule => ({
  next: async (situation, open) => rule.next(await withSecond({ situation }, wanted(situation.spec)), open),
});

describeRuleLaws('of several goals with one objective', ruleNamed('log-nehvi', false));
describeRuleLaws('of the hypervolume', wanting(severalGoals('log-nehvi'), both));
describeRuleLaws('of a random merit', wanting(severalGoals('log-nparego'), both));
describeRuleLaws(
  'of a bound that nothing keeps',
  wanting(severalGoals('log-nehvi'), () => ({ outcomes: [{ name: 'g', max: -1 }] })),
);

describe('several goals', () => {
  it('go between the optima of the two objectives, where that of the first alone goes for its own', async () => {
    const { situation, open } = await ruleWorld(false);
    const alone = (await ruleNamed('log-nehvi', false).next(situation, open.at([1])))!;
    expect(Math.abs((alone.design.x as number) - 0.3)).toBeLessThan(0.15);
    const chosen = (await severalGoals('log-nehvi').next(
      await withSecond({ situation }, both(situation.spec)),
      open.at([1]),
    ))!;
    expect(chosen.design.x).toBeGreaterThan(0.25);
    expect(chosen.design.x).toBeLessThan(0.85);
    expect(chosen.design.y).toBeLessThan(0.6);
  });

  it('seek what keeps a bound where nothing does yet', async () => {
    const { situation, open } = await ruleWorld(false);
    const bounded = await withSecond({ situation }, { outcomes: [{ name: 'g', max: -1 }] });
    const chosen = (await severalGoals('log-nehvi').next(bounded, open.at([1])))!;
    expect(Math.abs((chosen.design.x as number) - 0.8)).toBeLessThan(0.2);
    expect(chosen.design.y).toBeLessThan(0.2);
  });

  it('count from the values that the file gives, and from the front where it gives none', async () => {
    const { situation } = await ruleWorld(true);
    const { spec } = await withSecond({ situation }, both(situation.spec));
    const goals = { ...goalsOf(spec), bounds: [] };
    const trials = [
      { losses: [0, 10], feasible: true },
      { losses: [5, 0], feasible: true },
    ];
    expect([...referenceOf(spec, goals, trials)]).toEqual([5.5, 11]);
    const given = { ...spec, objectives: [spec.objectives[0]!, { ...spec.objectives[1]!, reference: 42 }] };
    expect([...referenceOf(given, goals, trials)]).toEqual([5.5, 42]);
  });
});
