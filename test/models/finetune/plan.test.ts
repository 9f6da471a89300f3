import { describe, expect, it } from 'vitest';
import {
  checkPlan,
  type FineTunePlan,
  fewestLabels,
  planIdentity,
  usualSettings,
} from '../../../models/finetune/plan.js';

const labels = Array.from({ length: fewestLabels }, (_, molecule) => ({ molecule, level: 0, value: molecule }));
const plan: FineTunePlan = {
  model: Uint8Array.of(1),
  ids: 'ids',
  output: 'y',
  pooling: 'mean',
  tokens: labels.map(() => [1]),
  feeds: () => ({}),
  labels,
  levelWeights: [1],
  settings: { ...usualSettings, seed: 0 },
};

describe('checkPlan', () => {
  it('takes the usual settings, and few labels where it is asked to', () => {
    expect(() => checkPlan(plan)).not.toThrow();
    const few = { ...plan, labels: labels.slice(1) };
    expect(() => checkPlan(few)).toThrow(/99 labels are fewer than the 100/);
    expect(() => checkPlan({ ...few, evenIfFew: true })).not.toThrow();
    expect(() => checkPlan({ ...plan, labels: [], evenIfFew: true })).toThrow(/no label to learn from/);
  });

  it('names every setting that is out of its range', () => {
    const settings = {
      seed: -1,
      layers: 0,
      batch: 1.5,
      epochs: 0,
      patience: 0,
      chunk: 0,
      heldOut: 0.9,
      rate: 0,
      decay: -1,
      loss: { kind: 'nll', beta: 2 },
      method: { kind: 'lora', rank: 0, alpha: Number.NaN },
    } as const;
    const wrong = { ...plan, settings, levelWeights: [-1], tokens: [[]] };
    for (const name of [
      ...Object.keys(settings).slice(0, 9),
      'loss.beta',
      'method.rank',
      'method.alpha',
      'levelWeights[0]',
      'tokens[0]',
    ])
      expect(() => checkPlan(wrong), name).toThrow(name);
    expect(() => checkPlan(wrong)).toThrow(/14 faults/);
  });
});

describe('planIdentity', () => {
  it('differs wherever what is learned may', () => {
    const others: Partial<FineTunePlan>[] = [
      {},
      { model: Uint8Array.of(2) },
      { output: 'z' },
      { labels: labels.slice(1) },
      { tokens: [[2]] },
      { settings: { ...plan.settings, rate: 0.5 } },
    ];
    expect(new Set(others.map((other) => planIdentity({ ...plan, ...other }))).size).toBe(others.length);
  });
});
