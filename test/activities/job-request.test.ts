import { expect, it } from 'vitest';
import { jobKey, parseJobKey } from '../../activities/job-request.js';

it('makes the key of a job of trial, generation and step, and reads it back', () => {
  expect(jobKey('a/r1/p1')).toBe('a/r1/p1/g1/run');
  expect(jobKey('a/r1/p1', 2, 'anneal~undo')).toBe('a/r1/p1/g2/anneal~undo');
  for (const job of [
    { trialId: 'a/r1/p1', generation: 1, step: 'run' },
    { trialId: 'x/g7/run/r3/p12', generation: 12, step: 'anneal~undo' },
  ])
    expect(parseJobKey(jobKey(job.trialId, job.generation, job.step))).toEqual(job);
});

it.each(['', 'a/r1/p1', 'a/r1/p1/g0/run', 'a/r1/p1/g1/', 'a/r1/p1/gx/run'])('refuses what is no key: %j', (key) => {
  expect(() => parseJobKey(key)).toThrow(`'${key}' is no key of a job`);
});
