import { describe, expect, it } from 'vitest';
import { openTextModel } from '../../../models/pretrained/embed.js';
import { encodedDifferences, goldenDifferences, goldenOf } from '../../../models/pretrained/golden.js';
import { parseManifest } from '../../../models/pretrained/read-manifest.js';
import { realModel } from '../../support/models-folder.js';
import { tinyBundle } from '../../support/tiny-encoder.js';

describe('goldenDifferences', () => {
  it('is nothing for the values that a model gave, and says what is another', async () => {
    const plain = (await openTextModel(tinyBundle()))!;
    expect(await goldenDifferences(plain)).toEqual([]);
    const golden = await goldenOf(plain, ['CCO', 'c1ccccc1'], ['pool1', 'last_hidden_state:mean']);
    const { manifest } = tinyBundle({}, { golden });
    expect(parseManifest(JSON.parse(JSON.stringify(manifest)), 'again')).toEqual(manifest);
    expect(await goldenDifferences((await openTextModel(tinyBundle({}, { golden })))!)).toEqual([]);
    const other = (await openTextModel(tinyBundle({ seed: 2 }, { golden })))!;
    expect(await goldenDifferences(other)).toHaveLength(4);
    const tokens = golden.vectors.map((vector) => ({ ...vector, tokenIds: [1, 2] }));
    const told = await goldenDifferences(
      (await openTextModel(tinyBundle({}, { golden: { ...golden, vectors: tokens } })))!,
    );
    expect(told[0]).toBe("'CCO' has the tokens 1 4 4 7 2, where 1 2 are wanted");
  });
});

describe('encodedDifferences', () => {
  it('compares what an encoder gives for the recommended output', async () => {
    const golden = {
      tolerance: 0.01,
      vectors: [
        { smiles: 'CC', rowFirst8: [1, 2] },
        { smiles: 'CO', rowFirst8: [3] },
      ],
    };
    const manifest = { golden, recommendedOutput: 'row' };
    expect(await encodedDifferences(manifest, async () => [Float64Array.of(1.001, 2, 7), [3]])).toEqual([]);
    expect(await encodedDifferences(manifest, async (texts) => texts.map(() => [1, 2]))).toEqual([
      "row of 'CO' is 1 in place 0, where 3 is wanted (tolerance 0.01)",
    ]);
    expect(await encodedDifferences({ recommendedOutput: 'row' }, async () => [])).toEqual([]);
  });
});

const albert = realModel('rxnmapper-albert');

describe.skipIf(albert === null)('the ALBERT encoder of RXNMapper', () => {
  it('gives its golden values', async () => {
    const model = (await openTextModel(albert!))!;
    expect(await goldenDifferences(model)).toEqual([]);
  });

  it('gives several layers out of one run, and the same bits for a molecule wherever it stands', async () => {
    const model = (await openTextModel(albert!))!;
    const texts = ['CCO', 'CCN', 'c1ccccc1C(=O)O', 'CCO.CC(=O)O>>CC(=O)OCC', '[Na+].[Cl-]'];
    const asked = ['pool4', 'pool8', 'pool12', 'last_hidden_state:cls', 'last_hidden_state:mean'];
    const { outputs, notes } = await model.embed(texts, asked);
    expect(notes.unknown).toBe(0);
    for (const [i, text] of texts.entries()) {
      const alone = (await model.embed([text], asked)).outputs;
      for (const name of asked) expect(alone[name]!.rows).toEqual(outputs[name]!.rows.slice(i * 256, (i + 1) * 256));
    }
    for (const [i, value] of outputs.pool12!.rows.entries())
      expect(outputs['last_hidden_state:mean']!.rows[i]).toBeCloseTo(value, 5);
  });
});
