import { describe, expect, it } from 'vitest';
import { fitRecordSchema } from '../../../models/domain/fit-record.js';

const member = { name: 'gp', weight: 1, score: 0, hyperparameters: [0.5, -1], logPosterior: -3, jitter: 0 };

describe('record of a fit', () => {
  it('is read back as it was written', () => {
    const fit = {
      round: 3,
      surrogate: 'ensemble',
      observations: 12,
      members: [member, { ...member, name: 'adaptive-gp', choice: 'rbf on log' }],
      approximation: 'subset 2000 of 3500',
    };
    expect(fitRecordSchema.parse(JSON.parse(JSON.stringify(fit)))).toEqual(fit);
  });

  it('of a single surrogate, from before there were ensembles, becomes one of one member', () => {
    const { hyperparameters, logPosterior, jitter } = member;
    const earlier = { round: 3, surrogate: 'gp', observations: 12, hyperparameters, logPosterior, jitter };
    expect(fitRecordSchema.parse(earlier)).toEqual({ round: 3, surrogate: 'gp', observations: 12, members: [member] });
  });

  it('is passed on with what a later version adds, anywhere in it', () => {
    const added = { round: 3, surrogate: 'gp', observations: 12, members: [{ ...member, later: 1 }], later: 2 };
    expect(fitRecordSchema.parse(added)).toEqual(added);
    const { hyperparameters, logPosterior, jitter } = member;
    const earlier = { round: 3, surrogate: 'gp', observations: 12, hyperparameters, logPosterior, jitter, later: 2 };
    expect(fitRecordSchema.parse(earlier)).toMatchObject({ later: 2, members: [member] });
  });

  it('is refused where parts are missing', () => {
    expect(fitRecordSchema.safeParse({ round: 3, surrogate: 'gp', observations: 12 }).success).toBe(false);
    expect(fitRecordSchema.safeParse({ round: 3, surrogate: 'gp', observations: 12, members: [] }).success).toBe(false);
  });
});
