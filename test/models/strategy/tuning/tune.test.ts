import { describe, expect, it } from 'vitest';
import { usualSettings } from '../../../../models/finetune/plan.js';
import type { ModelBundle } from '../../../../models/pretrained/bundle.js';
import { visitsOf } from '../../../../models/strategy/history.js';
import { molecularLabels } from '../../../../models/strategy/tuning/labels.js';
import { withNetwork } from '../../../../models/strategy/tuning/model-molecules.js';
import { type Tuned, type TuneJob, tune, verdictOf } from '../../../../models/strategy/tuning/tune.js';
import { hasOnnxRuntime } from '../../../support/screen-models.js';
import { tinyVocabulary } from '../../../support/tiny-encoder.js';
import { tinyTransformer } from '../../../support/tiny-transformer.js';
import { chainRecord, tinyTunable } from '../../../support/tiny-tunable.js';

const present = await hasOnnxRuntime();

function jobOf(more: Partial<TuneJob> = {}, parent: ModelBundle = tinyTunable()): TuneJob {
  const { campaign, trials } = chainRecord({ cheap: 40, exact: 12 });
  const { target, ...labelled } = molecularLabels(campaign, visitsOf(campaign, trials, []));
  return {
    parent,
    inUse: parent,
    output: 'pool2',
    labelled,
    target,
    seen: { parent: [], inUse: [] },
    folds: 2,
    settings: { ...usualSettings, seed: 2, layers: 1, epochs: 3, rate: 0.03, chunk: 2, heldOut: 0 },
    evenIfFew: true,
    ...more,
  };
}

async function tuned(job: TuneJob, kept: ReadonlyMap<number, Uint8Array> = new Map()) {
  const states: (readonly [number, Uint8Array])[] = [];
  const result = await tune(job, { kept, onChunk: ({ training }, state) => states.push([training, state]) });
  return { result, states };
}

describe.runIf(present)('tune', () => {
  it('trains on all values, without those of each fold and before the last trials, and goes on from what was kept to the same bits', async () => {
    const { result, states } = await tuned(jobOf());
    expect(result).toMatchObject({ against: 'inUse', refused: { count: 0 }, judged: { molecules: 12, folds: 2 } });
    expect(result.judged).toMatchObject({ prequential: { molecules: 4, values: 4 } });
    expect(result.learned).toHaveLength(40);
    expect([...new Set(states.map(([training]) => training))]).toEqual([0, 1, 2, 3]);
    const firstOf = (training: number) => states.find((one) => one[0] === training)!;
    const again = await tuned(jobOf(), new Map([firstOf(0), firstOf(1), firstOf(3)]));
    expect(again.states.length).toBe(states.length - 3);
    expect(again.result).toEqual(result);
  });

  it('learns nothing of the last trials where it foretells them, and of earlier ones what is known by then', async () => {
    const job = jobOf();
    const last = job.target.rows.at(-1)!;
    const fifth = job.target.rows.at(-5)!;
    const { labels } = job.labelled;
    const other = (at: number) => labels.map((label, i) => (i === at ? { ...label, value: label.value + 1 } : label));
    const statesOf = async (changed: typeof labels) => {
      const { states } = await tuned({ ...job, labelled: { ...job.labelled, labels: changed } });
      return new Map(states);
    };
    const before = await statesOf(labels);
    const later = await statesOf(other(last.label));
    expect(later.get(3)).toEqual(before.get(3));
    expect(later.get(0)).not.toEqual(before.get(0));
    expect((await statesOf(other(fifth.label))).get(3)).not.toEqual(before.get(3));
  });

  it('is sound though the network with random weights gives no numbers', async () => {
    const shape = { layers: 2, width: 8, heads: 2, vocabulary: tinyVocabulary.length };
    const rooted = withNetwork(tinyTunable(), tinyTransformer({ ...shape, rooted: true }, 1));
    const { result } = await tuned(jobOf({}, rooted));
    expect(result.judged).toMatchObject({ absent: { random: expect.stringMatching(/not finite/) } });
    expect(result.judged).toMatchObject({ classical: expect.any(Number), prequential: { molecules: 4 } });
  });

  it('does not judge what no epoch has made better', async () => {
    const { settings } = jobOf();
    const { result, states } = await tuned(jobOf({ settings: { ...settings, heldOut: 0.2, rate: 1e-12, epochs: 1 } }));
    expect(result.figures.best).toMatchObject({ step: 0 });
    expect(result.judged).toMatch(/^after no epoch/);
    expect(new Set(states.map(([training]) => training))).toEqual(new Set([0]));
  });

  it('judges on molecules alone that no version has learned from, else against the parent, else not at all', async () => {
    const { result } = await tuned(jobOf());
    const inUse = withNetwork(tinyTunable(), result.network);
    const later = await tuned(jobOf({ inUse, seen: { parent: [], inUse: result.learned } }));
    expect(later.result).toMatchObject({ against: 'parent', judged: { molecules: 12 } });
    expect(later.result.judged).toEqual(result.judged);
    const known = await tuned(jobOf({ seen: { parent: result.learned, inUse: [] } }));
    expect(known.result.judged).toBe('0 of the 12 molecules measured at the target can be judged on, fewer than 10');
    expect(verdictOf(known.result)).toMatchObject({ isBetter: false });
    // Trained once alone, as there is nothing to compare.
    expect(new Set(known.states.map(([training]) => training))).toEqual(new Set([0]));
  });

  it('refuses models that cannot be fine-tuned, and molecules that none of them takes', async () => {
    const parent = tinyTunable();
    const { manifest } = parent;
    const fixed = { ...manifest, inputs: { input_ids: 'int64 [batch, 12]', attention_mask: 'int64 [batch, 12]' } };
    await expect(tuned(jobOf({}, { ...parent, manifest: fixed }))).rejects.toThrow(
      /12 tokens\) and cannot be fine-tuned/,
    );
    const { unknown: _, ...tokenizer } = manifest.tokenizer as { unknown?: string };
    const strict = { ...manifest, tokenizer: { ...tokenizer, pattern: 'C|O' } } as typeof manifest;
    const { result } = await tuned(jobOf({}, { ...parent, manifest: strict }));
    // Chains without nitrogen are taken; the others have what the vocabulary lacks.
    expect(result.refused.count).toBeGreaterThan(20);
    expect(result.refused.why).toMatch(/is not in the vocabulary/);
    const none = { ...manifest, tokenizer: { ...tokenizer, pattern: '1' } } as typeof manifest;
    await expect(tuned(jobOf({}, { ...parent, manifest: none }))).rejects.toThrow(/takes none of the 40 molecules/);
  });
});

describe('verdictOf', () => {
  const of = (gain: number, error: number) =>
    verdictOf({ judged: { folds: 5, molecules: 20, values: 20, inUse: -1, tuned: gain - 1, gain, error } } as Tuned);

  it('promotes what is better by more than its error', () => {
    expect(of(0.3, 0.1)).toEqual({
      isBetter: true,
      reason: 'log score +0.300 ± 0.100 on 20 molecules in 5 folds, more than its error',
    });
    expect(of(0.3, 0.3).isBetter).toBe(false);
    expect(of(0, 0).isBetter).toBe(false);
    expect(of(-0.5, 0.1).isBetter).toBe(false);
  });

  it('does not promote what foretells the last trials worse, each from those before it', () => {
    const inOrder = (folds: number, gain: number) => {
      const paired = { molecules: 7, values: 7, inUse: -1, tuned: gain - 1, gain, error: 0.2 };
      const judged = { folds: 5, molecules: 20, values: 20, inUse: -1, tuned: folds - 1, gain: folds, error: 0.1 };
      return verdictOf({ judged: { ...judged, prequential: paired } } as Tuned);
    };
    expect(inOrder(0.3, 0.1)).toEqual({
      isBetter: true,
      reason:
        'log score +0.300 ± 0.100 on 20 molecules in 5 folds, more than its error; +0.100 ± 0.200 on the last 7 in the order of trials, which is no worse',
    });
    expect(inOrder(0.3, 0).isBetter).toBe(true);
    expect(inOrder(0.3, -0.01)).toEqual({
      isBetter: false,
      reason:
        'log score +0.300 ± 0.100 on 20 molecules in 5 folds, more than its error; but -0.010 ± 0.200 on the last 7 in the order of trials, which is worse',
    });
    expect(inOrder(0.05, 0.5).isBetter).toBe(false);
  });
});
