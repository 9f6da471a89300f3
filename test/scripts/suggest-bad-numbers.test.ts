import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Campaign } from '../../models/domain/campaign.js';
import { writtenWith } from '../../models/domain/written.js';
import { Planner } from '../../models/strategy/ask-tell.js';
import { readCampaignText } from '../../scripts/campaign-file.js';
import { suggestDocument, suggestText } from '../../scripts/suggest/document.js';
import { nextTable } from '../../scripts/suggest/next-table.js';
import { parseResults } from '../../scripts/suggest/results-table.js';
import { badValues } from '../support/bad-numbers.js';
import { runCli } from '../support/cli.js';

const pool =
  'id,x,same,mixture\na,0,1e300,O\nb,1,1e300,CCO\nc,1,1e300,CCO\nd,0.5,1e300,CCN\ne,1e-320,1e300,O\nf,-0,1e300,O\n';
const levels = ['  - {name: quick, adapter: by-hand, cost: 0.1}', '  - {name: full, adapter: by-hand, cost: 1}'];
const free = `space: {parameters: [{name: x, type: continuous, bounds: [-1e300, 1e300]}, {name: base, type: categorical, levels: [k, na]}]}`;
const listed = `space:
  pool:
    file: pool.csv
    id: id
    designColumns: [{name: x, type: continuous}, {name: same, type: discrete}, {name: mixture, type: substance}]`;

let folder: string;
const campaigns: Record<string, Campaign> = {};
const texts: Record<string, string> = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-bad-numbers-'));
  await writeFile(join(folder, 'pool.csv'), pool);
  for (const [name, space] of Object.entries({ free, listed }))
    for (const direction of ['minimise', 'maximise'])
      for (const count of [1, 2]) {
        const text = [
          `name: ${name}`,
          space,
          `objectives: [{name: f, direction: ${direction}, unit: eV}]`,
          'fidelities:',
          ...levels.slice(2 - count),
          'strategy: {initial: {trials: 1, lowCost: 0}}',
          'budget: {trials: 12}',
        ].join('\n');
        const key = `${name} ${direction} ${count}`;
        texts[key] = text;
        const options = { file: 'own.yaml', baseDir: folder, adapters: 'unchecked' as const };
        campaigns[key] = await readCampaignText(text, options);
      }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const keys = ['free', 'listed'].flatMap((name) =>
  ['minimise', 'maximise'].flatMap((direction) => [1, 2].map((count) => `${name} ${direction} ${count}`)),
);

/** A line of results for each value: at one of a few places, measured, failed or pending, at the target or below. */
const table = fc.integer({ min: 0, max: 6 }).chain((n) =>
  fc.record({
    key: fc.constantFrom(...keys),
    values: n === 0 ? fc.constant([]) : badValues(n),
    rows: fc.array(
      fc.record({
        place: fc.nat(4),
        outcome: fc.constantFrom('measured', 'measured', 'measured', 'failed', 'pending'),
        fidelity: fc.constantFrom('full', 'full', 'quick'),
      }),
      { minLength: n, maxLength: n },
    ),
    count: fc.integer({ min: 1, max: 8 }),
  }),
);

function textOf({
  key,
  values,
  rows,
}: Pick<typeof table extends fc.Arbitrary<infer T> ? T : never, 'key' | 'values' | 'rows'>) {
  const places = key.startsWith('free')
    ? ['0,k', '1e300,na', '-1e300,k', '1e-300,k', '5e299,na']
    : ['a', 'b', 'c', 'd', 'f'];
  const lines = rows.map(({ place, outcome, fidelity }, i) =>
    [places[place], key.endsWith('1') ? 'full' : fidelity, outcome, outcome === 'measured' ? values[i] : ''].join(),
  );
  return [`${key.startsWith('free') ? 'x,base' : 'id'},fidelity,outcome,f`, ...lines, ''].join('\n');
}

const isSound = (text: string) => !/NaN|Infinity|undefined/.test(text);

describe('athanor suggest on numbers at the edge', () => {
  it('says what to try next in finite numbers, which its own table reads again', async () => {
    await fc.assert(
      fc.asyncProperty(table, async (told) => {
        const campaign = campaigns[told.key]!;
        const results = await parseResults(campaign, { file: 'r.csv', text: textOf(told) });
        const planner = new Planner(campaign);
        planner.tell(results.results);
        const known = planner.trials;
        const decision = await planner.ask(told.count);
        expect(decision.proposals.length < told.count).toBe(decision.shortfall !== null);
        const document = await suggestDocument(campaign, known, decision);
        expect(JSON.parse(JSON.stringify(document))).toEqual(document);
        expect(isSound(suggestText(campaign, known, document))).toBe(true);
        const text = nextTable(campaign, known, decision.proposals, { ...results, raw: false });
        const next = (await parseResults(campaign, { file: 'n.csv', text })).results;
        expect(next).toHaveLength(decision.proposals.length);
        next.forEach(({ design, rowId, outcome }, i) => {
          const proposal = decision.proposals[i]!;
          expect(outcome).toBe('pending');
          if (proposal.rowId !== null) expect(rowId).toBe(proposal.rowId);
          else expect(writtenWith(campaign.space, proposal.design, design!)).not.toBeNull();
        });
      }),
      { seed: 41, numRuns: 60 },
    );
  });

  it.each([
    ['nan', "line 2, f: 'nan' is not a number"],
    ['NaN', "line 2, f: 'NaN' is not a number"],
    ['inf', "line 2, f: 'inf' is not a number"],
    ['-Infinity', "line 2, f: '-Infinity' is not a number"],
    ['1e309', "line 2, f: '1e309' is not a number"],
  ])('refuses %s and names its line', async (cell, message) => {
    await writeFile(join(folder, 'free.yaml'), texts['free minimise 1']!);
    await writeFile(join(folder, 'results.csv'), `x,base,f\n0,k,${cell}\n1,na,2\n`);
    const { code, stdout, stderr } = await runCli(['suggest', 'free.yaml', 'results.csv'], { cwd: folder });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });

  it('proposes from the largest numbers that a table can hold', async () => {
    await writeFile(join(folder, 'listed.yaml'), texts['listed maximise 2']!);
    await writeFile(
      join(folder, 'largest.csv'),
      'id,fidelity,f\na,full,1.797e308\nb,full,-1.797e308\nc,quick,5e-324\n',
    );
    const { code, stdout, stderr } = await runCli(['suggest', 'listed.yaml', 'largest.csv', '-n', '9'], {
      cwd: folder,
    });
    expect(code).toBe(0);
    expect(stdout).toContain('best f so far 1.797e+308 eV: a');
    expect(isSound(stdout + stderr)).toBe(true);
    expect(stderr).toContain('not proposed');
  });
});
