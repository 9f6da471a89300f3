import { logImprovement } from '../stats/normal.js';

/** The target loss of a design by one surrogate's posterior, on the surrogate's own scale. */
export interface StagedView {
  /** Weight of the surrogate; those of a design add up to 1. */
  readonly weight: number;
  /** Loss units of one unit of the scale, at the incumbent. */
  readonly unit: number;
  readonly incumbent: number;
  readonly mean: number;
  /** Standard deviation, positive. */
  readonly sd: number;
}

/** A lower level at which a design can be asked before the target. */
export interface Stage {
  readonly cost: number;
  /** Share of the variance of the target loss that a trial there explains, ρ², below 1. */
  readonly explained: number;
}

/** A design that may be asked in stages. */
export interface StagedDesign {
  readonly views: readonly StagedView[];
  /** Of rising level, the target left out. */
  readonly stages: readonly Stage[];
  readonly targetCost: number;
}

/** A design of whose stages is known what they cost, and not yet what they tell. */
export interface Unstaged extends Omit<StagedDesign, 'stages'> {
  readonly stages: readonly Pick<Stage, 'cost'>[];
}

/** A way of asking one design: at some lower levels, and at the target if it is still worth its cost by then. */
export interface StagedPlan {
  /** Expected improvement, loss units, and expected cost. */
  readonly improvement: number;
  readonly cost: number;
  /** Which stage comes first; the number of stages for the target itself. */
  readonly first: number;
}

/** A design, and how it is asked. */
export interface StagedBest extends Pick<StagedPlan, 'first'> {
  readonly place: number;
  /** Expected improvement per expected cost, loss units. */
  readonly rate: number;
}

/** Outcomes of a stage, in standard deviations of what it explains, and their probabilities. */
const outcomes = Float64Array.from({ length: 32 }, (_, i) => -5 + 0.375 * i);
const densities = outcomes.map((z) => Math.exp(-0.5 * z * z));
const allDensities = densities.reduce((sum, density) => sum + density, 0);
const probabilities = densities.map((density) => density / allDensities);

/** Times that the rate is raised at most; each time its error is about squared. */
const rounds = 30;

/**
 * The design that promises the most improvement for its cost, if it may be asked in stages, and the stage that comes
 * first: the maximum of E[improvement]/E[cost] over all designs and plans π.
 *
 * rate = max over x, π of E_π[(incumbent − f(x))⁺ if the target is asked]/E_π[cost]
 *
 * A plan goes on as long as what is still expected is worth its cost at this rate. A stage moves the mean by z standard
 * deviations of what it explains, z ~ N(0, 1), whichever surrogate is right; a later stage is taken to tell all that an
 * earlier one did. The rate is found by Dinkelbach's iteration: λ ← E[improvement]/E[cost] of the plan with the largest
 * E[improvement] − λ·E[cost], until none is above 0. Without stages it is expected improvement per cost.
 *
 * @remarks Accuracy with stages: relative 1e-2, tested against a fine quadrature.
 *
 * @returns the place of the design, its rate in loss units per cost and first stage; null where no improvement is expected
 * @see Weitzman 1979, Econometrica 47, 641 (searching boxes of known cost); Xie et al. 2024, arXiv:2406.20062 (its index
 * for Bayesian optimisation); Dinkelbach 1967, Management Science 13, 492
 */
export function bestStaged(designs: readonly StagedDesign[]): StagedBest | null {
  let left = [...designs.keys()];
  let best = bestAtOnce(designs.length, (place) => designs[place]!);
  for (let round = 0; best !== null && round < rounds; round++) {
    const { rate } = best;
    left = left.filter((place) => mayBeat(designs[place]!, rate));
    let most: { place: number; plan: StagedPlan; value: number } | null = null;
    for (const place of left) {
      const plan = bestPlan(designs[place]!, rate);
      const value = plan.improvement - rate * plan.cost;
      if (value > (most?.value ?? 0)) most = { place, plan, value };
    }
    if (most === null || most.plan.improvement / most.plan.cost <= rate * (1 + 1e-9)) break;
    best = { place: most.place, first: most.plan.first, rate: most.plan.improvement / most.plan.cost };
  }
  return best;
}

/**
 * The places among which `bestStaged` finds its design, whatever the stages tell: the best one to ask at the target at
 * once, and those where a stage that told all would pay. They are few, so that only they need be asked what stages tell.
 *
 * @param designOf - the design at each of `count` places; made twice instead of being kept, as there may be very many
 */
export function worthStaging(count: number, designOf: (place: number) => Unstaged): number[] {
  const best = bestAtOnce(count, designOf);
  if (best === null) return [];
  const places = Array.from({ length: count }, (_, place) => place);
  return places.filter((place) => place === best.place || mayBeat(designOf(place), best.rate));
}

/** The design with the largest expected improvement per cost at the target; null where none is expected. */
function bestAtOnce(count: number, designOf: (place: number) => Unstaged): StagedBest | null {
  let best: StagedBest | null = null;
  for (let place = 0; place < count; place++) {
    const { views, stages, targetCost } = designOf(place);
    const rate = improvementAt(views, 0, 0, 0) / targetCost;
    if (rate > (best?.rate ?? 0)) best = { place, first: stages.length, rate };
  }
  return best;
}

/** How far a design has come: the next stage, how many sds its mean was moved, and which share of the variance is known. */
interface Progress {
  readonly from: number;
  readonly moved: number;
  readonly known: number;
}

/**
 * The plan for the design with the largest E[improvement] − rate·E[cost]; where none is above 0, one that is not.
 *
 * @param rate - loss units per cost, positive
 */
export function bestPlan(
  design: StagedDesign,
  rate: number,
  { from, moved, known }: Progress = { from: 0, moved: 0, known: 0 },
): StagedPlan {
  const { views, stages, targetCost } = design;
  let best = { improvement: improvementAt(views, moved, known, 0), cost: targetCost, first: stages.length };
  if (from === stages.length) return best;
  // Nothing is better than to know the target loss at once, and to pay for the target only where that is worth it.
  const bound = improvementAt(views, moved, known, rate * targetCost);
  for (let first = from; first < stages.length; first++) {
    const stage = stages[first]!;
    const value = best.improvement - rate * best.cost;
    if (bound - rate * stage.cost <= Math.max(0, value)) continue;
    const after = Math.max(known, stage.explained);
    const step = Math.sqrt(after - known);
    let [improvement, cost] = [0, stage.cost];
    for (let i = 0; i < outcomes.length; i++) {
      const next = bestPlan(design, rate, { from: first + 1, moved: moved + step * outcomes[i]!, known: after });
      // From the best outcome to the worst: after one that ends the plan, all do.
      if (next.improvement <= rate * next.cost) break;
      improvement += probabilities[i]! * next.improvement;
      cost += probabilities[i]! * next.cost;
    }
    if (improvement - rate * cost > value) best = { improvement, cost, first };
  }
  return best;
}

/** Whether a plan for the design could come to more than its cost at this rate. */
function mayBeat({ views, stages, targetCost }: Unstaged, rate: number): boolean {
  const cheapest = stages.reduce((least, { cost }) => Math.min(least, cost), Number.POSITIVE_INFINITY);
  return stages.length > 0 && improvementAt(views, 0, 0, rate * targetCost) > rate * cheapest;
}

/**
 * Σ_m w_m·unit_m·E[(incumbent_m − price/unit_m − f)⁺], f ~ N(mean_m + moved·sd_m, (1 − known)·sd_m²): the expected
 * improvement by more than a price, loss units.
 */
function improvementAt(views: readonly StagedView[], moved: number, known: number, price: number): number {
  const rest = Math.sqrt(1 - known);
  let sum = 0;
  for (const { weight, unit, incumbent, mean, sd } of views) {
    const scale = sd * rest;
    const u = (incumbent - price / unit - mean - moved * sd) / scale;
    sum += weight * unit * scale * Math.exp(logImprovement(u));
  }
  return sum;
}
