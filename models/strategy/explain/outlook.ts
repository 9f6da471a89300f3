import { placeRun } from '../../domain/achieved.js';
import { designObjectives } from '../../domain/computed.js';
import { type Design, designKey } from '../../domain/design.js';
import { outsideOf } from '../../domain/outside.js';
import { typeOf } from '../../domain/parameters/parameter.js';
import type { CampaignRecord, TrialRecord } from '../../domain/record.js';
import { goalsOf, hasSeveralGoals, lossOf, ownValue, primaryGoal, primaryObjective } from '../../domain/standing.js';
import type { EncodedDesigns } from '../../encode/encoded-designs.js';
import { deriveSeed, Generator } from '../../random/generator.js';
import { Region } from '../../search/region.js';
import { sampledDesigns } from '../../search/sampled-designs.js';
import type { Ensemble } from '../../surrogate/ensemble.js';
import { type Place, type PreparedSpace, placeAt, placeKey } from '../candidates.js';
import { grownRecord } from '../growth.js';
import { judgedVisits, visitsOf } from '../history.js';
import { expectedWorth, type Worth } from './expected-worth.js';
import { factorsOf } from './factors.js';
import { type MainEffect, mainEffects } from './main-effects.js';
import { fittedOutcomes } from './outcomes-behind.js';
import { lastFittedEnsemble } from './surrogates-behind.js';

/** What is expected of an outcome, in its own unit. */
interface ExpectedOutcome {
  /** Median. */
  readonly expected: number;
  /** Interval that holds the value without measurement noise with probability 0.9, lower end first. */
  readonly interval: readonly [number, number];
}

/** A design that was not measured at the target, with what is expected there of the first objective. */
export interface Foreseen extends Place, ExpectedOutcome {
  /** The same of each further outcome that goals are stated on; absent where there is none. */
  readonly outcomes?: readonly (ExpectedOutcome & { readonly name: string })[];
}

/** What the surrogates of a campaign say of designs after the last trial. */
export interface Outlook {
  /** Designs that are worth most by their medians, best first; of several goals see `expectedWorth`. */
  readonly untried: readonly Foreseen[];
  /** Strongest first; empty where there is one factor only. */
  readonly effects: readonly MainEffect[];
}

/** Designs looked at, at most, and of how many each factor's effect is averaged. */
const looked = 4096;
const background = 64;
/** Untried designs that are named, and how far apart they are in a space that cannot be listed, of each range. */
const named = 10;
const apart = 0.05;

/**
 * The best untried designs and the effect of each factor by the surrogates of the last fit, fitted to all that was
 * measured: a pure function of the record. Null before the first fit, and where another version made it.
 *
 * @remarks Cost: that of `lastCalibrations`, and a posterior at some thousand designs.
 */
export async function outlook(record: CampaignRecord): Promise<Outlook | null> {
  const fitted = await lastFittedEnsemble(record);
  if (fitted === null) return null;
  const { prepared, ensemble } = fitted;
  const { campaign, trials } = await grownRecord(record);
  const { spec } = campaign;
  const level = spec.fidelities.length - 1;
  const objective = primaryObjective(spec);
  const known = trials.filter(({ proposal }) => proposal.fidelity === spec.fidelities[level]!.name);
  const tried = new Set(known.map(({ proposal }) => placeKey(proposal)));
  const seed = deriveSeed(spec.seed, 'outlook');
  const losses = (encoded: EncodedDesigns) => meanLosses(ensemble, encoded, level);
  const outcomes = await fittedOutcomes(record);
  const exact = [...designObjectives(campaign)];
  const worthOf = expectedWorth(spec, judgedVisits(spec, visitsOf(campaign, trials, [])), scalesOf(trials));
  const worth = (encoded: EncodedDesigns, designs: readonly Design[]) => {
    const means = outcomes.map((one) => meanLosses(one.ensemble, encoded, level).map(one.own));
    return designs.map((design, i) =>
      worthOf(
        Object.fromEntries([
          ...outcomes.map(({ name }, k) => [name, means[k]![i]!] as const),
          ...exact.map(([name, { of }]) => [name, of(design)] as const),
        ]),
      ),
    );
  };
  const best = ranked(candidatesOf(prepared, trials, seed), prepared, worth, tried);
  const untried = best.map((place): Foreseen => {
    const point = prepared.encoder.encode([place.design]);
    const told = outcomes.map(({ name, own, ensemble: known }) => {
      const posteriors = known.members.map(({ surrogate }) => surrogate.posterior(point));
      const value = (p: number) => own(known.quantile(posteriors, { level, candidate: 0, widened: 1 }, p));
      const ends = [value(0.05), value(0.95)] as const;
      return { name, expected: value(0.5), interval: [Math.min(...ends), Math.max(...ends)] as const };
    });
    const { name: _, ...first } = told[0]!;
    const known = exact.map(([name, { of }]) => {
      const value = of(place.design);
      return { name, expected: value, interval: [value, value] as const };
    });
    const further = [...told.slice(1), ...known];
    return { ...place, ...first, ...(further.length === 0 ? {} : { outcomes: further }) };
  });
  const goal = primaryGoal(spec);
  if (!hasSeveralGoals(goalsOf(spec))) untried.sort((a, b) => lossOf(goal, a.expected) - lossOf(goal, b.expected));
  const predict = (designs: readonly Design[]) =>
    losses(prepared.encoder.encode(designs)).map((loss) => ownValue(objective, loss));
  const factors = factorsOf(prepared.space);
  const effects = factors.length < 2 ? [] : mainEffects(predict, factors, observedDesigns(trials, seed));
  return { untried, effects };
}

/** Range of the measured values of each outcome; 1 where there is none. */
function scalesOf(trials: readonly TrialRecord[]): Record<string, number> {
  const values = new Map<string, number[]>();
  for (const { observation } of trials)
    for (const [name, value] of Object.entries(observation?.values ?? {}))
      values.set(name, [...(values.get(name) ?? []), value]);
  return Object.fromEntries([...values].map(([name, own]) => [name, Math.max(...own) - Math.min(...own) || 1]));
}

/** Mean of the members' medians by their weights, at the target. */
function meanLosses({ members }: Ensemble, encoded: EncodedDesigns, level: number): number[] {
  const total = members.reduce((sum, { weight }) => sum + weight, 0);
  const parts = members
    .filter(({ weight }) => weight > 0)
    .map(({ surrogate, weight }) => ({ weight, surrogate, mean: surrogate.posterior(encoded).mean[level]! }));
  return Array.from(parts[0]!.mean, (_, i) =>
    parts.reduce(
      (sum, { weight, surrogate, mean }) => sum + (weight / total) * surrogate.scale.toLoss(mean[i]!, level),
      0,
    ),
  );
}

/** Designs of the list, or points all over the space and close to the best ones. */
function candidatesOf({ space, listed }: PreparedSpace, trials: readonly TrialRecord[], seed: number): Place[] {
  if (listed !== null) {
    const count = listed.designs.length;
    const rows = count <= looked ? null : new Generator(seed, 'rows').permutation(count).slice(0, looked);
    const all = Array.from({ length: Math.min(count, looked) }, (_, i) => rows?.[i] ?? i);
    return all.filter((row) => !listed.barred.has(row)).map((row) => placeAt(listed, row));
  }
  const wide = sampledDesigns(space, looked / 2, seed);
  const generator = new Generator(seed, 'near');
  const region = Region.of(space);
  const near = observedDesigns(trials, seed).flatMap((design) =>
    Array.from({ length: looked / 2 / background }, () => {
      const others = space.parameters.map((one) => typeOf(one).fromUnit(one, generator.uniform()));
      const changed = Math.floor(generator.uniform() * others.length);
      const moved = { ...design, [space.parameters[changed]!.name]: others[changed]! };
      return region.isProduct ? moved : region.nearest(moved);
    }).filter((moved) => moved !== null),
  );
  const all = [...wide, ...near].map((design) => ({ design, rowId: null }));
  return all.filter((place) => outsideOf(space, place) === null);
}

function ranked(
  places: readonly Place[],
  prepared: PreparedSpace,
  worth: (encoded: EncodedDesigns, designs: readonly Design[]) => Worth[],
  tried: ReadonlySet<string>,
): Place[] {
  const open = places.filter((place) => !tried.has(placeKey(place)));
  if (open.length === 0) return [];
  const designs = open.map(({ design }) => design);
  const encoded = prepared.encoder.encode(designs);
  const values = worth(encoded, designs);
  const width = encoded.numeric.length / open.length;
  const others = (i: number) => designKey({ ...open[i]!.design, ...blanks(prepared) });
  const isNear = (i: number, j: number) =>
    others(i) === others(j) &&
    Array.from({ length: width }).every(
      (_, c) => Math.abs(encoded.numeric[i * width + c]! - encoded.numeric[j * width + c]!) < apart,
    );
  const chosen: number[] = [];
  for (const i of [...values.keys()].sort(
    (a, b) => values[a]![0] - values[b]![0] || values[a]![1] - values[b]![1] || a - b,
  )) {
    if (prepared.listed === null && chosen.some((j) => isNear(i, j))) continue;
    chosen.push(i);
    if (chosen.length === named) break;
  }
  return chosen.map((i) => open[i]!);
}

/** Numeric values set to 0, so that designs are compared by all else. */
function blanks({ space, encoder }: PreparedSpace): Record<string, number> {
  const numeric = space.parameters.filter((_, p) => ['numeric', 'amounts'].includes(encoder.columns[p]!.kind));
  return Object.fromEntries(numeric.map(({ name }) => [name, 0]));
}

/** Some designs of trials, at any fidelity, best ones among them. */
function observedDesigns(trials: readonly TrialRecord[], seed: number): Design[] {
  const measured = trials.filter(({ observation }) => observation?.outcome === 'measured');
  const order = new Generator(seed, 'background').permutation(measured.length).slice(0, background);
  return Array.from(order, (i) => placeRun(measured[i]!.proposal, measured[i]!.observation).design);
}
