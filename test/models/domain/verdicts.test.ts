import { expect, it } from 'vitest';
import { rulingSchema } from '../../../models/domain/ruling.js';
import { causeSchema } from '../../../models/domain/trial.js';
import { causeClasses, verdicts } from '../../../models/domain/verdicts.js';

it('the words that rulings and causes use do not change by accident, and are those of their schemas', () => {
  expect(verdicts).toEqual(['release', 'amend', 'discard', 'failed', 'notStarted']);
  expect(causeClasses).toEqual(['chemistry', 'device', 'operator', 'unknown']);
  expect(rulingSchema.shape.verdict.options).toEqual(verdicts);
  expect(rulingSchema.shape.cause.unwrap().options).toEqual(causeClasses);
  expect(causeSchema.unwrap().shape.class.options).toEqual(causeClasses);
});
