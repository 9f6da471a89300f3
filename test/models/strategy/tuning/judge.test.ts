import { describe, expect, it } from 'vitest';
import { Generator } from '../../../../models/random/generator.js';
import { visitsOf } from '../../../../models/strategy/history.js';
import { type JudgedPart, judgeInOrder, judgeVersions } from '../../../../models/strategy/tuning/judge.js';
import { molecularLabels } from '../../../../models/strategy/tuning/labels.js';
import { chainRecord, chainValue } from '../../../support/tiny-tunable.js';

const { campaign, trials } = chainRecord({ cheap: 24, exact: 24 });
const { target, on } = molecularLabels(campaign, visitsOf(campaign, trials, []));
const smiles = target.rows.map((row) => row.smiles);
const random = new Generator(3, 'codes');
const noise = new Map(smiles.map((one) => [one, [random.normal(), random.normal(), random.normal()]]));
const telling = new Map(smiles.map((one) => [one, [chainValue(one), random.normal(), random.normal()]]));
const parts = [0, 1, 2].map((part) => new Set(smiles.filter((_, i) => i % 3 === part)));
const judge = (tuned: JudgedPart['tuned']) =>
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
    expect(better.tuned).toBeGreaterThan(better.classical!);
    const worse = await judgeVersions(
      target,
      parts.map((molecules) => ({ molecules, inUse: telling, tuned: noise })),
      { on, seed: 1, random: noise },
    );
    expect(worse.gain).toBeCloseTo(-better.gain, 10);
  });

  it('knows descriptors without codes, too', async () => {
    const count = (one: string, atom: string) => [...one].filter((letter) => letter === atom).length;
    const value = (one: string) => count(one, 'N') + 0.5 * count(one, 'O') + 0.3 * one.length;
    const made = chainRecord({ cheap: 24, exact: 24, value });
    const { target: rows } = molecularLabels(made.campaign, visitsOf(made.campaign, made.trials, []));
    const nothing = new Map(smiles.map((one) => [one, [0]]));
    const folds = parts.map((molecules) => ({ molecules, inUse: nothing, tuned: nothing }));
    const { tuned, classical } = await judgeVersions(rows, folds, { on, seed: 1, random: 'none' });
    // A block that tells nothing takes a share of the others, which is learned, and no more; fingerprints alone give -1.28.
    expect(Math.abs(tuned - classical!)).toBeLessThan(0.1);
  });

  it('says of a control that fails why it has no figure, and judges all the same', async () => {
    const folds = parts.map((molecules) => ({ molecules, inUse: noise, tuned: telling }));
    const whole = await judge(telling);
    const lost = await judgeVersions(target, folds, { on, seed: 1, random: 'numbers that are not finite' });
    const { random: _, ...rest } = whole;
    expect(lost).toEqual({ ...rest, absent: { random: 'numbers that are not finite' } });
    const broken = new Map(smiles.map((one) => [one, [Number.NaN, 0, 1]]));
    const failed = await judgeVersions(target, folds, { on, seed: 1, random: broken });
    expect(failed).toMatchObject({ gain: whole.gain, classical: whole.classical });
    expect(failed.random === undefined).toBe(failed.absent?.random !== undefined);
  });

  it('finds no difference between a version and itself', async () => {
    expect(await judge(noise)).toMatchObject({ gain: 0, error: 0 });
  });
});

describe('judgeInOrder', () => {
  const last = new Set(smiles.slice(-8));
  const inOrder = (tuned: JudgedPart['tuned'], rows = target.rows) =>
    judgeInOrder({ ...target, rows }, { molecules: last, inUse: noise, tuned }, { on, seed: 1 });

  it('finds which version foretells the last trials better', async () => {
    const better = await inOrder(telling);
    expect(better).toMatchObject({ molecules: 8, values: 8 });
    expect(better.gain).toBeGreaterThan(better.error);
    expect(await inOrder(noise)).toMatchObject({ gain: 0, error: 0 });
  });

  it('foretells each from those before it alone', async () => {
    const { gain } = await inOrder(telling);
    // A further trial at the end, of a molecule that is not foretold, comes too late to tell.
    const more = await inOrder(telling, [...target.rows, { ...target.rows[0]!, label: 99 }]);
    expect(Math.abs(more.gain - gain)).toBeLessThan(0.1 * Math.abs(gain));
    const first = await judgeInOrder(
      target,
      { molecules: new Set(smiles.slice(-8, -7)), inUse: noise, tuned: telling },
      { on, seed: 1 },
    );
    const cut = { ...target, rows: target.rows.slice(0, -7) };
    const alone = await judgeInOrder(
      cut,
      { molecules: new Set(smiles.slice(-8, -7)), inUse: noise, tuned: telling },
      { on, seed: 1 },
    );
    // Up to the unit, which is the spread of all values.
    expect(alone.gain).toBeCloseTo(first.gain, 10);
  });
});
