import { expect, it } from 'vitest';
import { ruleNamed } from '../../../../models/strategy/rules/rules.js';
import { twoStep } from '../../../../models/strategy/rules/two-step.js';
import { describeRuleLaws } from '../../../laws/rule.js';
import { ruleWorld } from '../../../support/rule-world.js';

describeRuleLaws('two-step', ruleNamed('two-step', false));
describeRuleLaws('random', ruleNamed('random', false));
describeRuleLaws('of an acquisition with earlier campaigns', ruleNamed('log-ei-per-cost', true));

it('is that of two steps, or of an acquisition; with earlier campaigns it says whose turn it was', async () => {
  expect(ruleNamed('two-step', false)).toBe(twoStep);
  const { situation, open } = await ruleWorld(true);
  expect(await ruleNamed('ucb', false).next(situation, open)).not.toHaveProperty('step');
  expect(await ruleNamed('ucb', true).next(situation, open)).toHaveProperty('step', 'target');
  expect(() => ruleNamed('no such', false)).toThrow(/no such/);
});
