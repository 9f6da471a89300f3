import { describe, expect, it } from 'vitest';
import { openTextModel, type TextModel } from '../../../models/pretrained/embed.js';
import { tinyBundle, tinyWidth } from '../../support/tiny-encoder.js';

const texts = ['CCO', 'c1ccccc1', 'C', 'CC(=O)N', 'OCC', 'CCN', 'C=O'];

async function opened(...given: Parameters<typeof tinyBundle>): Promise<TextModel> {
  return (await openTextModel(tinyBundle(...given)))!;
}

describe('openTextModel', () => {
  it('gives the same bits for a text whatever stands beside it, and in batches of any size', async () => {
    const model = await opened();
    const asked = ['pool1', 'pool0', 'last_hidden_state:cls'];
    const whole = await model.embed(texts, asked);
    const turned = await model.embed([...texts].reverse(), asked, { tokensPerBatch: 1 });
    for (const name of asked) {
      const { rows, width } = whole.outputs[name]!;
      expect(width).toBe(tinyWidth);
      for (const [i, text] of texts.entries()) {
        const row = rows.slice(i * width, (i + 1) * width);
        const at = texts.length - 1 - i;
        expect(turned.outputs[name]!.rows.slice(at * width, (at + 1) * width)).toEqual(row);
        expect((await model.embed([text], [name])).outputs[name]!.rows).toEqual(row);
      }
    }
    expect((await model.embed([])).outputs.pool1!.rows).toHaveLength(0);
    await model.release();
  });

  it('pools as the network itself does', async () => {
    const { outputs } = await (await opened()).embed(texts, ['pool1', 'last_hidden_state:mean']);
    const own = outputs['last_hidden_state:mean']!.rows;
    for (const [i, value] of outputs.pool1!.rows.entries()) expect(own[i]).toBeCloseTo(value, 6);
  });

  it('fills up texts for a network of fixed sizes, which changes nothing', async () => {
    const free = (await (await opened()).embed(texts)).outputs.pool1!.rows;
    const fixed = await opened(
      { batch: 2, tokens: 16 },
      { inputs: { input_ids: 'int64 [2, 16]', attention_mask: 'int64 [2, 16]' } },
    );
    const { outputs } = await fixed.embed(texts, ['pool1', 'last_hidden_state:mean']);
    for (const name of ['pool1', 'last_hidden_state:mean'])
      for (const [i, value] of free.entries()) expect(outputs[name]!.rows[i]).toBeCloseTo(value, 5);
  });

  it('counts what the vocabulary lacks, and refuses what is too long', async () => {
    const model = await opened();
    const { notes } = await model.embed(['C[Fe]C', 'CSC', 'CC']);
    expect(notes).toEqual({ withUnknown: 2, unknown: 2, examples: ['[Fe]', 'S'], cut: 0 });
    await expect(model.embed(['CC', 'C'.repeat(15)])).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(/has 17 tokens .*at most 16/),
    });
    const { manifest } = model;
    const cutting = await opened({}, { tokenizer: { ...manifest.tokenizer, tooLong: 'cut' } });
    expect((await cutting.embed(['C'.repeat(15), 'CC'])).notes.cut).toBe(1);
    expect(cutting.tokens('C'.repeat(15)).ids).toEqual([1, ...Array<number>(14).fill(4), 2]);
  });

  it('names the text whose numbers are not finite', async () => {
    const model = await opened({ nanAt: 6 });
    await expect(model.embed(['CC', 'CN', 'CO'])).rejects.toMatchObject({
      code: 'NUMERICAL',
      message: expect.stringContaining("'CN'"),
    });
  });

  it('refuses outputs of another shape than the manifest says, and files that are changed', async () => {
    const wrong = await opened({}, { outputs: { pool1: 'float32 [batch, 7]' } });
    await expect(wrong.embed(['CC'])).rejects.toMatchObject({
      code: 'SHAPE',
      message: expect.stringContaining('float32 [2, 6], where its manifest says float32 [2, 7]'),
    });
    const { manifest, files } = tinyBundle();
    const other = new Map([...files, ['vocab.txt', new Uint8Array([67])]]);
    await expect(openTextModel({ manifest, files: other })).rejects.toMatchObject({ code: 'DAMAGED' });
  });

  it('says what cannot be opened or run', async () => {
    const missing = await opened({}, { inputs: { input_ids: 'int64 [batch, tokens]' } });
    await expect(missing.embed(['CC'])).rejects.toMatchObject({ code: 'CONTRACT' });
    const { manifest } = tinyBundle();
    const { sha256Of } = await import('../../../models/domain/sha256.js');
    const broken = new Uint8Array([1, 2, 3]);
    const vocabulary = tinyBundle().files.get('vocab.txt')!;
    const sha256 = { 'model.onnx': sha256Of(broken), 'vocab.txt': sha256Of(vocabulary) };
    const files = new Map([
      ['model.onnx', broken],
      ['vocab.txt', vocabulary],
    ]);
    await expect(openTextModel({ manifest: { ...manifest, sha256 }, files })).rejects.toMatchObject({
      code: 'CONTRACT',
      message: 'model.onnx of model tiny cannot be opened',
    });
  });

  it('tells how far it is, and stops between batches', async () => {
    const model = await opened();
    const told: number[] = [];
    await model.embed(texts, undefined, { tokensPerBatch: 5, onBatch: (done) => told.push(done) });
    expect(told.at(-1)).toBe(texts.length);
    expect(told.length).toBeGreaterThan(2);
    const stop = new AbortController();
    const reason = new Error('enough');
    const onBatch = () => stop.abort(reason);
    await expect(model.embed(texts, undefined, { onBatch, signal: stop.signal })).rejects.toBe(reason);
  });
});
