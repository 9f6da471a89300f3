import type { SourceFit } from '../domain/fit-record.js';
import type { Source } from '../domain/source.js';
import { concatDesigns, type EncodedDesigns, selectDesigns } from '../encode/encoded-designs.js';
import type { FittedSurrogate, SurrogateType, TrainingSet } from '../surrogate/contract.js';
import type { Contender, Ensemble } from '../surrogate/ensemble.js';
import { levelScale, standardLoss } from '../surrogate/levels/level-scale.js';
import { rowSubset } from '../surrogate/row-subset.js';
import { surrogates } from '../surrogate/surrogates.js';
import { type SourceRows, withSources } from '../surrogate/with-sources.js';
import type { PreparedSpace } from './candidates.js';
import { correlationOf } from './fidelity-summary.js';

/** Rows of all earlier campaigns together that surrogates are conditioned on, at most; shared out evenly. */
const usedRows = 600;

/**
 * Log odds of surrogates that are given earlier campaigns, above those of a lower fidelity that is to be tested: a campaign
 * was made because it was like this one, and what it says costs nothing. Who vouches for fidelities says nothing of campaigns.
 */
const forSources = 3;

/** Earlier campaigns as surrogates take them. */
export interface JoinedSources {
  readonly sources: readonly Source[];
  readonly rows: SourceRows;
  /** Kinds of surrogates that can take them, by name. */
  readonly kinds: ReadonlyMap<string, SurrogateType>;
  /** The same contenders, of which those that can take the earlier campaigns as further levels do. */
  contenders(plain: readonly Contender[]): Contender[];
  /** What an earlier campaign alone makes of designs: the mean of a surrogate of that kind. */
  predict(source: number, type: SurrogateType, designs: EncodedDesigns): Promise<Float64Array>;
}

const joined = new WeakMap<PreparedSpace, Map<number, JoinedSources>>();

/**
 * The earlier campaigns of a space, each in standard units of its own; null where there are none. What is computed from
 * them is remembered for as long as the space is.
 *
 * @param sign - turns the objective into the loss; an earlier campaign is taken to be measured in the same direction, but
 *   nothing is lost where it was not
 */
export function joinSources(prepared: PreparedSpace, sign: 1 | -1): JoinedSources | null {
  const { sources } = prepared.space;
  if (sources === undefined || sources.length === 0) return null;
  const bySign = joined.get(prepared) ?? new Map<number, JoinedSources>();
  joined.set(prepared, bySign);
  const known = bySign.get(sign) ?? join(prepared, sources, sign);
  bySign.set(sign, known);
  return known;
}

function join(prepared: PreparedSpace, sources: readonly Source[], sign: number): JoinedSources {
  const each = Math.max(4, Math.floor(usedRows / sources.length));
  const parts = sources.map(({ designs, values }) => {
    const all = prepared.encoder.encode(designs);
    const raw = Float64Array.from(values, (value) => sign * value);
    const scale = levelScale(raw);
    const losses = raw.map((loss) => standardLoss(loss, scale));
    const rows = rowSubset({ designs: all, losses, levels: new Int32Array(all.n), levelCount: 1 }, each);
    return { designs: selectDesigns(all, rows), losses: Float64Array.from(rows, (row) => losses[row]!) };
  });
  const rows: SourceRows = {
    designs: parts.reduce((sum, part) => concatDesigns(sum, part.designs), prepared.encoder.encode([])),
    levels: Int32Array.from(parts.flatMap((part, level) => new Array<number>(part.losses.length).fill(level))),
    losses: Float64Array.from(parts.flatMap((part) => [...part.losses])),
    count: sources.length,
  };
  const finite = prepared.listed !== null;
  const kinds = new Map(surrogates.flatMap((type) => (type.joinsSources === true ? [[type.name, type]] : [])));
  const alone = new Map<string, FittedSurrogate | Promise<FittedSurrogate>>();
  const aloneOf = (source: number, type: SurrogateType) => {
    const key = `${source} ${type.name}`;
    const part = parts[source]!;
    const levels = new Int32Array(part.losses.length);
    const fitted =
      alone.get(key) ??
      type.fit({ ...part, levels, levelCount: 1, finite }, { seed: 0, previous: null, optimise: true });
    alone.set(key, fitted);
    return fitted;
  };
  return {
    sources,
    rows,
    kinds,
    contenders: (plain) =>
      plain.map(({ type, logOdds }) =>
        kinds.has(type.name)
          ? {
              type: withSources(type, rows),
              logOdds: (training) => logOdds({ ...training, validated: false }) + forSources,
            }
          : { type, logOdds },
      ),
    predict: async (source, type, at) => (await aloneOf(source, type)).posterior(at).mean[0]!,
  };
}

/** What was learned of each earlier campaign by a fit. */
export async function sourceFits(
  { sources, rows, kinds, predict }: JoinedSources,
  { members }: Ensemble,
  { designs, levels, losses, levelCount }: TrainingSet,
): Promise<SourceFit[]> {
  const joining = members.filter(({ name }) => kinds.has(name));
  if (joining.length === 0) return [];
  const weight = joining.reduce((sum, member) => sum + member.weight, 0);
  const likeliest = joining.reduce((best, member) => (member.weight > best.weight ? member : best));
  const measured = [...levels.keys()].filter((row) => levels[row] === levelCount - 1);
  const at = selectDesigns(designs, measured);
  const fits = sources.map(async ({ name, values }, source) => {
    const said = await predict(source, kinds.get(likeliest.name)!, at);
    const pairs = measured.map((row, i) => [said[i]!, losses[row]!] as const);
    return {
      name,
      rows: values.length,
      used: rows.levels.filter((level) => level === source).length,
      correlation: joining.reduce(
        (sum, member) => sum + (member.weight / weight) * member.surrogate.levelCorrelations![source]!,
        0,
      ),
      weight,
      foretold: { pairs: pairs.length, correlation: correlationOf(pairs) },
    };
  });
  return Promise.all(fits);
}
