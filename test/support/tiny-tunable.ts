import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CampaignRecord } from '../../models/domain/record.js';
import type { ModelBundle } from '../../models/pretrained/bundle.js';
import { parseManifest } from '../../models/pretrained/read-manifest.js';
import { Generator } from '../../models/random/generator.js';
import { someRecord } from './record.js';
import { tinyManifest, tinyVocabulary } from './tiny-encoder.js';
import { tinyTransformer } from './tiny-transformer.js';

/** A transformer of SMILES with random weights, which can be fine-tuned: `tiny@1`. */
export function tinyTunable(seed = 1): ModelBundle {
  const network = tinyTransformer({ layers: 2, width: 8, heads: 2, vocabulary: tinyVocabulary.length }, seed);
  const vocabulary = new TextEncoder().encode(`${tinyVocabulary.join('\n')}\n`);
  const manifest = tinyManifest(network, vocabulary, {
    outputs: { 'pool0..pool2': 'float32 [batch, 8]', last_hidden_state: 'float32 [batch, tokens, 8]' },
    recommendedOutput: 'pool2',
  });
  const files = { 'model.onnx': network, 'vocab.txt': vocabulary };
  return { manifest: parseManifest(manifest, 'manifest.json'), files: new Map(Object.entries(files)) };
}

/** Writes it into a folder. */
export async function writeTinyTunable(folder: string, seed = 1): Promise<void> {
  const { manifest, files } = tinyTunable(seed);
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of files) await writeFile(path.join(folder, name), bytes);
  await writeFile(path.join(folder, 'manifest.json'), JSON.stringify(manifest));
}

/** SMILES of chains of single bonds that its vocabulary has, no two of one molecule. */
export function tinyChains(count: number, seed = 1): readonly string[] {
  const random = new Generator(seed, 'chains');
  const found = new Map<string, string>();
  while (found.size < count) {
    const chain = Array.from({ length: 4 + random.below(5) }, () => 'CCNO'[random.below(4)]!);
    const turned = chain.toReversed().join('');
    const key = [chain.join(''), turned].sort()[0]!;
    if (!found.has(key)) found.set(key, key);
  }
  return [...found.values()];
}

/** Of how many N and O a chain has, what neither tells alone. */
export function chainValue(smiles: string): number {
  const count = (letter: string) => [...smiles].filter((one) => one === letter).length;
  return Math.abs(count('N') - count('O')) + 0.2 * ((count('N') * count('O')) % 3);
}

/** A record of such chains: all measured at the cheap level, some at the exact one, and as many in an earlier campaign. */
export function chainRecord({
  cheap = 150,
  exact = 24,
  value = chainValue,
  before,
  further = [],
}: {
  readonly cheap?: number;
  readonly exact?: number;
  readonly value?: typeof chainValue;
  readonly before?: typeof chainValue;
  readonly further?: readonly string[];
} = {}): CampaignRecord {
  const chains = [...tinyChains(cheap), ...further];
  const made = someRecord([
    ...chains.map((molecule) => ({ molecule, fidelity: 'cheap' as const, value: 10 - 2 * value(molecule) })),
    ...chains.slice(0, exact).map((molecule) => ({ molecule, value: value(molecule) })),
  ]);
  const designs = chains.slice(-10).map((molecule) => ({ molecule }));
  const source = {
    name: 'before',
    designs,
    values: designs.map(({ molecule }) => (before ?? value)(molecule)),
    leftOut: 0,
  };
  return { ...made, campaign: { ...made.campaign, space: { ...made.campaign.space, sources: [source] } } };
}
