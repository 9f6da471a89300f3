import { describe, expect, it } from 'vitest';
import { Generator } from '../../../../models/random/generator.js';
import { encodedAt, type Listed, placeAt, placeKey, prepareSpace } from '../../../../models/strategy/candidates.js';
import type { Visit } from '../../../../models/strategy/history.js';
import { type Closing, Open } from '../../../../models/strategy/open.js';
import type { MemberSituation, Situation } from '../../../../models/strategy/rules/contract.js';
import { stagedChoice } from '../../../../models/strategy/rules/staged-choice.js';
import { icm } from '../../../../models/surrogate/kinds/icm.js';
import { someCampaign, somePool } from '../../../support/campaigns.js';

const prepared = await prepareSpace(someCampaign({}, somePool(60)).space);
const listed: Listed = prepared.listed!;
const bowl = ({ x, y }: Record<string, unknown>) => ((x as number) - 0.3) ** 2 + 0.2 * ((y as number) - 0.5) ** 2;

/** Eight low trials, of which three were made at the target too. */
const visits = new Generator(3, 'visits').permutation(60).flatMap((row, i): Visit[] => {
  const visit = { trialId: '', ...placeAt(listed, row), noises: [], pending: false };
  const loss = bowl(visit.design);
  const low = i < 8 ? [{ ...visit, level: 0, turned: [2 * loss + 1] }] : [];
  return i < 3 ? [...low, { ...visit, level: 1, turned: [loss] }] : low;
});

function member(weight: number, factor = 1): MemberSituation {
  const measured = visits.filter((visit) => visit.level === 1);
  const surrogate = icm.fit(
    {
      designs: encodedAt(prepared, visits),
      levels: Int32Array.from(visits, (visit) => visit.level),
      losses: Float64Array.from(visits, (visit) => factor * visit.turned[0]!),
      levelCount: 2,
      finite: true,
    },
    { seed: 1, previous: null, optimise: true },
  );
  return {
    surrogate,
    withPending: surrogate,
    weight,
    sees: 'levels',
    joins: false,
    measuredIncumbent: surrogate.scale.toLatent(factor * Math.min(...measured.map((visit) => visit.turned[0]!))),
    incumbent: surrogate.scale.toLatent(factor * Math.min(...measured.map((visit) => visit.turned[0]!))),
    target: 1,
    measured: encodedAt(prepared, measured),
    pending: { designs: encodedAt(prepared, []), levels: new Int32Array() },
    representatives: () => listed.encoded,
    seed: 1,
  };
}

interface Where extends Omit<Closing, 'levelCount'>, Pick<Situation, 'costs' | 'costsAt'> {}

const where: Where = { prepared, visits, costs: [0.05, 1], levels: [0, 1], isTooDear: () => false };
const chosen = (one: MemberSituation, { costs, ...given }: Where) =>
  stagedChoice([one], listed, { costs, feasibility: null, ...given }, new Open({ levelCount: 2, ...given }));

describe('stagedChoice', () => {
  it('asks no design twice at a level, and none again that was asked at the target', () => {
    const seen = [...visits];
    for (let i = 0; i < 30; i++) {
      const best = chosen(member(1), { ...where, visits: seen })!;
      const before = seen.filter((visit) => placeKey(visit) === placeKey(best)).map((visit) => visit.level);
      expect(before).not.toContain(best.level);
      expect(before).not.toContain(1);
      seen.push({ trialId: '', ...best, turned: [], noises: [], pending: true });
    }
    expect(new Set(seen.slice(visits.length).map((visit) => visit.level)).size).toBe(2);
  });

  it('asks a cheap level first where it tells, and the target where it is dear, forbidden, too dear or of no weight', () => {
    expect(chosen(member(1), where)).toMatchObject({ level: 0 });
    const dear = chosen(member(1), { ...where, costs: [0.99, 1] })!;
    expect(dear.level).toBe(1);
    const alone = chosen(member(1), { ...where, levels: [1] })!;
    expect(alone.level).toBe(1);
    const refused = chosen(member(1), { ...where, isTooDear: (level) => level === 0 })!;
    expect(refused).toEqual(alone);
    // Of a member that has small weight, a low trial explains next to nothing: it pays only where it is all but free.
    expect(chosen(member(0.001), where)).toEqual(alone);
  });

  it('counts what each design costs', () => {
    const { rowId } = chosen(member(1), { ...where, levels: [1] })!;
    const own = (dear: number) => listed.ids!.map((id) => (id === rowId ? dear : 1));
    const costsAt = (level: number) => (level === 1 ? Float64Array.from(own(1000)) : null);
    expect(chosen(member(1), { ...where, levels: [1], costsAt })!.rowId).not.toBe(rowId);
  });

  it('chooses the same whatever the unit of the losses', () => {
    const plain = chosen(member(1), where)!;
    for (const factor of [1e-200, 1e3, 1e300]) {
      const scaled = chosen(member(1, factor), where)!;
      expect(scaled).toMatchObject({ rowId: plain.rowId, level: plain.level });
      expect(scaled.value).toBeCloseTo(plain.value + Math.log(factor), 4);
    }
  });

  it('is null where every design was asked at the target', () => {
    const all = listed.ids!.map((_, row): Visit => {
      return { trialId: '', ...placeAt(listed, row), level: 1, turned: [1], noises: [], pending: false };
    });
    expect(chosen(member(1), { ...where, visits: all })).toBeNull();
  });
});
