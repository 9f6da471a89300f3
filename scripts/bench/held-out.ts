import { orientationOf, primaryObjective } from '../../models/domain/standing.js';
import { selectDesigns } from '../../models/encode/encoded-designs.js';
import { SpaceEncoder } from '../../models/encode/space-encoder.js';
import { Generator } from '../../models/random/generator.js';
import { Ensemble } from '../../models/surrogate/ensemble.js';
import { trainHeads } from '../../models/surrogate/networks/train-heads.js';
import { surrogateChoice } from '../../models/surrogate/surrogates.js';
import type { BenchOptions, BenchResult } from './contract.js';
import { cpuSeconds } from './cpu-seconds.js';
import { foretold } from './foretold.js';
import { type MeanAndError, meanAndError, showMean } from './mean-and-error.js';
import { type MeasuredPool, measuredPools } from './measured-pool.js';

/** Rows learned from; rows judged, at least and at most; surrogates that are compared. */
const [sizes, judgedLeast, judgedMost, names] = [
  [30, 100],
  40,
  400,
  ['gp', 'smooth-gp', 'trees', 'deep-ensemble', 'ensemble'],
] as const;

/** What a surrogate foretells of rows that it has not seen, over the splits. */
interface HeldOut {
  readonly pool: string;
  readonly n: number;
  readonly surrogate: string;
  /** Share of the variance that medians explain. */
  readonly r2: MeanAndError;
  /** Share of values in their 90 % intervals. */
  readonly coverage: MeanAndError;
  /** CPU seconds of a fit. */
  readonly seconds: number;
}

/**
 * What surrogates foretell of rows of measured pools that they have not seen, from 30 and 100 drawn at random; and what it costs to train
 * eight networks of 64 inputs on 128 rows.
 */
export async function benchHeldOut(
  log: (line: string) => void,
  { pools: folder, only, seeds }: BenchOptions,
): Promise<BenchResult> {
  const rows: HeldOut[] = [];
  for (const pool of folder === undefined ? [] : await measuredPools(folder, only))
    for (const n of sizes) {
      if (pool.values.size < n + judgedLeast) continue;
      const own = await heldOut(pool, n, seeds);
      rows.push(...own);
      log(line(own));
    }
  const training = await networkSeconds();
  return {
    figures: { splits: seeds, rows, networkTrainingCpuSeconds: training },
    lines: [
      `R² / share in 90 % intervals / CPU s of a fit on rows not seen, ${seeds} splits`,
      ...[...new Set(rows.map(({ pool, n }) => `${pool} ${n}`))].map((key) =>
        line(rows.filter(({ pool, n }) => `${pool} ${n}` === key)),
      ),
      `training 8 networks (64 inputs, 64 units, 128 rows, 300 steps): ${training.toFixed(2)} CPU s`,
    ],
  };
}

async function heldOut({ name, campaign, values }: MeasuredPool, n: number, splits: number): Promise<HeldOut[]> {
  const { pool } = campaign.space;
  const encoder = await SpaceEncoder.of(campaign.space);
  const all = encoder.encode(pool!.ids.map((_, i) => pool!.designs.at(i)!));
  const sign = orientationOf(primaryObjective(campaign.spec));
  const losses = pool!.ids.map((id) => sign * values.get(id)!);
  const found = names.map(() => [] as { r2: number; coverage: number; seconds: number }[]);
  for (let seed = 0; seed < splits; seed++) {
    const order = new Generator(seed, 'held out').permutation(losses.length);
    const [known, rest] = [[...order.slice(0, n)], [...order.slice(n, n + judgedMost)]];
    const training = {
      designs: selectDesigns(all, known),
      levels: new Int32Array(known.length),
      losses: Float64Array.from(known, (i) => losses[i]!),
      levelCount: 1,
      finite: true,
    };
    const [points, own] = [selectDesigns(all, rest), rest.map((i) => losses[i]!)];
    for (const [s, surrogate] of names.entries()) {
      const { members } = surrogateChoice(surrogate);
      const options = { seed, previous: [], optimise: true };
      const { result, seconds } = await cpuSeconds(() => Ensemble.fit(members, training, options));
      found[s]!.push({ ...foretold(result, points, own), seconds });
    }
  }
  return names.map((surrogate, s) => ({
    pool: name,
    n,
    surrogate,
    r2: meanAndError(found[s]!.map(({ r2 }) => r2)),
    coverage: meanAndError(found[s]!.map(({ coverage }) => coverage)),
    seconds: meanAndError(found[s]!.map(({ seconds }) => seconds)).mean,
  }));
}

async function networkSeconds(): Promise<number> {
  const random = new Generator(1);
  const [n, inputs] = [128, 64];
  const data = {
    n,
    rows: Float64Array.from({ length: n * inputs }, () => random.normal()),
    y: Float64Array.from({ length: n }, () => random.normal()),
    leftOut: Array.from({ length: 8 }, (_, k) => Array.from({ length: n }, (__, i) => i % 8 === k)),
  };
  const train = () => trainHeads({ heads: 8, inputs, hidden: 64 }, data, 1);
  await train();
  return (await cpuSeconds(train)).seconds;
}

function line(rows: readonly HeldOut[]): string {
  const cells = rows.map(
    ({ surrogate, r2, coverage, seconds }) =>
      `${surrogate} ${showMean(r2, 2)} / ${coverage.mean.toFixed(2)} / ${seconds.toFixed(2)}`,
  );
  return `${rows[0]!.pool} ${rows[0]!.n}`.padEnd(24) + cells.join('   ');
}
