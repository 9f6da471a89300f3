import { expect, test } from 'vitest';
import { stopReasons, trialStates } from '../../../models/domain/record.js';

test('the words that records, exports and stored rows use do not change by accident', () => {
  expect(stopReasons).toEqual([
    ...['budgetCost', 'budgetTrials', 'wallClock', 'targetReached', 'noImprovement', 'regretBound'],
    ...['exhausted', 'failures', 'drained', 'aborted'],
  ]);
  expect(trialStates).toEqual(['proposed', 'running', 'ended', 'withdrawn']);
});
