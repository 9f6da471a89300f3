import { expect, it } from 'vitest';
import { returnProbabilities, walkSteps } from '../../../../models/encode/graph/walks.js';

it('walks come back as often as counting their ways says', () => {
  // A chain of three: from the middle one is at an end after each odd step; from an end one is back after even steps half of the time.
  const chain = returnProbabilities([[1], [0, 2], [1]]);
  expect([...chain.subarray(0, 4)]).toEqual([0, 0.5, 0, 0.5]);
  expect([...chain.subarray(walkSteps, walkSteps + 4)]).toEqual([0, 1, 0, 1]);
  // A triangle: p(k + 1) = (1 − p(k)) / 2.
  const triangle = returnProbabilities([
    [1, 2],
    [0, 2],
    [0, 1],
  ]);
  let p = 1;
  for (let step = 0; step < walkSteps; step++) {
    p = (1 - p) / 2;
    for (let atom = 0; atom < 3; atom++) expect(triangle[atom * walkSteps + step]).toBeCloseTo(p, 6);
  }
});

it('an atom by itself is always back, and one without bonds among others never', () => {
  expect([...returnProbabilities([[]])]).toEqual(Array(walkSteps).fill(1));
  expect([...returnProbabilities([[], [2], [1]]).subarray(0, walkSteps)]).toEqual(Array(walkSteps).fill(0));
});
