import { describe, expect, it } from 'vitest';
import type { Campaign } from '../../../models/domain/campaign.js';
import type { Design } from '../../../models/domain/design.js';
import { extendedSpace } from '../../../models/domain/extended-space.js';
import { type Extension, extensionBytes } from '../../../models/domain/extension.js';
import type { Proposal } from '../../../models/domain/proposal.js';
import type { CampaignRecord, TrialRecord } from '../../../models/domain/record.js';
import { heldArtefacts, writtenArtefacts } from '../../../models/strategy/artefacts.js';
import { decide } from '../../../models/strategy/decide.js';
import { learnedFidelities } from '../../../models/strategy/explain/learned.js';
import { outlook } from '../../../models/strategy/explain/outlook.js';
import { lastCalibrations } from '../../../models/strategy/explain/surrogates-behind.js';
import { sha256Of } from '../../../models/strategy/sha256.js';
import { exportJson } from '../../../scripts/record/export.js';
import { parseRecord } from '../../../scripts/record/record-file.js';
import { verifyRecord } from '../../../scripts/record/verify.js';
import { renderReport } from '../../../scripts/report/render.js';
import { ended, someCampaign } from '../../support/campaigns.js';

const lossOf = ({ x, molecule = 'C' }: Design) => 2 * (x as number) - 0.1 * (molecule as string).length;

/** A run of rounds of one trial each, some of which append rows first. */
async function run(campaign: Campaign, rounds: number, appends: Readonly<Record<number, readonly Extension[]>> = {}) {
  const trials: TrialRecord[] = [];
  const held = new Map<string, Uint8Array>();
  for (let round = 1; round <= rounds; round++) {
    const bytes = (appends[round] ?? []).map(extensionBytes);
    const further = new Map(bytes.map((one) => [sha256Of(one), one]));
    const extend = further.size === 0 ? {} : { extend: [...further.keys()] };
    const artefacts = heldArtefacts(new Map([...held, ...further]));
    const request = { campaign, round, count: 1, pending: [], remainingCost: null, trials: [...trials] };
    const { proposals, artefacts: made = new Map() } = await decide({ ...request, ...extend, ...artefacts });
    for (const [sha256, one] of made) held.set(sha256, one);
    for (const proposal of proposals) trials.push(ended(proposal, lossOf(proposal.design)));
  }
  const record: CampaignRecord = {
    campaign,
    phase: 'stopped',
    stop: null,
    trials,
    audit: [],
    ...writtenArtefacts(held),
  };
  return { record, trials, held };
}

const by = { name: 'test', version: '1' };
const extensionOf = (designs: readonly Design[], from = 0): Extension => ({
  by,
  rows: designs.map((design, i) => ({ id: `g${from + i}`, design })),
});

const smiles = ['CCO', 'CCN', 'CCCO', 'CCCN', 'CCCCO', 'CCCCN'];
const parameters = [
  { name: 'x', type: 'continuous' as const, bounds: [0, 1] as [number, number] },
  { name: 'molecule', type: 'substance' as const, smiles },
];
const designs: Design[] = Array.from({ length: 24 }, (_, i) => ({ x: (i % 7) / 7, molecule: smiles[i % 6]! }));
/** Aromatic: columns that do not vary in the pool vary with them. */
const rings: Design[] = ['c1ccccc1', 'Cc1ccccc1', 'Clc1ccccc1'].map((molecule, i) => ({ x: 0.1 * i, molecule }));
const chains: Design[] = [0.05, 0.55].map((x) => ({ x, molecule: 'CCO' }));

function campaignOn(some: readonly Design[], changes = {}, list = parameters): Campaign {
  const pool = { ids: some.map((_, i) => `r${i}`), designs: some };
  return someCampaign(
    {
      space: { parameters: list },
      fidelities: [{ name: 'high', adapter: 'problem', cost: 1 }],
      strategy: { initial: { rows: ['r0', 'r1', 'r2', 'r3'], trials: 4 } },
      budget: { trials: 40 },
      ...changes,
    },
    { parameters: list, pool },
  );
}

const fitOf = (trial: TrialRecord) => trial.proposal.basis.fit;
const places = (trials: readonly TrialRecord[]) => trials.map(({ proposal }) => proposal.rowId);

describe('a pool that grows', () => {
  it('gives the proposals of a pool that had all rows, from the round on in which they come before the first fit', async () => {
    const grown = await run(campaignOn(designs), 8, { 5: [extensionOf(rings)] });
    const whole = campaignOn(designs);
    const space = extendedSpace(whole.space, [extensionOf(rings)]);
    const plain = await run({ ...whole, space }, 8);
    const without = ({ basis: { extensions: _, fit, ...basis }, ...proposal }: Proposal) => {
      const { encoding: __, ...own } = fit ?? { encoding: '' };
      return { ...proposal, basis: { ...basis, fit: own } };
    };
    expect(grown.trials.map(({ proposal }) => without(proposal))).toEqual(
      plain.trials.map(({ proposal }) => without(proposal)),
    );
    const sha256 = sha256Of(extensionBytes(extensionOf(rings)));
    expect(grown.trials.map(({ proposal }) => proposal.basis.extensions)).toEqual([
      ...new Array(4).fill(undefined),
      ...new Array(4).fill([sha256]),
    ]);
    expect(grown.held.get(sha256)).toEqual(extensionBytes(extensionOf(rings)));
    expect(plain.trials.some(({ proposal }) => 'extensions' in proposal.basis)).toBe(false);
  });

  it('leaves the initial sample as it was laid out', async () => {
    const strategy = { initial: { trials: 6 } };
    const plain = await run(campaignOn(designs, { strategy }), 6);
    const grown = await run(campaignOn(designs, { strategy }), 6, {
      1: [extensionOf(rings)],
      3: [extensionOf(chains, 9)],
    });
    expect(places(grown.trials)).toEqual(places(plain.trials));
    expect(grown.trials.map(({ proposal }) => proposal.basis.extensions?.length)).toEqual([1, 1, 2, 2, 2, 2]);
  });

  it('is drawn from by random search', async () => {
    const strategy = { acquisition: 'random', initial: { trials: 2 } };
    const { trials, record } = await run(campaignOn(designs.slice(0, 4), { strategy }), 7, { 3: [extensionOf(rings)] });
    expect(places(trials).sort()).toEqual(['g0', 'g1', 'g2', 'r0', 'r1', 'r2', 'r3']);
    expect((await verifyRecord(record)).mismatches).toEqual([]);
  });

  it('is fitted afresh where its columns mean something else, and goes on where they do not', async () => {
    const { trials, record } = await run(campaignOn(designs), 9, {
      6: [extensionOf(rings)],
      8: [extensionOf(chains, 9)],
    });
    const widths = trials.map((trial) => fitOf(trial)?.members.map(({ hyperparameters }) => hyperparameters.length));
    const encodings = trials.map((trial) => fitOf(trial)?.encoding);
    expect(encodings.slice(0, 5)).toEqual(new Array(5).fill(undefined));
    // A descriptor that was constant varies with the rings.
    expect(widths[4]).not.toEqual(widths[5]);
    expect(new Set(encodings.slice(5)).size).toBe(1);
    expect(new Set(widths.slice(5).map(String)).size).toBe(1);
    expect(await verifyRecord(record)).toEqual({ checked: 9, byPerson: 0, mismatches: [] });
    const file = parseRecord(exportJson(record), 'grown.json');
    expect(await verifyRecord(file)).toEqual({ checked: 9, byPerson: 0, mismatches: [] });
    expect((await lastCalibrations(file)).size).toBeGreaterThan(0);
    expect((await outlook(file))!.untried.some(({ rowId }) => rowId?.startsWith('g'))).toBe(true);
    expect((await learnedFidelities(file))[0]!.name).toBe('high');
    const page = await renderReport(file);
    expect(page).toContain('pool of 24, grown to 29');
  });
});
