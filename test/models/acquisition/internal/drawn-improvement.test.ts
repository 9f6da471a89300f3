import { describe, expect, it } from 'vitest';
import { drawnImprovement } from '../../../../models/acquisition/internal/drawn-improvement.js';
import { logEi } from '../../../../models/acquisition/internal/log-ei.js';
import { qLogEi, qLogNei } from '../../../../models/acquisition/internal/monte-carlo-improvement.js';
import { normalDraws } from '../../../../models/random/normal-draws.js';
import { positiveDefinite } from '../../../support/matrices.js';

/** Moments of four anchors and one candidate, the candidate last. */
function someMoments(seed: number) {
  const all = positiveDefinite(5, seed);
  const mean = Float64Array.of(0.3, 0.1, -0.2, 0.4, 0.2);
  const anchors = {
    mean: mean.subarray(0, 4),
    covariance: Float64Array.from({ length: 16 }, (_, at) => all[Math.floor(at / 4) * 5 + (at % 4)]!),
  };
  return { all, mean, anchors, withAnchors: all.subarray(20, 24), variance: all[24]! };
}

describe('improvement on drawn losses', () => {
  it('is noisy improvement over joint draws, with the draw of the candidate taken in closed form', () => {
    for (const seed of [1, 2, 3]) {
      const { all, mean, anchors, withAnchors, variance } = someMoments(seed);
      const ours = drawnImprovement(anchors, Number.POSITIVE_INFINITY, 4)(mean[4]!, variance, withAnchors).value;
      const base = normalDraws(8192, 5, 9);
      // What 64 draws of the anchors leave.
      expect(Math.abs(ours - qLogNei({ mean, covariance: all, base }, 4).value)).toBeLessThan(0.15);
    }
  });

  it('is log EI below an incumbent that no anchor comes near', () => {
    const { mean, anchors, withAnchors, variance } = someMoments(4);
    const high = { ...anchors, mean: anchors.mean.map((value) => value + 100) };
    const { value } = drawnImprovement(high, 0.1, 4)(mean[4]!, variance, withAnchors);
    // The draws of the anchors move the candidate's mean, and the average over them is its own distribution again.
    expect(Math.abs(value - logEi(0.1, mean[4]!, variance).value)).toBeLessThan(0.05);
    const independent = drawnImprovement(high, 0.1, 4)(mean[4]!, variance, new Float64Array(4));
    expect(independent.value).toBeCloseTo(logEi(0.1, mean[4]!, variance).value, 12);
  });

  it('is the gain of the batch by one more point: expected improvement of both less that of the pending one', () => {
    const mean = Float64Array.of(0.1, 0.3);
    const covariance = Float64Array.of(0.5, 0.2, 0.2, 0.6);
    const base = normalDraws(16384, 2, 3);
    const both = Math.exp(qLogEi({ mean, covariance, base }, 0).value);
    const pending = Math.exp(logEi(0, 0.1, 0.5).value);
    const gain = drawnImprovement({ mean: mean.subarray(0, 1), covariance: Float64Array.of(0.5) }, 0, 5);
    const ours = Math.exp(gain(0.3, 0.6, Float64Array.of(0.2)).value);
    // The smooth maximum of two lies up to 1 % above the maximum; the draws leave as much.
    expect(Math.abs(ours - (both - pending))).toBeLessThan(0.02 * both);
  });

  it('falls to nothing at an anchor itself, and keeps finite slopes there', () => {
    const { all, mean, anchors } = someMoments(6);
    const improvement = drawnImprovement(anchors, Number.POSITIVE_INFINITY, 4);
    const here = improvement(mean[0]!, all[0]!, anchors.covariance.subarray(0, 4));
    expect(here.value).toBeLessThan(improvement(mean[0]!, all[0]!, new Float64Array(4)).value - 3);
    expect([here.byMean, here.byVariance, ...here.byAnchors].every(Number.isFinite)).toBe(true);
  });
});
