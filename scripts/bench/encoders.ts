import path from 'node:path';
import { substancesOf } from '../../models/domain/space.js';
import { orientationOf, primaryObjective } from '../../models/domain/standing.js';
import { selectDesigns } from '../../models/encode/encoded-designs.js';
import type { Encoder, OpenEncoder } from '../../models/encode/encoders/contract.js';
import { descriptors } from '../../models/encode/encoders/descriptors.js';
import { fingerprints } from '../../models/encode/encoders/fingerprints.js';
import { openNetwork } from '../../models/encode/encoders/stored-network.js';
import { featuresOf } from '../../models/encode/graph/featurise.js';
import { moleculeGraph } from '../../models/encode/graph/molecule-graph.js';
import { readMolecule } from '../../models/encode/read-molecule.js';
import { withRandomWeights } from '../../models/pretrained/random-weights.js';
import { Generator } from '../../models/random/generator.js';
import { Ensemble } from '../../models/surrogate/ensemble.js';
import { surrogateChoice } from '../../models/surrogate/surrogates.js';
import { manifestFile, readBundle, readManifest } from '../models/home-models.js';
import type { BenchOptions, BenchResult } from './contract.js';
import { cpuSeconds } from './cpu-seconds.js';
import { type Blocks, blocksOf } from './encoder-blocks.js';
import { type Foretold, foretold } from './foretold.js';
import { type MeanAndError, meanAndError, showMean } from './mean-and-error.js';
import { type MeasuredPool, measuredPools } from './measured-pool.js';

/** Surrogates of the product that see all blocks. */
const products = ['blocks-gp', 'deep-ensemble', 'deep-coded-ensemble'] as const;
/** Rows learned from; rows judged at most; the largest pool that is used. */
const [sizes, judgedMost] = [[30, 100], 300] as const;
/** Molecules that encoders are timed on, after some that are not counted. */
const [timed, warmUp] = [256, 32];

/** How well rows that were not seen are foretold, over the splits. */
interface HeldOut {
  readonly pool: string;
  readonly n: number;
  readonly blocks: string;
  /** Share of the variance that medians explain. */
  readonly r2: MeanAndError;
  /** Mean log density of the values, in units of their standard deviation. */
  readonly logScore: MeanAndError;
  /** Share of values in their 90 % intervals. */
  readonly coverage: MeanAndError;
}

/** What is foretold of molecules by what encoders tell of them; and what that costs. Pools of one molecule a row are read. */
export async function benchEncoders(
  log: (line: string) => void,
  { pools: folder, only, seeds, models = [] }: BenchOptions,
): Promise<BenchResult> {
  const others: OpenEncoder[] = [];
  const controls: OpenEncoder[] = [];
  for (const place of models) {
    const bundle = await readBundle(place, await readManifest(path.join(place, manifestFile)));
    const opened = await openNetwork(bundle, 'molecules');
    const control = await openNetwork(withRandomWeights(bundle, 1), 'molecules');
    if (opened !== null) others.push(opened);
    if (control !== null) controls.push({ ...control, name: `random ${bundle.manifest.id}` });
  }
  if (others.length === 0) log('without networks: give folders of models by --models');
  const rows: HeldOut[] = [];
  let smiles: readonly string[] = [];
  for (const pool of folder === undefined ? [] : await measuredPools(folder, only)) {
    const own = moleculesOf(pool);
    if (own === null) continue;
    if (own.length > smiles.length) smiles = own;
    const found = await heldOut(pool, own, { others, controls }, seeds);
    rows.push(...found);
    log(lines(found).join('\n'));
  }
  const costs = smiles.length < warmUp + timed ? [] : await costsOf(smiles, others);
  for (const encoder of [...others, ...controls]) await encoder.release();
  return {
    figures: { splits: seeds, rows, costs },
    lines: [`R² / log score / share in 90 % intervals on molecules not seen, ${seeds} splits`, ...lines(rows)].concat(
      costs.map(
        ({ name, ms }) => `${name}: ${ms.toFixed(2)} CPU ms a molecule, ${(ms * 10).toFixed(0)} CPU s for 10,000`,
      ),
    ),
  };
}

/** SMILES of the rows of a pool that are a molecule each; null where rows are something else. */
function moleculesOf({ campaign: { space } }: MeasuredPool): readonly string[] | null {
  if (space.parameters.length !== 1) return null;
  const all = space.pool!.ids.map((_, i) => Object.values(substancesOf(space, space.pool!.designs.at(i)!)));
  return all.every((row) => row.length === 1) ? all.flat() : null;
}

async function heldOut(
  { name: pool, campaign, values }: MeasuredPool,
  smiles: readonly string[],
  { others, controls }: Readonly<Record<'others' | 'controls', readonly Encoder<'numbers'>[]>>,
  splits: number,
): Promise<HeldOut[]> {
  const own = await blocksOf(smiles, others);
  const random = await blocksOf(smiles, controls);
  const alone = ({ designs, variants }: Blocks) =>
    variants.map(({ name, surrogate }) => ({ name, designs, contenders: [{ type: surrogate, logOdds: () => 0 }] }));
  const compared = [
    ...alone(own),
    ...alone(random).filter(({ name }) => name.includes('random')),
    ...products.map((name) => ({ name, designs: own.designs, contenders: surrogateChoice(name).members })),
  ];
  const sign = orientationOf(primaryObjective(campaign.spec));
  const losses = campaign.space.pool!.ids.map((id) => sign * values.get(id)!);
  const rows: HeldOut[] = [];
  for (const n of sizes) {
    const found = compared.map(() => [] as Foretold[]);
    for (let seed = 0; seed < splits; seed++) {
      const order = [...new Generator(seed, 'encoders').permutation(losses.length)];
      const [known, rest] = [order.slice(0, n), order.slice(n, n + judgedMost)];
      const training = {
        levels: new Int32Array(n),
        losses: Float64Array.from(known, (i) => losses[i]!),
        levelCount: 1,
        finite: true,
      };
      for (const [v, { contenders, designs }] of compared.entries()) {
        const options = { seed, previous: [], optimise: true };
        const fitted = await Ensemble.fit(contenders, { ...training, designs: selectDesigns(designs, known) }, options);
        const judged = rest.map((i) => losses[i]!);
        found[v]!.push(foretold(fitted, selectDesigns(designs, rest), judged));
      }
    }
    const over = (v: number, key: 'r2' | 'logScore' | 'coverage') => meanAndError(found[v]!.map((one) => one[key]));
    compared.forEach(({ name: blocks }, v) => {
      rows.push({ pool, n, blocks, r2: over(v, 'r2'), logScore: over(v, 'logScore'), coverage: over(v, 'coverage') });
    });
  }
  return rows;
}

/** CPU time of a molecule by encoder, and of what MiniMol reads of one. */
async function costsOf(smiles: readonly string[], others: readonly Encoder<'numbers'>[]) {
  const order = [...new Generator(0, 'encoder costs').permutation(smiles.length)].map((i) => smiles[i]!);
  const [first, some] = [order.slice(0, warmUp), order.slice(warmUp, warmUp + timed)];
  const costs: { readonly name: string; readonly ms: number }[] = [];
  const time = async (name: string, encode: (texts: readonly string[]) => Promise<unknown>) => {
    await encode(first);
    const { seconds } = await cpuSeconds(() => encode(some));
    costs.push({ name, ms: (1000 * seconds) / timed });
  };
  for (const encoder of [fingerprints, descriptors, ...others])
    await time(encoder.name, (texts) => encoder.encode(texts));
  if (others.some(({ name }) => name === 'minimol'))
    await time('of minimol, graph features', async (texts) => {
      for (const text of texts) await readMolecule(text, (molecule) => featuresOf(moleculeGraph(molecule.get_json())));
    });
  return costs;
}

function lines(rows: readonly HeldOut[]): string[] {
  return rows.map(({ pool, n, blocks, r2, logScore, coverage }) => {
    const cells = [showMean(r2, 3), showMean(logScore, 2), coverage.mean.toFixed(2)];
    return `${`${pool} ${n}`.padEnd(14)}${blocks.padEnd(56)}${cells.join(' / ')}`;
  });
}
