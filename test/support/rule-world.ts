import { encodedAt, placeAt, prepareSpace } from '../../models/strategy/candidates.js';
import type { Visit } from '../../models/strategy/history.js';
import { type Closing, Open } from '../../models/strategy/open.js';
import type { MemberSituation, Situation } from '../../models/strategy/rules/contract.js';
import { gp } from '../../models/surrogate/surrogates.js';
import { someCampaign, somePool } from './campaigns.js';

/** What a rule is asked in, with something measured at both levels: `listed` on a pool of 30 rows, else a square. */
export async function ruleWorld(listed: boolean, asked: readonly Visit[] = [], changes: Partial<Closing> = {}) {
  const campaign = someCampaign({}, listed ? somePool(30) : undefined);
  const prepared = await prepareSpace(campaign.space);
  const measured = Array.from({ length: 8 }, (_, i): Visit => {
    const place =
      prepared.listed === null
        ? { design: { x: (i + 0.5) / 8, y: Math.sin(3 * i) }, rowId: null }
        : placeAt(prepared.listed, 3 * i);
    const [x, y] = [place.design.x as number, place.design.y as number];
    const loss = (x - 0.3) ** 2 + 0.2 * (y - 0.5) ** 2;
    return { trialId: `t${i}`, ...place, level: i % 2, turned: [loss], noises: [null], pending: false };
  });
  const visits = [...measured, ...asked];
  const atTarget = measured.filter(({ level }) => level === 1);
  const surrogate = gp.fit(
    {
      designs: encodedAt(prepared, measured),
      levels: Int32Array.from(measured, ({ level }) => level),
      losses: Float64Array.from(measured, ({ turned }) => turned[0]!),
      levelCount: 2,
      finite: listed,
    },
    { seed: 1, previous: null, optimise: true },
  );
  const pending = visits.filter((visit) => visit.pending);
  const incumbent = surrogate.scale.toLatent(Math.min(...atTarget.map(({ turned }) => turned[0]!)));
  const member: MemberSituation = {
    ...{
      surrogate,
      weight: 1,
      sees: 'target',
      joins: false,
      measuredIncumbent: incumbent,
      incumbent,
      target: 1,
      seed: 3,
    },
    withPending:
      pending.length === 0
        ? surrogate
        : surrogate.condition(
            encodedAt(prepared, pending),
            Int32Array.from(pending, ({ level }) => level),
          ),
    measured: encodedAt(prepared, atTarget),
    pending: { designs: encodedAt(prepared, pending), levels: Int32Array.from(pending, ({ level }) => level) },
    representatives: () => encodedAt(prepared, measured),
  };
  const situation: Situation = {
    ...{ spec: campaign.spec, prepared, visits, believed: visits, costs: [0.1, 1], wanted: 4, feasibility: null },
    members: [member],
    further: new Map(),
  };
  const closing = { prepared, visits, levelCount: 2, levels: [0, 1], isTooDear: () => false, ...changes };
  return { situation, open: new Open(closing) };
}
