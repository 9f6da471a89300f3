import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { toFailure } from '../../activities/failures.js';
import { AdapterError, ContractError, NumericalError } from '../../models/domain/errors.js';

const coded = (code: string) => Object.assign(new Error(code), { code });
const retried = (error: unknown, attempt = 1) => !(toFailure(error, attempt) as ApplicationFailure).nonRetryable;

describe('toFailure', () => {
  it('waits for a store or device that is away, for ever', () => {
    for (const code of ['ECONNREFUSED', '57P01', '57P03', '53300', '08006', '40001'])
      expect(toFailure(coded(code), 1_000)).toMatchObject({ type: 'STORE', nonRetryable: false });
    expect(retried(new AggregateError([coded('ECONNREFUSED')]), 1_000)).toBe(true);
    expect(retried(new AdapterError('off'), 1_000)).toBe(true);
  });

  it('does not try again what would fail again', () => {
    expect(toFailure(new ContractError('no'), 1)).toMatchObject({ type: 'CONTRACT', nonRetryable: true });
    expect(toFailure(new NumericalError('no'), 1)).toMatchObject({ type: 'NUMERICAL', nonRetryable: true });
  });

  it('tries what it does not know a few times', () => {
    expect([1, 4, 5].map((attempt) => retried(new TypeError('what'), attempt))).toEqual([true, true, false]);
    expect(retried('text', 1)).toBe(true);
    expect(retried(coded('23505'), 5)).toBe(false);
  });

  it('leaves Temporal its own, and keeps messages short', () => {
    const failure = ApplicationFailure.create({ message: 'mine' });
    expect(toFailure(failure, 1)).toBe(failure);
    const cancelled = new CancelledFailure('CANCELLED');
    expect(toFailure(cancelled, 1)).toBe(cancelled);
    expect(toFailure(new ContractError('x'.repeat(9_000)), 1).message.length).toBeLessThanOrEqual(2_000);
  });
});
