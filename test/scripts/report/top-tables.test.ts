import { expect, test } from 'vitest';
import { bestTrials } from '../../../scripts/report/top-tables.js';
import { someRecord } from '../../support/record.js';

test('the best are told where they were run, which is not where they were asked for when another design was achieved', () => {
  const record = someRecord([{ value: 1 }, { value: 3 }]);
  const [first, second] = record.trials as [(typeof record.trials)[0], (typeof record.trials)[0]];
  const achieved = { molecule: 'CCO' };
  const trials = [first, { ...second, observation: { ...second.observation!, achieved } }];
  expect(bestTrials({ ...record, trials }).map(({ id, place, value }) => [id, place.design, value])).toEqual([
    ['some/r2/p1', achieved, 3],
    ['some/r1/p1', first.proposal.design, 1],
  ]);
});
