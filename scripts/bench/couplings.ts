import { sum } from 'simple-statistics';
import { type Parameter, typeOf } from '../../models/domain/parameters/parameter.js';
import type { ModelBundle } from '../../models/pretrained/bundle.js';
import { Generator } from '../../models/random/generator.js';
import { Planner } from '../../models/strategy/ask-tell.js';
import type { BenchOptions, BenchResult } from './contract.js';
import { bundleIn, codesOf, withCodes } from './encoded-pool.js';
import { type Decide, withContest } from './fidelity-contest.js';
import { strategyOf } from './fidelity-run.js';
import { type MeanAndError, meanAndError, showMean } from './mean-and-error.js';
import { drawing, type MeasuredPool, measuredPools } from './measured-pool.js';

/** Rows that are known at first, all below the median; rows picked after them; share of the rows that is wanted. */
const [known, picks, top] = [10, 50, 0.05] as const;
/** Share of the wanted rows that fine-tuned language models are published to find (GOLLuM, 2025), and what is asked for here. */
const [published, bar] = [0.43, 0.48] as const;

/** What is told of components: molecules, as the data set has them, or names alone; where models are named, what they give in place of names. */
const ways = { usual: ['molecules', 'names'], coded: ['molecules', 'molecules and codes'] } as const;

interface ProductScore {
  readonly told: (typeof ways)['usual' | 'coded'][number];
  readonly product: string;
  readonly wanted: number;
  /** Share of the wanted rows that was picked. */
  readonly coverage: MeanAndError;
}

/**
 * Buchwald-Hartwig couplings by GOLLuM's protocol: of each product's reactions ten below the median yield are known, fifty are picked one
 * after the other by the default strategy, and it is counted which of the best twentieth are among them. Once with the molecules of the
 * components, once with their names; or, where folders of models are named, with what these tell of the molecules, too, and the
 * paired difference. Skipped without the data set.
 */
export async function benchCouplings(log: (line: string) => void, options: BenchOptions): Promise<BenchResult> {
  const { pools: folder, only, seeds, models = [] } = options;
  const bundles = await Promise.all(models.map(bundleIn));
  const all = folder === undefined ? [] : await measuredPools(folder, ['buchwald_hartwig']);
  const pools = all.filter(({ name }) => only?.includes(name) ?? true);
  if (pools.length === 0) return { figures: null, lines: ['skipped: --pools names no folder with buchwald_hartwig'] };
  const products: ProductScore[] = [];
  const runs: number[][] = [];
  const means = new Map<ProductScore['told'], MeanAndError>();
  await withContest(seeds, log, async (contest) => {
    for (const told of bundles.length > 0 ? ways.coded : ways.usual) {
      const shares: number[] = [];
      for (const pool of pools) {
        const own = await toldBy(pool, told, bundles);
        const label = `${pool.name} by ${told}`;
        const found = await contest.each(label, (seed, decide) => share(own, { seed, decide, options }));
        products.push({ told, product: pool.name, wanted: wantedOf(pool).size, coverage: meanAndError(found) });
        shares.push(...found);
      }
      means.set(told, meanAndError(shares));
      runs.push(shares);
    }
  });
  const percent = ({ mean, error }: MeanAndError) => `${showMean({ mean: 100 * mean, error: 100 * error }, 1)} %`;
  const gains = runs[1]!.map((value, i) => value - runs[0]![i]!);
  const differences = [
    ...pools.map(({ name }, i) => ({ name, gain: meanAndError(gains.slice(i * seeds, (i + 1) * seeds)) })),
    { name: 'all', gain: meanAndError(gains) },
  ];
  const mean = [...means].map(([told, every]) => ({ told, every }));
  return {
    figures: { known, picks, seeds, products, mean, differences, published },
    lines: [
      `share of the best ${100 * top} % found by ${picks} picks, ${known} rows below the median known, ${seeds} seeds (published for fine-tuned language models: ${100 * published} %):`,
      ...products.map(
        ({ told, product, wanted, coverage }) =>
          `${told.padEnd(20)}${product.padEnd(20)} ${percent(coverage)} of ${wanted}`,
      ),
      ...mean.map(({ told, every }) => `${told.padEnd(20)}${'all'.padEnd(20)} ${percent(every)}`),
      ...differences.map(({ name, gain }) => `${'difference'.padEnd(20)}${name.padEnd(20)} ${percent(gain)}`),
    ],
    missed: mean
      .filter(({ every }) => every.mean < bar)
      .map(({ told, every }) => `by ${told} ${percent(every)} found, fewer than ${100 * bar} %`),
  };
}

/** The pool with that told of its components. */
async function toldBy(
  pool: MeasuredPool,
  told: ProductScore['told'],
  bundles: readonly ModelBundle[],
): Promise<MeasuredPool> {
  const { campaign } = pool;
  const { space } = campaign;
  if (told === 'molecules') return pool;
  if (told === 'molecules and codes') {
    const codes = await Promise.all(bundles.map((bundle) => codesOf(bundle, space)));
    return { ...pool, campaign: withCodes(campaign, codes) };
  }
  const parameters = space.parameters.map(
    (parameter): Parameter => ({
      name: parameter.name,
      type: 'categorical',
      levels: (typeOf(parameter).values(parameter) ?? []).map(String),
    }),
  );
  return { ...pool, campaign: { ...campaign, space: { ...space, parameters } } };
}

/** The best rows of a pool: a twentieth of them, rounded up, and whatever is as good. */
function wantedOf({ values }: MeasuredPool): ReadonlySet<string> {
  const falling = [...values.values()].sort((a, b) => b - a);
  const least = falling[Math.ceil(top * falling.length) - 1]!;
  return new Set([...values].flatMap(([id, value]) => (value >= least ? [id] : [])));
}

/** Share of the wanted rows that one run picks. */
async function share(
  pool: MeasuredPool,
  { seed, decide, options }: { readonly seed: number; readonly decide: Decide; readonly options: BenchOptions },
): Promise<number> {
  const { values } = pool;
  const strategy = { ...strategyOf(options), initial: { trials: known } };
  const { spec, space, ...rest } = drawing(pool, known + picks, strategy);
  const planner = new Planner({ ...rest, space, spec: { ...spec, seed } }, [], { decide });
  const { ids } = space.pool!;
  const rising = [...ids].sort((a, b) => values.get(a)! - values.get(b)!);
  const poor = rising.slice(0, Math.floor(rising.length / 2));
  const first = [...new Generator(seed, 'below the median').permutation(poor.length)].slice(0, known);
  planner.tell(first.map((i) => ({ rowId: poor[i]!, value: values.get(poor[i]!)! })));
  const wanted = wantedOf(pool);
  const hits: number[] = [];
  for (let pick = 0; pick < picks; pick++) {
    const [proposal] = (await planner.ask(1)).proposals;
    const id = proposal!.rowId!;
    hits.push(wanted.has(id) ? 1 : 0);
    planner.tell([{ id: proposal!.id, value: values.get(id)! }]);
  }
  return sum(hits) / wanted.size;
}
