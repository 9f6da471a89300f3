import { expect, it } from 'vitest';
import type { Visit } from '../../../../models/strategy/history.js';
import { asksSurrogates } from '../../../../models/strategy/rules/round.js';
import { someCampaign } from '../../../support/campaigns.js';

const { spec } = someCampaign();
const visit = (level: number, turned: readonly number[]): Visit => ({
  ...{ trialId: '', design: { x: 0, y: 0 }, rowId: null, noises: [], pending: turned.length === 0 },
  ...{ level, turned },
});

it('asks surrogates once something is measured at the target, and never where designs are to be random', () => {
  expect(asksSurrogates(spec, [])).toBe(false);
  expect(asksSurrogates(spec, [visit(0, [1]), visit(1, [])])).toBe(false);
  expect(asksSurrogates(spec, [visit(1, [1])])).toBe(true);
  expect(asksSurrogates({ ...spec, strategy: { acquisition: 'random' } }, [visit(1, [1])])).toBe(false);
  expect(asksSurrogates({ ...spec, strategy: { acquisition: 'ucb' } }, [visit(1, [1])])).toBe(true);
});
