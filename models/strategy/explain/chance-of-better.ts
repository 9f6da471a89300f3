import { drawJoint } from '../../acquisition/joint-draws.js';
import { concatDesigns, type EncodedDesigns, selectDesigns, sliceDesigns } from '../../encode/encoded-designs.js';
import { normalDraws } from '../../random/normal-draws.js';
import { cdf } from '../../stats/normal.js';
import { normalQuantile } from '../../stats/normal-quantile.js';
import type { FittedSurrogate } from '../../surrogate/contract.js';
import type { Ensemble, Member } from '../../surrogate/ensemble.js';

/** Candidates that are drawn together, and draws of them. */
const drawn = { candidates: 384, draws: 1024 } as const;

/** Candidates whose moments are held at the same time. */
const chunk = 8192;

/** Values of the best design that marginal chances are averaged over: midpoints of so many equal shares. */
const shares = 8;

/**
 * Upper bound of the probability that some candidate has a target value better than that of a measured design by more
 * than ε, by the mixture of the members of an ensemble.
 *
 * P(any) ≤ P(any of the 384 likeliest) + Σ_rest P(i),  P(i) = P(loss_i < loss_best − ε)
 *
 * The first by 1,024 joint draws with the measured design, whose own value is known up to noise only; each P(i) from the
 * joint normal of the two. Values are those without measurement noise.
 *
 * @param best - the measured design, alone
 * @param epsilon - objective units, 0 or more
 * @returns within [0, 1]; the standard error of the drawn part is at most 0.016, 0.003 at a chance of 0.01
 */
export function chanceOfBetter(
  ensemble: Ensemble,
  best: EncodedDesigns,
  candidates: EncodedDesigns,
  epsilon: number,
  seed: number,
): number {
  if (candidates.n === 0) return 0;
  const chances = new Float64Array(candidates.n);
  for (let from = 0; from < candidates.n; from += chunk) {
    const part = sliceDesigns(candidates, from, Math.min(chunk, candidates.n - from));
    for (const { surrogate, weight } of ensemble.members)
      singleChances(surrogate, best, part, epsilon).forEach((chance, i) => {
        chances[from + i] = chances[from + i]! + weight * chance;
      });
  }
  const order = [...chances.keys()].sort((a, b) => chances[b]! - chances[a]! || a - b);
  const rest = order.slice(drawn.candidates).reduce((sum, i) => sum + chances[i]!, 0);
  const likely = concatDesigns(best, selectDesigns(candidates, order.slice(0, drawn.candidates)));
  const base = normalDraws(drawn.draws, likely.n, seed);
  const together = ensemble.members.reduce(
    (sum, member) => sum + member.weight * drawnChance(member, likely, base, epsilon),
    0,
  );
  return Math.min(1, together + rest);
}

/** P(loss_i < loss_best − ε) of each candidate by itself. */
function singleChances(
  surrogate: FittedSurrogate,
  best: EncodedDesigns,
  candidates: EncodedDesigns,
  epsilon: number,
): Float64Array {
  const anchored = surrogate.anchored(best);
  const target = surrogate.noise.length - 1;
  const covariances = anchored.with(candidates, target);
  const posterior = surrogate.posterior(candidates);
  const mean = posterior.mean[target]!;
  const variance = posterior.variance[target]!;
  const own = anchored.covariance[0]!;
  const sd = Math.sqrt(Math.max(0, own));
  const chances = new Float64Array(candidates.n);
  for (let k = 0; k < shares; k++) {
    const deviation = sd * normalQuantile((k + 0.5) / shares);
    const wanted = lowered(surrogate, anchored.mean[0]! + deviation, epsilon);
    for (let i = 0; i < candidates.n; i++) {
      const slope = own > 0 ? covariances[i]! / own : 0;
      const left = Math.sqrt(Math.max(1e-12 * variance[i]!, variance[i]! - slope * covariances[i]!));
      chances[i] = chances[i]! + cdf((wanted - mean[i]! - slope * deviation) / left) / shares;
    }
  }
  return chances;
}

/** Share of the joint draws in which some design after the first is better than it by more than ε. */
function drawnChance({ surrogate }: Member, designs: EncodedDesigns, base: Float64Array, epsilon: number): number {
  const { values, m, draws } = drawJoint({ ...surrogate.joint(designs), base });
  let better = 0;
  for (let s = 0; s < draws; s++) {
    const wanted = lowered(surrogate, values[s * m]!, epsilon);
    if (values.subarray(s * m + 1, (s + 1) * m).some((value) => value < wanted)) better++;
  }
  return better / draws;
}

/** A value on the surrogate's scale after its loss was lowered by ε. */
function lowered({ scale }: FittedSurrogate, latent: number, epsilon: number): number {
  return scale.toLatent(scale.toLoss(latent) - epsilon);
}
