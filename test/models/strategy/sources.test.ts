import { describe, expect, it } from 'vitest';
import type { Campaign } from '../../../models/domain/campaign.js';
import type { Design } from '../../../models/domain/design.js';
import type { TrialRecord } from '../../../models/domain/record.js';
import type { Source } from '../../../models/domain/source.js';
import { Generator } from '../../../models/random/generator.js';
import { prepareSpace } from '../../../models/strategy/candidates.js';
import { decide } from '../../../models/strategy/decide.js';
import { lastSourceFits } from '../../../models/strategy/explain/source-words.js';
import { joinSources } from '../../../models/strategy/sources.js';
import type { TrainingSet } from '../../../models/surrogate/contract.js';
import type { Contender } from '../../../models/surrogate/ensemble.js';
import { surrogateChoice } from '../../../models/surrogate/surrogates.js';
import { ended, someCampaign, somePool } from '../../support/campaigns.js';

const bowl = ({ x, y }: Design) => ((x as number) - 0.3) ** 2 + 0.2 * ((y as number) - 0.5) ** 2;

/** An earlier campaign on n designs of the square, some of them outside the bounds. */
function source(name: string, n: number, image: (loss: number, i: number) => number): Source {
  const random = new Generator(5, name);
  const designs = Array.from({ length: n }, () => ({ x: 1.2 * random.uniform(), y: 4 * random.uniform() - 2 }));
  return { name, designs, values: designs.map((design, i) => image(bowl(design), i)), leftOut: 0 };
}

const single = [{ name: 'high', adapter: 'problem', cost: 1 }];

function campaignWith(sources: readonly Source[], changes = {}) {
  const plain = someCampaign({ fidelities: single, budget: { trials: 30 }, ...changes });
  return { ...plain, space: { ...plain.space, sources } };
}

async function play(campaign: ReturnType<typeof someCampaign>, trials: number): Promise<TrialRecord[]> {
  const records: TrialRecord[] = [];
  for (let round = 1; records.length < trials; round++) {
    const request = { campaign, round, count: 1, pending: [], remainingCost: null, trials: records };
    const { proposals } = await decide(request);
    records.push(...proposals.map((proposal) => ended(proposal, bowl(proposal.design))));
  }
  return records;
}

const best = (records: readonly TrialRecord[]) => Math.min(...records.map(({ proposal }) => bowl(proposal.design)));

describe('joinSources', () => {
  it('is null without earlier campaigns, and else remembered', async () => {
    expect(joinSources(await prepareSpace(someCampaign().space), 1)).toBeNull();
    const prepared = await prepareSpace(campaignWith([source('one', 9, (loss) => loss)]).space);
    expect(joinSources(prepared, 1)).toBe(joinSources(prepared, 1));
    expect([...joinSources(prepared, -1)!.rows.losses]).toEqual(
      [...joinSources(prepared, 1)!.rows.losses].map((loss) => -loss),
    );
  });

  it('believes them beforehand alike, whether or not the lower fidelities are validated', async () => {
    const prepared = await prepareSpace(campaignWith([source('one', 9, (loss) => loss)]).space);
    const plain = surrogateChoice('guarded').members;
    const training = (validated: boolean): TrainingSet => ({
      designs: prepared.encoder.encode([{ x: 0.5, y: 0.5 }]),
      levels: new Int32Array(1),
      losses: new Float64Array(1),
      levelCount: 2,
      finite: false,
      validated,
    });
    const odds = (of: readonly Contender[]) =>
      [false, true].map((validated) => of.map(({ logOdds }) => logOdds(training(validated))));
    expect(odds(plain)).toEqual([
      [0, -1],
      [0, 2],
    ]);
    expect(odds(joinSources(prepared, 1)!.contenders(plain))).toEqual([
      [0, 2],
      [0, 2],
    ]);
  });

  it('takes each in standard units, numbers outside the bounds too, and an even share of many rows', async () => {
    const sources = [source('few', 20, (loss) => 1e6 * loss + 5), source('many', 500, (loss) => loss)];
    const { rows } = joinSources(await prepareSpace(campaignWith(sources).space), 1)!;
    expect(rows.count).toBe(2);
    expect(rows.levels.filter((level) => level === 0)).toHaveLength(20);
    expect(rows.levels.filter((level) => level === 1)).toHaveLength(300);
    const few = rows.losses.subarray(0, 20);
    expect(few.reduce((a, b) => a + b) / 20).toBeCloseTo(0, 9);
    expect(few.reduce((sum, b) => sum + b * b, 0) / 19).toBeCloseTo(1, 9);
    expect(Math.max(...rows.designs.numeric)).toBeGreaterThan(1);
  });
});

describe('decide with earlier campaigns', () => {
  it.each([
    ['as it is', (loss: number) => loss],
    ['with its sign turned', (loss: number) => 3 - loss],
  ])('finds the minimum sooner by one %s', async (_, image) => {
    const records = await play(campaignWith([source('march', 40, image)]), 7);
    expect(records.slice(0, 3).every(({ proposal }) => proposal.reason.kind === 'initial')).toBe(true);
    expect(records[3]!.proposal.reason.kind).toBe('acquisition');
    expect(best(records)).toBeLessThan(1e-3);
    const [fit] = lastSourceFits(records)!;
    expect(fit!.rows).toBe(40);
    const sign = image(1) > image(0) ? 1 : -1;
    expect(sign * fit!.correlation).toBeGreaterThan(0.6);
    expect(sign * fit!.foretold.correlation!.value).toBeGreaterThan(0.9);
  });

  it('finds it in spite of one that has nothing to do with it', async () => {
    const noise = new Generator(3, 'nothing');
    const records = await play(campaignWith([source('nothing', 40, () => noise.normal())]), 14);
    expect(best(records)).toBeLessThan(1e-2);
    expect(Math.abs(lastSourceFits(records)![0]!.correlation)).toBeLessThan(0.6);
    const guarded = records.filter(({ proposal }) => proposal.reason.text.includes('whatever earlier campaigns say'));
    // As many as those that know nothing of it have weight, which is soon more than the least of a third.
    expect(guarded.length).toBeGreaterThanOrEqual(4);
  });

  it('learns from molecules that the space does not have, and proposes none of them where designs cannot be listed', async () => {
    const parameters: Campaign['space']['parameters'] = [
      { name: 'm', type: 'substance', smiles: ['CCO', 'CCN', 'CCC', 'CO'] },
      { name: 'x', type: 'continuous', bounds: [0, 1] },
    ];
    const value = ({ m, x }: Design) => (m as string).length / 10 + ((x as number) - 0.3) ** 2;
    const others = Array.from({ length: 30 }, (_, i) => `C${'O'.repeat(1 + (i % 5))}${'N'.repeat(Math.floor(i / 5))}`);
    const random = new Generator(2, 'others');
    const designs = others.map((m) => ({ m, x: random.uniform() }));
    const earlier = { name: 'others', designs, values: designs.map(value), leftOut: 0 };
    const space = { parameters, pool: null, sources: [earlier] };
    const campaign = someCampaign({ space: { parameters }, fidelities: single, budget: { trials: 30 } }, space);
    const records: TrialRecord[] = [];
    for (let round = 1; round <= 9; round++) {
      const request = { campaign, round, count: 1, pending: [], remainingCost: null, trials: records };
      const { proposals } = await decide(request);
      expect((await decide(request)).proposals).toEqual(proposals);
      records.push(...proposals.map((proposal) => ended(proposal, value(proposal.design))));
    }
    expect(
      records.filter(({ proposal }) => !['CCO', 'CCN', 'CCC', 'CO'].includes(proposal.design.m as string)),
    ).toEqual([]);
    expect(lastSourceFits(records)![0]).toMatchObject({ rows: 30, used: 30 });
    const prepared = await prepareSpace(space);
    expect([prepared.space.parameters, prepared.encoder.space.parameters[0]]).toEqual([
      parameters,
      expect.objectContaining({ smiles: ['CCO', 'CCN', 'CCC', 'CO', ...others.filter((m) => m !== 'CO')] }),
    ]);
  });

  it('is a pure function of its request, on a pool and with several fidelities too', async () => {
    const pool = somePool(40);
    const earlier = [source('march', 12, (loss) => loss), source('may', 9, (loss) => -loss)];
    const campaign = someCampaign({}, { ...pool, sources: earlier });
    const records: TrialRecord[] = [];
    for (let round = 1; round <= 12; round++) {
      const request = { campaign, round, count: 2, pending: [], remainingCost: 9, trials: records };
      const { proposals } = await decide(request);
      expect((await decide(JSON.parse(JSON.stringify(request)) as typeof request)).proposals).toEqual(proposals);
      records.push(...proposals.map((proposal) => ended(proposal, bowl(proposal.design))));
    }
    expect(lastSourceFits(records)!.map(({ name }) => name)).toEqual(['march', 'may']);
  });

  it('lets what is fitted without them alone', async () => {
    const campaign = campaignWith([source('march', 12, (loss) => loss)], { strategy: { surrogate: 'gp' } });
    expect(lastSourceFits(await play(campaign, 5))).toEqual([]);
  });
});
