import path from 'node:path';
import { readTableFile } from '../../lab-adapters/table-file.js';
import { AthanorError } from '../../models/domain/errors.js';
import { faultText } from '../../models/domain/fault.js';
import { sha256Of } from '../../models/domain/sha256.js';
import { FineTuning } from '../../models/finetune/fine-tuning.js';
import type { FineTuned } from '../../models/finetune/merge.js';
import { type FineTunePlan, type FineTuneSettings, usualSettings } from '../../models/finetune/plan.js';
import type { ModelBundle } from '../../models/pretrained/bundle.js';
import { openTextModel } from '../../models/pretrained/embed.js';
import { modelFile } from '../../models/pretrained/manifest.js';
import { tokenFeeds } from '../../models/pretrained/token-feeds.js';
import { tokenizerOf } from '../../models/pretrained/tokenizers/tokenizers.js';
import { Generator } from '../../models/random/generator.js';
import { manifestFile, readBundle, readManifest } from '../models/home-models.js';
import type { BenchOptions, BenchResult } from './contract.js';
import { cpuSeconds } from './cpu-seconds.js';
import { type MeanAndError, meanAndError, showMean } from './mean-and-error.js';

/** Molecules with labels, and those judged at most; passes over the molecules; most CPU seconds of that, and of any split. */
const [labelled, judgedMost, epochs, mostSeconds] = [200, 300, 10, 60];

/** Data sets with the column that is learned; which output of the encoder, and how many layers before it. */
const sets = [
  { name: 'freesolv', column: 'hf' },
  { name: 'esol', column: 'log_s' },
] as const;
const cuts = [
  { output: 'pool4', layers: 2 },
  { output: 'pool12', layers: 2 },
  { output: 'pool12', layers: 4 },
] as const;

/** What fine-tuning does for molecules that it has not seen, over the splits. */
interface FineTuneRow {
  readonly set: string;
  readonly output: string;
  readonly layers: number;
  /** Share of the variance that is explained by linear heads on embeddings as they were stored, and fine-tuned. */
  readonly frozen: MeanAndError;
  readonly tuned: MeanAndError;
  /** Largest difference of the merged model from the graph that was trained. */
  readonly difference: number;
  readonly seconds: number;
}

/**
 * Low-rank fine-tuning of the last layers of a stored transformer on 200 labels for 10 epochs: CPU seconds in all, what the merged model
 * differs from what was trained, and what of unseen molecules is foretold before and after.
 */
export async function benchFineTune(
  log: (line: string) => void,
  { transformer, pools, seeds, only }: BenchOptions,
): Promise<BenchResult> {
  if (transformer === undefined || pools === undefined)
    return { figures: null, lines: ['nothing to fine-tune: give --transformer and --pools'] };
  const bundle = await readBundle(transformer, await readManifest(path.join(transformer, manifestFile)));
  const rows: FineTuneRow[] = [];
  for (const { name, column } of sets.filter((set) => only?.includes(set.name) ?? true)) {
    const molecules = await moleculesOf(path.join(pools, name, 'data.csv'), column);
    for (const cut of cuts) {
      const row = await fineTuned(bundle, molecules, cut, seeds);
      rows.push({ set: name, ...cut, ...row });
      log(line(rows.at(-1)!));
    }
  }
  const slowest = Math.max(...rows.map(({ seconds }) => seconds));
  return {
    figures: { labels: labelled, epochs, splits: seeds, rows },
    lines: [
      `R² of unseen molecules, embeddings as stored / fine-tuned, ${labelled} labels, ${epochs} epochs, ${seeds} splits`,
      ...rows.map(line),
    ],
    missed: slowest > mostSeconds ? [`a fine-tuning took ${slowest.toFixed(1)} CPU s, more than ${mostSeconds}`] : [],
  };
}

interface Measured {
  readonly smiles: string;
  readonly value: number;
}

async function fineTuned(
  bundle: ModelBundle,
  molecules: readonly Measured[],
  { output, layers }: (typeof cuts)[number],
  splits: number,
): Promise<Omit<FineTuneRow, 'set' | 'output' | 'layers'>> {
  const found: { frozen: number; tuned: number; difference: number; seconds: number }[] = [];
  const tokenizer = (await tokenizerOf(bundle))!;
  for (let seed = 0; seed < splits; seed++) {
    const order = [...new Generator(seed, 'fine-tuned').permutation(molecules.length)].map((i) => molecules[i]!);
    const [known, rest] = [order.slice(0, labelled), order.slice(labelled, labelled + judgedMost)];
    const settings: FineTuneSettings = { ...usualSettings, seed, layers, epochs, patience: epochs };
    const plan: FineTunePlan = {
      model: bundle.files.get(modelFile(bundle.manifest))!,
      ids: 'input_ids',
      output,
      pooling: 'mean',
      tokens: known.map(({ smiles }) => tokenizer.tokens(smiles).ids),
      feeds: (ids, tokens) => tokenFeeds(bundle.manifest, ids, { tokens, pad: tokenizer.pad }),
      labels: known.map(({ value }, molecule) => ({ molecule, level: 0, value })),
      levelWeights: [1],
      settings,
    };
    const { result, seconds } = await cpuSeconds(() => learn(plan));
    const [frozen, tuned] = [
      await explained(bundle, output, result.frozen, rest),
      await explained(bundle, output, result.tuned, rest),
    ];
    found.push({ frozen, tuned, difference: result.tuned.difference, seconds });
  }
  return {
    frozen: meanAndError(found.map(({ frozen }) => frozen)),
    tuned: meanAndError(found.map(({ tuned }) => tuned)),
    difference: Math.max(...found.map(({ difference }) => difference)),
    seconds: Math.max(...found.map(({ seconds }) => seconds)),
  };
}

async function learn(plan: FineTunePlan): Promise<Record<'frozen' | 'tuned', FineTuned>> {
  const tuning = await FineTuning.open(plan);
  try {
    let state = await tuning.begin();
    const frozen = await tuning.finish(state);
    for (let done = false; !done; ) {
      const next = await tuning.advance(state);
      ({ state } = next);
      ({ done } = next.figures);
    }
    return { frozen, tuned: await tuning.finish(state) };
  } finally {
    await tuning.close();
  }
}

/** Share of the variance of molecules that a model and its head explain. */
async function explained(
  bundle: ModelBundle,
  output: string,
  { model, heads }: FineTuned,
  rest: readonly Measured[],
): Promise<number> {
  const { golden: _, ...manifest } = bundle.manifest;
  const file = modelFile(manifest);
  const own: ModelBundle = {
    manifest: { ...manifest, sha256: { ...manifest.sha256, [file]: sha256Of(model) } },
    files: new Map([...bundle.files, [file, model]]),
  };
  const opened = (await openTextModel(own))!;
  const { outputs } = await opened.embed(
    rest.map(({ smiles }) => smiles),
    [output],
  );
  await opened.release();
  const { width, rows } = outputs[output]!;
  const { offset, weights } = heads[0]!;
  const mean = rest.reduce((sum, { value }) => sum + value, 0) / rest.length;
  let [left, total] = [0, 0];
  rest.forEach(({ value }, i) => {
    const told = weights.reduce((sum, weight, j) => sum + weight * rows[i * width + j]!, offset);
    left += (told - value) ** 2;
    total += (value - mean) ** 2;
  });
  return 1 - left / total;
}

async function moleculesOf(file: string, column: string): Promise<Measured[]> {
  const table = await readTableFile(file);
  if (!('columns' in table)) throw new AthanorError('BENCH', table.map(faultText).join('; '));
  const values = table.cells(column);
  return table.cells('smiles').map((smiles, i) => ({ smiles: smiles.trim(), value: Number(values[i]) }));
}

function line({ set, output, layers, frozen, tuned, difference, seconds }: FineTuneRow): string {
  const figures = `${showMean(frozen, 3)} / ${showMean(tuned, 3)}`;
  return (
    `${set} ${output}, last ${layers} layers`.padEnd(34) +
    `${figures}   ${seconds.toFixed(1)} CPU s, merged within ${difference.toExponential(1)}`
  );
}
