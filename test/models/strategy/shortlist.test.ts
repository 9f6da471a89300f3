import { describe, expect, it } from 'vitest';
import { acquisitionNamed } from '../../../models/acquisition/acquisitions.js';
import { type EncodedDesigns, selectDesigns } from '../../../models/encode/encoded-designs.js';
import { type AcquisitionSurface, acquisitionValues } from '../../../models/search/acquisition-surface.js';
import type { Listed } from '../../../models/strategy/candidates.js';
import { shortlist } from '../../../models/strategy/shortlist.js';
import { plainMoments } from '../../../models/surrogate/process/plain-moments.js';
import { surrogateChoice } from '../../../models/surrogate/surrogates.js';
import { someDesigns } from '../../support/encoded.js';
import { hasOnnxRuntime } from '../../support/screen-models.js';

const present = await hasOnnxRuntime();
const rows = 20_500;
const options = { seed: 1, previous: null, optimise: true };

/** A surface over a surrogate fitted to the first rows of the list. */
async function someSurface(
  encoded: EncodedDesigns,
  surrogate: string,
  acquisition: string,
): Promise<AcquisitionSurface> {
  const designs = selectDesigns(
    encoded,
    Array.from({ length: 25 }, (_, i) => i),
  );
  const width = encoded.encoding.numeric;
  const losses = Float64Array.from({ length: 25 }, (_, i) => Math.sin(4 * designs.numeric[i * width]!) + i / 100);
  const training = { designs, levels: new Int32Array(25), losses, levelCount: 1, finite: true };
  const type = acquisitionNamed(acquisition);
  if (type.kind !== 'moments') throw new Error(`${acquisition} sees more than moments`);
  const { members } = surrogateChoice(surrogate);
  const parts: AcquisitionSurface['parts'][number][] = [];
  for (const member of members) {
    const fitted = await member.type.fit(training, options);
    const prepared = { surrogate: fitted, anchors: null, anchored: 'target' as const, evaluate: type.evaluate };
    const incumbent = fitted.scale.toLatent(Math.min(...losses));
    parts.push({ acquisition: prepared, incumbent, scale: fitted.scale, weight: 1 / members.length });
  }
  return { parts, lossPower: type.lossPower, costs: [2], levels: [0] };
}

/** The shortlist asks for the columns only. */
const listed = (encoded: EncodedDesigns): Listed => ({
  designs: [],
  ids: null,
  encoded,
  place: new Map(),
  barred: new Set(),
});
const numeric = someDesigns(rows, { numeric: 3 }, 6);
const taken = Uint8Array.from({ length: rows }, (_, row) => (row < 25 || row % 5 === 0 ? 1 : 0));

describe('shortlist', () => {
  it.runIf(present).each([
    ['gp', 'log-ei-per-cost'],
    ['gp', 'log-pi'],
    ['gp', 'ucb'],
    ['gp', 'variance'],
    ['icm', 'log-ei-per-cost'],
    ['ensemble', 'log-ei-per-cost'],
    ['ensemble', 'log-pi'],
    ['ensemble', 'ucb'],
    ['ensemble', 'variance'],
  ])('holds the maximum over all rows, for %s and %s', async (surrogate, acquisition) => {
    const surface = await someSurface(numeric, surrogate, acquisition);
    const values = acquisitionValues(surface, numeric)[0]!.map((v, row) => (taken[row] ? Number.NEGATIVE_INFINITY : v));
    const highest = values.reduce((a, b) => Math.max(a, b));
    const found = await shortlist(surface, listed(numeric), taken);
    expect([...found!]).toEqual([...values.keys()].filter((row) => values[row] === highest));
  });

  it('holds the maximum where rows differ in cost', async () => {
    const surface = {
      ...(await someSurface(numeric, 'gp', 'log-ei-per-cost')),
      costsAt: (_: number, { n, numeric: x }: typeof numeric) =>
        Float64Array.from({ length: n }, (_, row) => 2 * Math.exp(x[(row * x.length) / n]! - 0.5)),
    };
    const { costsAt, ...alike } = surface;
    const own = costsAt(0, numeric);
    const values = acquisitionValues(surface, numeric)[0]!;
    const plain = acquisitionValues(alike, numeric)[0]!;
    for (let row = 0; row < numeric.n; row += 97)
      expect(values[row]).toBeCloseTo(plain[row]! - Math.log(own[row]! / 2), 9);
    const open = values.map((v, row) => (taken[row] ? Number.NEGATIVE_INFINITY : v));
    const highest = open.reduce((a, b) => Math.max(a, b));
    const found = await shortlist(surface, listed(numeric), taken);
    expect([...found!]).toEqual([...open.keys()].filter((row) => open[row] === highest));
  });

  it('is everything for short lists, several fidelities and columns that are not numeric', async () => {
    const surface = await someSurface(numeric, 'gp', 'log-ei-per-cost');
    const few = selectDesigns(numeric, [0, 1, 2]);
    expect(await shortlist(surface, listed(few), new Uint8Array(3))).toBeNull();
    const several = { ...surface, costs: [1, 2] };
    expect(await shortlist(several, listed(numeric), new Uint8Array(2 * rows))).toBeNull();
    const mixed = someDesigns(rows, { numeric: 1, categories: 1 }, 2);
    expect(await shortlist(await someSurface(mixed, 'gp', 'ucb'), listed(mixed), taken)).toBeNull();
  });
});

describe('the model that is screened', () => {
  it.each(['gp', 'smooth-gp', 'icm'])('of %s has the moments of the posterior', async (name) => {
    const { surrogate } = (await someSurface(numeric, name, 'ucb')).parts[0]!.acquisition;
    const some = selectDesigns(numeric, [0, 30, 31, 32, 33]);
    const exact = surrogate.posterior(some);
    const { mean, variance } = plainMoments(surrogate.screen!, some.numeric, some.n);
    for (let i = 0; i < some.n; i++) {
      expect(mean[i]).toBeCloseTo(exact.mean[0]![i]!, 8);
      expect(variance[i]).toBeCloseTo(exact.variance[0]![i]!, 8);
    }
  });
});
