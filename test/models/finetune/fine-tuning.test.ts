import { describe, expect, it } from 'vitest';
import { FineTuning } from '../../../models/finetune/fine-tuning.js';
import { type FineTunePlan, type FineTuneSettings, usualSettings } from '../../../models/finetune/plan.js';
import { openSession } from '../../../models/onnx/runtime.js';
import { tokenFeeds } from '../../../models/pretrained/token-feeds.js';
import { tokenizerOf } from '../../../models/pretrained/tokenizers/tokenizers.js';
import { realModel } from '../../support/models-folder.js';
import { hasOnnxRuntime } from '../../support/screen-models.js';
import { type TinyTransformer, tinyFeeds, tinyTexts, tinyTransformer } from '../../support/tiny-transformer.js';

const present = await hasOnnxRuntime();
const albert = realModel('rxnmapper-albert');
const shape: TinyTransformer = { layers: 3, width: 8, heads: 2, vocabulary: 12, shared: true };
const tokens = tinyTexts(60, shape, 4);
/** How many tokens are divisible by three. */
const value = (row: readonly number[]) => row.filter((token) => token % 3 === 0).length;
const labels = tokens.flatMap((row, molecule) => [
  { molecule, level: 0, value: value(row) },
  ...(molecule % 2 === 0 ? [{ molecule, level: 1, value: 100 - 20 * value(row) + (molecule % 7) }] : []),
]);

function planOf(settings: Partial<FineTuneSettings> = {}, more: Partial<FineTunePlan> = {}): FineTunePlan {
  return {
    model: tinyTransformer(shape, 1),
    ids: 'input_ids',
    output: 'pool3',
    pooling: 'mean',
    tokens,
    feeds: tinyFeeds,
    labels,
    levelWeights: [1, 0.5],
    evenIfFew: true,
    settings: { ...usualSettings, layers: 1, seed: 5, batch: 8, epochs: 4, chunk: 4, rate: 0.01, ...settings },
    ...more,
  };
}

async function learn(plan: FineTunePlan) {
  const tuning = await FineTuning.open(plan);
  const states = [await tuning.begin()];
  const told = [];
  for (let done = false; !done; ) {
    const { state, figures } = await tuning.advance(states.at(-1)!);
    states.push(state);
    told.push(figures);
    ({ done } = figures);
  }
  const tuned = await tuning.finish(states.at(-1)!);
  await tuning.close();
  return { states, told, tuned };
}

async function outputsOf(model: Uint8Array, rows: readonly (readonly number[])[], length: number) {
  const session = (await openSession(model))!;
  const found = await session.run(tinyFeeds(rows, length));
  await session.release();
  return found;
}

describe.runIf(present)('FineTuning', () => {
  it('goes on from any state as undisturbed, and gives the same bits for a seed', async () => {
    const plan = planOf();
    const { states, told, tuned } = await learn(plan);
    // Six steps an epoch in chunks of four end with it.
    expect(told.map(({ step }) => step).slice(0, 4)).toEqual([4, 6, 10, 12]);
    const again = await FineTuning.open({ ...plan, model: Buffer.from(plan.model) });
    expect(await again.begin()).toEqual(states[0]);
    for (const at of [0, 1, 4]) {
      // As a file would give it.
      let state: Uint8Array = Buffer.concat([Buffer.alloc(1), states[at]!]).subarray(1);
      for (let i = at; i < told.length; i++) {
        const next = await again.advance(state);
        expect(next.figures).toEqual(told[i]);
        ({ state } = next);
      }
      expect(state).toEqual(states.at(-1));
    }
    expect((await again.finish(states.at(-1)!)).model).toEqual(tuned.model);
    // What is done stays as it is.
    const last = await again.advance(states.at(-1)!);
    expect(last.state).toBe(states.at(-1));
    expect(last.figures).toMatchObject({ done: true, loss: null });
    await again.close();
    expect((await learn(planOf({ seed: 6 }))).tuned.model).not.toEqual(tuned.model);
  });

  it('learns what frozen embeddings do not tell, and keeps what foretold the molecules held out best', async () => {
    const { told, tuned } = await learn(planOf({ epochs: 25, patience: 3, layers: 2 }));
    const judged = told.flatMap(({ heldOut, step }) => (heldOut === null ? [] : [{ ...heldOut, step }]));
    const { best } = told.at(-1)!;
    const least = judged.reduce((a, b) => (b.error < a.error ? b : a));
    expect(best).toEqual({ step: least.step, error: least.error });
    expect(told[0]!.best!.step).toBe(0);
    expect(best!.error).toBeLessThan(0.8 * told[0]!.best!.error);
    // The heads say the same of the merged model's output, in the units of the labels.
    const { heads } = tuned;
    const rows = (await outputsOf(tuned.model, tokens, 8)).pool3!.data as Float32Array;
    for (const [level, head] of heads.entries()) {
      const own = labels.filter((label) => label.level === level);
      const mean = own.reduce((sum, label) => sum + label.value, 0) / own.length;
      const errors = own.map(({ molecule, value }) => {
        const foretold = head.weights.reduce((sum, w, j) => sum + w * rows[molecule * 8 + j]!, head.offset);
        return [(foretold - value) ** 2, (value - mean) ** 2] as const;
      });
      const [left, total] = [0, 1].map((k) => errors.reduce((sum, error) => sum + error[k as 0 | 1], 0)) as [
        number,
        number,
      ];
      expect(left).toBeLessThan(0.5 * total);
    }
  });

  it('stops when the molecules held out have not been foretold better for some epochs', async () => {
    const { told } = await learn(planOf({ epochs: 200, patience: 2, rate: 0.2, decay: 0 }));
    const last = told.at(-1)!;
    expect(last.step).toBeLessThan(last.steps);
    expect(last.step - last.best!.step).toBe(2 * 6);
  });

  it('changes the learned layers of shared weights alone, and leaves the model as it was before a step', async () => {
    const plan = planOf();
    const tuning = await FineTuning.open(plan);
    const untouched = await tuning.finish(await tuning.begin());
    await tuning.close();
    const { tuned } = await learn(planOf({ heldOut: 0 }));
    const [stored, first, last] = await Promise.all(
      [plan.model, untouched.model, tuned.model].map((model) => outputsOf(model, tokens.slice(0, 9), 8)),
    );
    expect(first).toEqual(stored);
    for (const name of ['pool0', 'pool1', 'pool2']) expect(last![name]).toEqual(stored![name]);
    expect(last!.pool3).not.toEqual(stored!.pool3);
  });

  const variants: readonly (readonly [
    string,
    Partial<FineTuneSettings>,
    Partial<TinyTransformer>,
    Partial<FineTunePlan>,
  ])[] = [
    ['all weights', { method: { kind: 'full' }, rate: 0.005 }, {}, {}],
    ['normalised first', { layers: 2 }, { normalFirst: true, shared: false }, {}],
    ['as exporters write it', { layers: 3 }, { exported: true }, {}],
    [
      'all weights as exporters write them',
      { method: { kind: 'full' }, rate: 0.005 },
      { exported: true, normalFirst: true },
      {},
    ],
    ['likelihood', { loss: { kind: 'nll', beta: 0 } }, {}, { output: 'pool2' }],
    ['likelihood weighed', { loss: { kind: 'nll', beta: 0.5 } }, {}, { output: 'last_hidden_state' }],
    ['first token', { heldOut: 0 }, {}, { output: 'last_hidden_state', pooling: 'cls' }],
  ];
  for (const [name, settings, model, more] of variants)
    it(`gives a merged model that says what was learned: ${name}`, async () => {
      const own = tinyTransformer({ ...shape, ...model }, 2);
      const { told, tuned } = await learn(planOf({ epochs: 5, ...settings }, { model: own, ...more }));
      expect(tuned.difference).toBeLessThan(1e-5);
      // Chunks of four and two steps make an epoch.
      const epoch = (last: number) => (4 * told.at(last - 1)!.loss! + 2 * told.at(last)!.loss!) / 6;
      expect(epoch(-1)).toBeLessThan(epoch(1));
      expect(Object.keys(await outputsOf(tuned.model, tokens, 8))).toEqual(
        Object.keys(await outputsOf(own, tokens, 8)),
      );
      expect(tuned.model).not.toEqual(own);
    });

  it('ends with the step at which a loss is not finite', async () => {
    const tuning = await FineTuning.open(
      planOf({ layers: 1, rate: 1, decay: 0, method: { kind: 'lora', rank: 8, alpha: 2.4e39 } }),
    );
    let state = await tuning.begin();
    const run = async () => {
      for (let i = 0; i < 20; i++) ({ state } = await tuning.advance(state));
    };
    await expect(run()).rejects.toThrow(/loss of step \d+ is (NaN|Infinity)/);
    await tuning.close();
    const wrong = planOf(
      {},
      {
        feeds: (ids, t) => ({
          ...tinyFeeds(ids, t),
          attention_mask: tinyFeeds([[], ...ids.slice(1)], t).attention_mask!,
        }),
      },
    );
    await expect(FineTuning.open(wrong)).rejects.toThrow(/molecule 0 .* not finite/);
  });

  it('refuses states of others, and bytes that are none', async () => {
    const tuning = await FineTuning.open(planOf());
    const state = await tuning.begin();
    const other = await FineTuning.open(planOf({}, { labels: labels.slice(1) }));
    await expect(other.advance(state)).rejects.toThrow(/of another fine-tuning/);
    await other.close();
    await expect(tuning.advance(new Uint8Array(3))).rejects.toThrow(/no state of fine-tuning/);
    await expect(tuning.finish(state.slice(0, -4))).rejects.toThrow(/bytes, where/);
    await tuning.close();
  });

  it('says what of a plan cannot be followed', async () => {
    const refused = (plan: FineTunePlan) => expect(FineTuning.open(plan)).rejects;
    await refused(planOf({}, { evenIfFew: false })).toThrow(/90 labels are fewer than the 100/);
    await refused(planOf({ layers: 4 })).toThrow(/'pool3' has 3 layers/);
    await refused(planOf({}, { output: 'pool9' })).toThrow(/no output 'pool9'/);
    await refused(planOf({}, { feeds: (ids, t) => ({ input_ids: tinyFeeds(ids, t).input_ids! }) })).toThrow(
      /'attention_mask'/,
    );
    await refused(planOf({}, { model: new Uint8Array([1, 2, 3]) })).toThrow(/protobuf/);
  });
});

describe.runIf(present && albert !== null)('FineTuning of a stored ALBERT', () => {
  it('learns its last layer, and merges it', async () => {
    const { manifest, files } = albert!;
    const tokenizer = (await tokenizerOf(albert!))!;
    const texts = ['CCO', 'CCN', 'c1ccccc1', 'CC(=O)O', 'CCCl', 'CC(C)O', 'CCOCC', 'NCCO'];
    const { told, tuned } = await learn({
      model: files.get('model.onnx')!,
      ids: 'input_ids',
      output: 'pool4',
      pooling: 'mean',
      tokens: texts.map((text) => tokenizer.tokens(text).ids),
      feeds: (ids, length) => tokenFeeds(manifest, ids, { tokens: length, pad: tokenizer.pad }),
      labels: texts.map((text, molecule) => ({ molecule, level: 0, value: text.length })),
      levelWeights: [1],
      evenIfFew: true,
      settings: { ...usualSettings, seed: 1, layers: 1, batch: 4, epochs: 2, heldOut: 0.25 },
    });
    expect(tuned.difference).toBeLessThan(1e-4);
    expect(told.at(-1)!.step).toBe(4);
  });
});
