import { type GoalSituation, type PreparedGoals, prepareGoals } from '../../acquisition/goals/goal-acquisition.js';
import { chebyshev } from '../../acquisition/goals/scalar-improvement.js';
import { drawnPending } from '../../acquisition/pending.js';
import type { CampaignSpec } from '../../domain/campaign.js';
import type { Design } from '../../domain/design.js';
import { meritOf } from '../../domain/merit.js';
import type { Gain } from '../../domain/proposal.js';
import {
  counts,
  front,
  type Goals,
  goalsOf,
  type Judged,
  lossOf,
  modelledOutcomes,
  wishesOf,
} from '../../domain/standing.js';
import { hypervolume } from '../../pareto/hypervolume.js';
import { inferredReference, rangeOf } from '../../pareto/reference-point.js';
import { deriveSeed, Generator } from '../../random/generator.js';
import { goalsSurface } from '../../search/goals-surface.js';
import { normalised, ofLargeWeight } from '../../surrogate/weights.js';
import { bestOfSurface } from '../best-candidate.js';
import { type JudgedVisit, judgedVisits, ranked } from '../history.js';
import { goalNames } from '../names.js';
import type { MemberSituation, Rule, Situation } from './contract.js';

/** Objectives up to which the front is improved; beyond, boxes grow too many, and weights are drawn instead. */
export const mostOfFront = 4;

/** Designs of the front near which is searched. */
const mostLeaders = 5;

/**
 * The design and level that promise most for several goals, by the surrogates of all outcomes; see `prepareGoals`.
 *
 * `log-nehvi`: by the expected improvement of the hypervolume of the front. `log-nparego`: by that of an augmented Chebyshev merit,
 * of weights drawn anew for each proposal. `log-merit`: by that of the merit that the file states. Where nothing that was measured is known to keep all bounds, by the probability that a
 * design does.
 *
 * An outcome that was never measured at the target is left out, as nothing is known of it.
 */
export function severalGoals(name: string): Rule {
  return {
    next: async (situation, open) => {
      const { spec, members, costs, feasibility, believed } = situation;
      const { seed, measured } = members[0]!;
      const goals = modelled(goalsOf(spec), situation);
      const judgedOnes = judgedVisits(spec, believed);
      const counting = judgedOnes.filter(counts);
      const reference = referenceOf(spec, goals, counting.length > 0 ? counting : judgedOnes);
      const aim =
        counting.length === 0 && goals.bounds.length > 0
          ? ('feasible' as const)
          : meritNamed(name, goals, { counting, reference, seed });
      const asked = outcomesOf(goals, situation);
      const found = prepareGoals({ goals, measured, reference, aim, seed, ...asked });
      const surface = goalsSurface({ goals: found, costs, levels: open.levels, feasibility, ...costsAtOf(situation) });
      const best = await bestOfSurface(surface, situation, open, { best: leadersOf(situation, counting, seed), seed });
      if (best === null) return null;
      const gain = gainAt(situation, found, best.design, { name, aim, goals, reference, counting });
      return { ...best, ...(gain === null ? {} : { gain }) };
    },
  };
}

/** What a design is expected to add at the target; null where that is not what is sought. */
function gainAt(
  { spec, prepared, costs }: Situation,
  goals: PreparedGoals,
  design: Design,
  known: {
    readonly name: string;
    readonly aim: GoalSituation['aim'];
    readonly goals: Goals;
    readonly reference: Float64Array;
    readonly counting: readonly Judged[];
  },
): Gain | null {
  const { name, aim, reference, counting } = known;
  if (aim === 'feasible' || name === goalNames.scalar) return null;
  const target = costs.length - 1;
  const surface = goalsSurface({ goals, costs: costs.map(() => 1), levels: [target], feasibility: null });
  const expected = Math.exp(surface.values(prepared.encoder.encode([design]))[0]![0]!);
  if (aim !== 'front') return { of: 'merit', expected, now: null };
  if (known.goals.objectives.length === 1) return { of: 'loss', expected, now: null };
  return { of: 'hypervolume', expected, now: hypervolume(pointsOf(spec, known.goals, counting), reference) };
}

/** Of a list alone: a search that climbs values all designs by the cost of their level. */
function costsAtOf({ costsAt, prepared }: Situation): Pick<Situation, 'costsAt'> {
  return costsAt === undefined || prepared.listed === null ? {} : { costsAt };
}

/** The goals whose outcomes surrogates know. */
function modelled({ objectives, bounds, combine }: Goals, { further }: Situation): Goals {
  const [first, ...others] = objectives;
  const isKnown = ({ name }: { readonly name: string }) => name === first!.name || further.has(name);
  return { objectives: [first!, ...others.filter(isKnown)], bounds: bounds.filter(isKnown), combine };
}

/** The surrogates of each outcome, and what is pending at the target; what is at lower levels, they take to come out as expected. */
function outcomesOf(goals: Goals, { members, further }: Situation): Pick<GoalSituation, 'outcomes' | 'pending'> {
  const own = normalised(ofLargeWeight(members));
  const below = (one: Pick<MemberSituation, 'surrogate' | 'weight'>) => ({
    surrogate: drawnPending({ ...members[0]!, surrogate: one.surrogate }).surrogate,
    weight: one.weight,
  });
  const [first, ...names] = modelledOutcomes(goals);
  return {
    outcomes: new Map([
      [first!, own.map(below)],
      ...names.map((name) => [name, normalised(ofLargeWeight(further.get(name)!.members)).map(below)] as const),
    ]),
    pending: drawnPending(members[0]!).atTarget,
  };
}

/** Losses of the trials by the objectives that are modelled; a trial that lacks one is left out. */
function pointsOf(spec: CampaignSpec, { objectives }: Goals, trials: readonly Judged[]) {
  const places = objectives.map(({ name }) => spec.objectives.findIndex((one) => one.name === name));
  const rows = trials.map(({ losses }) => places.map((place) => losses[place] ?? null));
  const whole = rows.filter((row): row is number[] => row.every((loss) => loss !== null));
  return { losses: Float64Array.from(whole.flat()), m: objectives.length };
}

/**
 * The reference point: the worst values of interest that the file gives, and where it gives none those inferred from the front. Of a
 * single objective the worst loss there is, as any improvement counts.
 */
export function referenceOf(spec: CampaignSpec, goals: Goals, trials: readonly Judged[]): Float64Array {
  const points = pointsOf(spec, goals, trials);
  const inferred = points.losses.length === 0 ? new Float64Array(points.m).fill(1) : inferredReference(points);
  return inferred.map((loss, k) => {
    const goal = goals.objectives[k]!;
    const { reference } = spec.objectives.find(({ name }) => name === goal.name)!;
    if (reference !== undefined) return lossOf(goal, reference);
    if (points.m > 1 || points.losses.length === 0) return loss;
    const [least, most] = rangeOf(points, k);
    return most > least ? most : loss;
  });
}

/** What is improved by an acquisition of that name. */
function meritNamed(
  name: string,
  goals: Goals,
  known: { readonly counting: readonly Judged[]; readonly reference: Float64Array; readonly seed: number },
): GoalSituation['aim'] {
  if (name === goalNames.scalar) return randomMerit(goals, known.counting, known.reference, known.seed);
  const { combine } = goals;
  if (name !== goalNames.merit || combine === undefined) return 'front';
  const wishes = wishesOf(goals);
  return (losses) => meritOf(combine, wishes, losses);
}

function randomMerit(goals: Goals, counting: readonly Judged[], reference: Float64Array, seed: number) {
  const random = new Generator(seed, 'weights');
  // Uniform over the simplex.
  const drawn = goals.objectives.map(() => -Math.log(1 - random.uniform()));
  const total = drawn.reduce((sum, one) => sum + one, 0);
  const ideal = goals.objectives.map((_, k) =>
    counting.reduce((least, { losses }) => Math.min(least, losses[k] ?? least), Number.POSITIVE_INFINITY),
  );
  const far = (k: number) => (Number.isFinite(ideal[k]!) && ideal[k]! < reference[k]! ? ideal[k]! : reference[k]! - 1);
  return chebyshev(
    Float64Array.from(drawn, (one) => one / total),
    Float64Array.from(ideal, (_, k) => far(k)),
    reference,
  );
}

/** Some designs of the front, drawn anew for each proposal; where nothing counts the best by the first objective. */
function leadersOf({ spec, believed, costs }: Situation, counting: readonly JudgedVisit[], seed: number) {
  const inside = counting.filter(({ visit }) => !visit.outside);
  if (inside.length === 0) {
    const atTarget = believed.filter((visit) => visit.level === costs.length - 1 && !visit.outside);
    return ranked(spec, atTarget)
      .slice(0, mostLeaders)
      .map(({ design }) => design);
  }
  const best = front(inside);
  const order = new Generator(deriveSeed(seed, 'leaders'), 'front').permutation(best.length).slice(0, mostLeaders);
  return Array.from(order, (i) => best[i]!.visit.design);
}
