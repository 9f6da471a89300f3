import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Campaign } from '../../../models/domain/campaign.js';
import type { Design } from '../../../models/domain/design.js';
import { extendedSpace } from '../../../models/domain/extended-space.js';
import { type Extension, extensionBytes } from '../../../models/domain/extension.js';
import type { Parameter } from '../../../models/domain/parameters/parameter.js';
import type { Proposal } from '../../../models/domain/proposal.js';
import type { CampaignRecord, TrialRecord } from '../../../models/domain/record.js';
import { sha256Of } from '../../../models/domain/sha256.js';
import type { Space } from '../../../models/domain/space.js';
import { heldArtefacts, recordedArtefacts, writtenArtefacts } from '../../../models/strategy/artefacts.js';
import { prepareSpace } from '../../../models/strategy/candidates.js';
import { decide } from '../../../models/strategy/decide.js';
import { learnedFidelities } from '../../../models/strategy/explain/learned.js';
import { outliersOf } from '../../../models/strategy/explain/outliers.js';
import { outlook } from '../../../models/strategy/explain/outlook.js';
import { recommend } from '../../../models/strategy/explain/recommend.js';
import { lastCalibrations } from '../../../models/strategy/explain/surrogates-behind.js';
import { grownRecord, grownSpace } from '../../../models/strategy/growth.js';
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

function campaignOn(some: readonly Design[], changes = {}, list: readonly Parameter[] = parameters): Campaign {
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

  it('gives the same also whatever the parameters, and in how many parts the rows come', async () => {
    const list: Parameter[] = [
      parameters[0]!,
      { name: 'c', type: 'categorical', levels: ['a', 'b'] },
      { name: 'f', type: 'formula', formulas: ['FeNi', 'Fe2O3'] },
    ];
    const row = fc.record({
      x: fc.double({ min: 0, max: 1, noNaN: true }),
      c: fc.constantFrom('a', 'b', 'c'),
      f: fc.constantFrom('FeNi', 'Fe2O3', 'MgO'),
    });
    const rows = fc.uniqueArray(row, { selector: ({ x }) => x + 0, minLength: 2, maxLength: 6 });
    const first = Array.from({ length: 8 }, (_, i) => ({
      x: (i + 0.5) / 9.7,
      c: 'ab'[i % 2]!,
      f: ['FeNi', 'Fe2O3'][i % 2]!,
    }));
    await fc.assert(
      fc.asyncProperty(rows, fc.nat(), async (some, cut) => {
        const added = some.filter(({ x }) => first.every((one) => one.x !== x));
        fc.pre(added.length > 1);
        const at = 1 + (cut % (added.length - 1));
        const campaign = campaignOn(first, { strategy: { initial: { rows: ['r0', 'r1', 'r2'], trials: 3 } } }, list);
        const parts = [extensionOf(added.slice(0, at)), extensionOf(added.slice(at), at)];
        const grown = await run(campaign, 6, { 2: parts.slice(0, 1), 4: parts.slice(1) });
        const space = extendedSpace(campaign.space, [extensionOf(added)]);
        const plain = await run({ ...campaign, space }, 6);
        const told = ({ trials }: typeof grown) => trials.map(({ proposal }) => [proposal.rowId, proposal.reason]);
        expect(told(grown)).toEqual(told(plain));
        expect((await verifyRecord(grown.record)).mismatches).toEqual([]);
        const lists = grown.trials.map(({ proposal }) => proposal.basis.extensions ?? []);
        for (const [i, one] of lists.entries()) expect(one).toEqual(lists.at(-1)!.slice(0, i < 1 ? 0 : i < 3 ? 1 : 2));
      }),
      { seed: 15, numRuns: 6 },
    );
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
    expect(page).toContain('5 by test 1, in rounds 6 to 8');
  });

  it.each([
    ['columns come', rings],
    ['a column is scaled otherwise', [{ x: 0.3, molecule: 'CCCCCCCO' }]],
  ])('starts the search for hyperparameters as if there had been no fit where %s', async (_, some) => {
    const { trials, record } = await run(campaignOn(designs), 7);
    const bytes = extensionBytes(extensionOf(some));
    const sha256 = sha256Of(bytes);
    const own = { extend: [sha256], ...heldArtefacts(new Map([[sha256, bytes]])) };
    const request = { campaign: record.campaign, round: 8, count: 1, pending: [], remainingCost: null, ...own };
    const bare = trials.map((trial) => {
      const { basis } = trial.proposal;
      return { ...trial, proposal: { ...trial.proposal, basis: { ...basis, fit: null } } };
    });
    // Of so many observations that a further one is no reason for another fit.
    const many = trials.map((trial) => {
      const { basis } = trial.proposal;
      const fit = basis.fit === null ? null : { ...basis.fit, observations: 1000 };
      return { ...trial, proposal: { ...trial.proposal, basis: { ...basis, fit } } };
    });
    const decided = await decide({ ...request, trials });
    const members = ({ proposals }: typeof decided) => proposals[0]!.basis.fit!.members;
    expect(members(decided)).toEqual(members(await decide({ ...request, trials: bare })));
    expect(decided).toEqual(await decide({ ...request, trials: many }));
    expect(decided.proposals[0]!.basis.fit!.round).toBe(8);
  });

  it('is told of by fits of its own where the last one was made before it had grown', async () => {
    const { trials, record } = await run(campaignOn(designs), 8);
    const bytes = extensionBytes(extensionOf(rings));
    const extensions = [sha256Of(bytes)];
    const { proposal } = trials[0]!;
    const row = {
      id: 'test/r9/p1',
      round: 9,
      rowId: 'g0',
      design: rings[0]!,
      basis: { ...proposal.basis, extensions },
    };
    const artefacts = writtenArtefacts(new Map([[extensions[0]!, bytes]]));
    const grown = { ...record, trials: [...trials, ended({ ...proposal, ...row }, lossOf(rings[0]!))], ...artefacts };
    // A person's own proposal names no extension, and is in the pool as it is.
    const person = { who: 'ann', sinceRound: 10 };
    const { extensions: _, ...basis } = row.basis;
    const own = {
      ...proposal,
      id: 'test/r10/p1',
      round: 10,
      rowId: 'g1',
      design: rings[1]!,
      basis: { ...basis, person },
    };
    for (const one of [grown, { ...grown, trials: [...grown.trials, ended(own, lossOf(rings[1]!))] }]) {
      expect((await lastCalibrations(one)).size).toBeGreaterThan(0);
      expect((await outlook(one))!.untried.some(({ rowId }) => rowId?.startsWith('g'))).toBe(true);
      const { campaign } = one;
      expect(await outliersOf(campaign, one.trials, [], recordedArtefacts(one))).toBeInstanceOf(Array);
    }
    // Without an extension, what is given is what is used.
    const plain = await grownRecord(record);
    expect(plain.campaign).toBe(record.campaign);
    expect(plain.trials).toBe(record.trials);
  });

  it('keeps hyperparameters that need no fit yet as long as columns mean the same', async () => {
    const { trials, held, record } = await run(campaignOn(designs), 6, { 5: [extensionOf(rings)] });
    const { proposal } = trials[0]!;
    // So many observations that hyperparameters are not fitted anew every round, and as if the last fit had seen more.
    const many = Array.from({ length: 64 }, (_, i) => {
      const { design, rowId } = trials[i % 6]!.proposal;
      return ended(
        { ...proposal, id: `test/r1/p${i + 2}`, index: i + 2, design, rowId },
        lossOf(design) + 0.01 * (i % 3),
      );
    });
    const last = trials.map((trial) => {
      const { basis } = trial.proposal;
      const fit = basis.fit === null ? null : { ...basis.fit, observations: 1000 };
      return { ...trial, proposal: { ...trial.proposal, basis: { ...basis, fit } } };
    });
    const fitAfter = async (some: readonly Design[]) => {
      const bytes = extensionBytes(extensionOf(some, 20));
      const own = { extend: [sha256Of(bytes)], ...heldArtefacts(new Map([...held, [sha256Of(bytes), bytes]])) };
      const request = { campaign: record.campaign, round: 7, count: 1, pending: [], remainingCost: null, ...own };
      return (await decide({ ...request, trials: [...many, ...last] })).proposals[0]!.basis.fit!;
    };
    const before = fitOf(last.at(-1)!)!;
    const same = await fitAfter(chains);
    expect(same).toMatchObject({ round: 6, observations: 1000, encoding: before.encoding });
    expect(same.members.map(({ hyperparameters }) => hyperparameters)).toEqual(
      before.members.map(({ hyperparameters }) => hyperparameters),
    );
    const other = await fitAfter([{ x: 0.3, molecule: 'CCCCCCCO' }]);
    expect(other).toMatchObject({ round: 7, observations: 70 });
    expect(other.encoding).not.toBe(before.encoding);
  });

  it('is what a round with trials in flight goes on from, and one without a proposal leaves as it was', async () => {
    const { trials, held, record } = await run(campaignOn(designs), 6, { 5: [extensionOf(rings)] });
    const { campaign } = record;
    const further = extensionBytes(extensionOf(chains, 9));
    const sha256 = sha256Of(further);
    const open = trials.map((trial, i) => (i < 5 ? trial : { ...trial, state: 'running' as const, observation: null }));
    const pending = open.slice(5).map(({ proposal }) => proposal.id);
    const artefacts = heldArtefacts(new Map([...held, [sha256, further]]));
    const asked = { campaign, round: 7, count: 2, pending, trials: open, extend: [sha256], ...artefacts };
    const { proposals, artefacts: made } = await decide({ ...asked, remainingCost: null });
    const before = trials.at(-1)!.proposal.basis.extensions!;
    for (const { basis } of proposals) expect(basis.extensions).toEqual([...before, sha256]);
    expect([...made!.keys()]).toEqual([sha256]);
    expect(await decide({ ...asked, remainingCost: 0 })).toEqual({ proposals: [], shortfall: 'budget' });
    // The next round goes on from what is named, and may append it again.
    const again = await decide({ ...asked, round: 8, remainingCost: null });
    expect(again.proposals[0]!.basis.extensions).toEqual([...before, sha256]);
  });

  it('refuses rows that cannot be appended, with every fault, and the decision with them', async () => {
    const campaign = campaignOn(designs);
    const request = { campaign, round: 1, count: 1, pending: [], remainingCost: null, trials: [] };
    const wrong = [
      { x: 0.3, molecule: 'OCC' },
      { x: 0.3, molecule: 'C(C)(C)(C)(C)C' },
    ];
    const bytes = extensionBytes(extensionOf(wrong));
    const sha256 = sha256Of(bytes);
    const asked = { ...request, extend: [sha256] };
    const faults = await decide({ ...asked, ...heldArtefacts(new Map([[sha256, bytes]])) }).catch(
      (error) => error.faults,
    );
    expect(faults.map(({ message }: { message: string }) => message)).toEqual([
      "'OCC' is the molecule 'CCO'",
      expect.stringMatching(/^'C\(C\)\(C\)\(C\)\(C\)C' is no molecule/),
    ]);
    const twice = extensionBytes(extensionOf([designs[3]!]));
    const own = { extend: [sha256Of(twice)], ...heldArtefacts(new Map([[sha256Of(twice), twice]])) };
    await expect(decide({ ...request, ...own })).rejects.toThrow("the design is that of row 'r3'");
    await expect(decide(asked)).rejects.toThrow(`nobody holds the artefact ${sha256}`);
    const others = heldArtefacts(new Map([[sha256, twice]]));
    await expect(decide({ ...asked, ...others })).rejects.toThrow(`the bytes given for artefact ${sha256} are others`);
    const open = someCampaign();
    const right = { extend: [sha256], ...heldArtefacts(new Map([[sha256, bytes]])) };
    await expect(decide({ ...request, campaign: open, ...right })).rejects.toThrow('there is no pool to extend');
    expect((await decide(request)).proposals).toHaveLength(1);
  });

  it('takes a result that was in none of its rows for one of the row that has it then', async () => {
    const campaign = campaignOn(designs);
    const { trials } = await run(campaign, 4);
    const told = (design: Design, round: number) => {
      const { proposal } = trials[0]!;
      return ended({ ...proposal, id: `test/r${round}/p1`, round, design, rowId: null }, lossOf(design));
    };
    // The ring in another spelling, better than all: as if a person had measured it beside the pool.
    const known = [...trials, told({ x: 0, molecule: 'C1=CC=CC=C1' }, 5), told({ x: 0.9, molecule: 'CCOC' }, 6)];
    const asked = { campaign, count: 3, pending: [], remainingCost: null, trials: known };
    const before = await decide({ ...asked, round: 7 });
    expect(before.proposals[0]!.reason.text).toContain('best so far');
    const bytes = extensionBytes(extensionOf(rings));
    const sha256 = sha256Of(bytes);
    const grown = { ...asked, extend: [sha256], ...heldArtefacts(new Map([[sha256, bytes]])) };
    const after = await decide({ ...grown, round: 7 });
    const rows = after.proposals.map(({ rowId }) => rowId);
    expect(rows).not.toContain('g0');
    expect(rows.some((id) => id?.startsWith('g'))).toBe(true);
    // Measured once there, it stays closed, and the other one outside.
    const closed = await decide({ ...grown, round: 8, count: 30 });
    expect(closed.proposals.map(({ rowId }) => rowId)).not.toContain('g0');
    expect(closed.proposals).toHaveLength(24 - 4 + 2);
  });

  it('is asked at several fidelities, and beside an earlier campaign', async () => {
    const fidelities = [
      { name: 'low', adapter: 'problem', cost: 0.1 },
      { name: 'high', adapter: 'problem', cost: 1 },
    ];
    const source = {
      name: 'before',
      designs: designs.slice(0, 9),
      values: designs.slice(0, 9).map(lossOf),
      leftOut: 0,
    };
    const changes = { fidelities, strategy: { initial: { trials: 2, lowCost: 0.3 } } };
    const plain = campaignOn(designs, changes);
    const campaign = { ...plain, space: { ...plain.space, sources: [source] } };
    const { record, trials } = await run(campaign, 9, { 6: [extensionOf(rings)], 8: [extensionOf(chains, 9)] });
    expect(trials.some(({ proposal }) => proposal.rowId?.startsWith('g'))).toBe(true);
    expect(fitOf(trials.at(-1)!)?.sources).toHaveLength(1);
    const file = parseRecord(exportJson(record), 'grown.json');
    expect((await verifyRecord(file)).mismatches).toEqual([]);
    expect((await learnedFidelities(file))[0]!.correlation).not.toBeNull();
    // Without a value at the target a design of the grown pool may be recommended.
    const low = trials.filter(({ proposal }) => proposal.fidelity === 'low');
    expect(await recommend(campaign, [...low, trials.at(-1)!].slice(0, -1), recordedArtefacts(file))).not.toBeNull();
  });

  it('encodes the new rows alone where that gives the same bits, and all anew where it does not', async () => {
    const mixed = fc.record({
      x: fc.double({ min: 0, max: 1, noNaN: true }),
      c: fc.constantFrom('a', 'b', 'new'),
      molecule: fc.constantFrom('CCO', 'CCN', 'c1ccccc1', 'CCOC'),
      f: fc.constantFrom('FeNi', 'Fe2O3', 'MgO'),
    });
    const list: Parameter[] = [
      parameters[0]!,
      { name: 'c', type: 'categorical', levels: ['a', 'b'] },
      { name: 'molecule', type: 'substance', smiles: ['CCO', 'CCN'] },
      { name: 'f', type: 'formula', formulas: ['FeNi', 'Fe2O3'] },
    ];
    const first = ['FeNi', 'Fe2O3'].map((f, x) => ({ x, c: 'a', molecule: 'CCO', f }));
    const space: Space = { parameters: list, pool: { ids: ['r0', 'r1'], designs: first } };
    const rows = fc.uniqueArray(mixed, { selector: (design) => JSON.stringify(design), minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(rows, async (some) => {
        const added = some.filter((design) => !first.some((one) => JSON.stringify(one) === JSON.stringify(design)));
        fc.pre(added.length > 0);
        const extension = extensionOf(added);
        const bytes = extensionBytes(extension);
        const sha256 = sha256Of(bytes);
        const source = async () => bytes;
        const grown = await grownSpace(space, [sha256], source);
        expect(await grownSpace(space, [sha256], source)).toBe(grown);
        const prepared = await prepareSpace(grown);
        // The same space, which knows of nothing that it has grown from.
        const anew = await prepareSpace(extendedSpace(space, [extension]));
        expect(prepared.listed!.encoded).toEqual(anew.listed!.encoded);
        expect(prepared.encoder.meaning).toBe(anew.encoder.meaning);
        expect([prepared.meaning, anew.meaning]).toEqual([sha256Of(anew.encoder.meaning), null]);
      }),
      { seed: 15, numRuns: 60 },
    );
  });

  it('is read once, and goes on from what is remembered', async () => {
    const space = campaignOn(designs).space;
    const parts = [rings.slice(0, 1), rings.slice(1, 2), rings.slice(2)].map((some, i) => extensionOf(some, 10 * i));
    const bytes = new Map(parts.map(extensionBytes).map((one) => [sha256Of(one), one]));
    const all = [...bytes.keys()];
    const read: string[] = [];
    const source = async (sha256: string) => {
      read.push(sha256);
      return bytes.get(sha256)!;
    };
    const two = await grownSpace(space, all.slice(0, 2), source);
    const three = await grownSpace(space, all, source);
    expect(await grownSpace(space, all.slice(0, 2), source)).toBe(two);
    expect(read).toEqual(all);
    expect(three.pool!.ids.slice(24)).toEqual(['g0', 'g10', 'g20']);
    // What could not be had is asked for again.
    const other: Space = { ...space };
    await expect(grownSpace(other, all, () => Promise.reject(new Error('the disk is full')))).rejects.toThrow('disk');
    expect([...(await grownSpace(other, all, source)).pool!.designs]).toEqual([...three.pool!.designs]);
    expect(await grownSpace(space, [], source)).toBe(space);
  });
});
