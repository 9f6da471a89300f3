import { expect, it } from 'vitest';
import { logEiPerCost } from '../../../../models/acquisition/log-ei-per-cost.js';
import { thompson } from '../../../../models/acquisition/thompson.js';
import { plainRule } from '../../../../models/strategy/rules/plain.js';
import { describeRuleLaws } from '../../../laws/rule.js';
import { ruleWorld } from '../../../support/rule-world.js';

describeRuleLaws('of log expected improvement', plainRule(logEiPerCost));
describeRuleLaws('of a joint draw', plainRule(thompson));

it('asks members of large weight alone', async () => {
  const { situation, open } = await ruleWorld(true);
  const [member] = situation.members;
  const stray = { ...member!, weight: 0.01, incumbent: 1e3 };
  const rule = plainRule(logEiPerCost);
  const members = [{ ...member!, weight: 0.99 }, stray];
  const chosen = await rule.next({ ...situation, members }, open);
  const { rowId, level } = (await rule.next(situation, open))!;
  expect(chosen).toMatchObject({ rowId, level });
});
