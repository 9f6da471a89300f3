import { describe, expect, it } from 'vitest';
import { Generator } from '../../../../models/random/generator.js';
import { visitsOf } from '../../../../models/strategy/history.js';
import { type JudgedFold, judgeVersions } from '../../../../models/strategy/tuning/judge.js';
import { molecularLabels } from '../../../../models/strategy/tuning/labels.js';
import { chainRecord, chainValue } from '../../../support/tiny-tunable.js';

const { campaign, trials } = chainRecord({ cheap: 24, exact: 24 });
const { target, on } = molecularLabels(campaign, visitsOf(campaign, trials, []));
const smiles = target.rows.map((row) => row.smiles);
const random = new Generator(3, 'codes');
const noise = new Map(smiles.map((one) => [one, [random.normal(), random.normal(), random.normal()]]));
const telling = new Map(smiles.map((one) => [one, [chainValue(one), random.normal(), random.normal()]]));
const parts = [0, 1, 2].map((part) => new Set(smiles.filter((_, i) => i % 3 === part)));
const judge = (tuned: JudgedFold['tuned']) =>
  judgeVersions(
    target,
    parts.map((molecules) => ({ molecules, inUse: noise, tuned })),
    { on, seed: 1, random: noise },
  );

describe('judgeVersions', () => {
  it('finds a version that tells of the values better than one that is noise, and the other way round worse', async () => {
    const better = await judge(telling);
    expect(better).toMatchObject({ folds: 3, molecules: 24, values: 24 });
    expect(better.gain).toBeGreaterThan(2 * better.error);
    expect(better.tuned - better.inUse).toBeCloseTo(better.gain, 10);
    // The controls: codes that are as much noise, and none at all.
    expect(better.random).toBe(better.inUse);
    expect(better.tuned).toBeGreaterThan(better.classical);
    const worse = await judgeVersions(
      target,
      parts.map((molecules) => ({ molecules, inUse: telling, tuned: noise })),
      { on, seed: 1, random: noise },
    );
    expect(worse.gain).toBeCloseTo(-better.gain, 10);
  });

  it('finds no difference between a version and itself', async () => {
    expect(await judge(noise)).toMatchObject({ gain: 0, error: 0 });
  });
});
