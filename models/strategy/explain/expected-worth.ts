import type { CampaignSpec } from '../../domain/campaign.js';
import { counts, front, type Goals, goalsOf, type Judged, judged, type OutcomeValues } from '../../domain/standing.js';
import { type Boxes, boxesLeft } from '../../pareto/boxes.js';
import { referenceOf } from '../rules/several-goals.js';

/** What a design is worth: first by its class, then within that, both lower being better. */
export type Worth = readonly [kind: 0 | 1 | 2, loss: number];

/**
 * What designs are worth by what is expected of their outcomes, beside what was measured at the target.
 *
 * Class 0 keeps all bounds: by merit where objectives are combined, by the loss of a single objective, of several by the hypervolume that it
 * would add to the front. Class 1 keeps them and would add nothing: by the first loss. Class 2 breaks some: by how far, in units of `scales`.
 *
 * @param scales - typical difference of two values of an outcome, by name; 1 where absent
 */
export function expectedWorth(
  spec: CampaignSpec,
  measured: readonly Judged[],
  scales: Readonly<Record<string, number>>,
): (expected: OutcomeValues) => Worth {
  const goals = goalsOf(spec);
  const m = goals.objectives.length;
  const counting = measured.filter(counts);
  const boxes = m === 1 || goals.combine !== undefined ? null : boxesOf(spec, goals, measured, counting);
  return (expected) => {
    const { losses, feasible, merit } = judged(goals, expected);
    if (feasible !== true) return [2, excessOf(goals, expected, scales)];
    const first = losses[0] ?? Number.POSITIVE_INFINITY;
    if (boxes === null) return [0, merit ?? first];
    const added = addedBy(
      boxes,
      losses.map((loss) => loss ?? Number.POSITIVE_INFINITY),
    );
    return added > 0 ? [0, -added] : [1, first];
  };
}

function boxesOf(spec: CampaignSpec, goals: Goals, measured: readonly Judged[], counting: readonly Judged[]): Boxes {
  const reference = referenceOf(spec, goals, counting.length > 0 ? counting : measured);
  const best = front(counting.map(({ losses }) => ({ losses, feasible: true })));
  const losses = Float64Array.from(best.flatMap((one) => one.losses as readonly number[]));
  return boxesLeft({ losses, m: goals.objectives.length }, reference);
}

function excessOf({ bounds }: Goals, expected: OutcomeValues, scales: Readonly<Record<string, number>>): number {
  return bounds.reduce((sum, { name, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }) => {
    const value = expected[name];
    return value === undefined ? sum : sum + Math.max(0, min - value, value - max) / (scales[name] ?? 1);
  }, 0);
}

/** By how much a point adds to the hypervolume of a front. */
function addedBy({ coordinates, ranges, count }: Boxes, losses: readonly number[]): number {
  const m = coordinates.length;
  let sum = 0;
  for (let b = 0; b < count; b++) {
    let product = 1;
    for (let k = 0; k < m && product > 0; k++) {
      const [low, high] = [0, 1].map((end) => coordinates[k]![ranges[b * 2 * m + 2 * k + end]!]!);
      product *= Math.max(0, high! - Math.max(losses[k]!, low!));
    }
    sum += product;
  }
  return sum;
}
