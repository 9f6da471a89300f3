import { describe, expect, it } from 'vitest';
import { typeOf } from '../../models/domain/parameters/parameter.js';
import { placeKey } from '../../models/strategy/candidates.js';
import type { Visit } from '../../models/strategy/history.js';
import type { Rule } from '../../models/strategy/rules/contract.js';
import { ruleWorld } from '../support/rule-world.js';

/** What every rule keeps to. */
export function describeRuleLaws(name: string, rule: Rule): void {
  describe.each([true, false])(`the rule ${name}, on a list: %s`, (listed) => {
    it('proposes what is open, never twice the same, with each proposal in flight for the next', async () => {
      const asked: Visit[] = [];
      for (let i = 0; i < 4; i++) {
        const { situation, open } = await ruleWorld(listed, asked);
        const choice = (await rule.next(situation, open))!;
        expect(open.levels).toContain(choice.level);
        for (const parameter of situation.prepared.space.parameters)
          expect(typeOf(parameter).refuses(parameter, choice.design[parameter.name]!)).toBeNull();
        const key = (visit: Pick<Visit, 'level' | 'rowId' | 'design'>) => `${visit.level} ${placeKey(visit)}`;
        expect(situation.visits.map(key)).not.toContain(key(choice));
        asked.push({ trialId: '', ...choice, turned: [], noises: [], pending: true });
      }
    });

    it('chooses the same in the same situation', async () => {
      const once = async () => {
        const { situation, open } = await ruleWorld(listed);
        return rule.next(situation, open);
      };
      expect(await once()).toEqual(await once());
    });

    it('keeps to the levels that are open, and is null where everything is too dear', async () => {
      const { situation, open } = await ruleWorld(listed);
      expect((await rule.next(situation, open.at([1])))!.level).toBe(1);
      const dear = await ruleWorld(listed, [], { isTooDear: () => true });
      expect(await rule.next(dear.situation, dear.open)).toBeNull();
    });
  });
}
