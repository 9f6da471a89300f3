import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRegistry } from '../lab-adapters/registry.js';
import type { Campaign } from '../models/domain/campaign.js';
import type { InvalidInputError } from '../models/domain/errors.js';
import { goalsOf, judged } from '../models/domain/standing.js';
import { hypervolume } from '../models/pareto/hypervolume.js';
import { Planner } from '../models/strategy/ask-tell.js';
import { outlook } from '../models/strategy/explain/outlook.js';
import { readCampaignText } from '../scripts/campaign-file.js';
import { compare } from '../scripts/compare/compare.js';
import { bestOf } from '../scripts/outcome.js';
import { progressBlock } from '../scripts/progress.js';
import { exportCsv, exportJson } from '../scripts/record/export.js';
import { parseRecord } from '../scripts/record/record-file.js';
import { verifyRecord } from '../scripts/record/verify.js';
import { renderReport } from '../scripts/report/render.js';
import { simulationDocument } from '../scripts/simulate/document.js';
import { runInProcess } from '../scripts/simulate/run-in-process.js';
import { summaryText } from '../scripts/simulate/summary.js';
import { suggestDocument, suggestText } from '../scripts/suggest/document.js';
import { parseResults } from '../scripts/suggest/results-table.js';
import { tradeOffsOf } from '../scripts/trade-offs.js';
import { wordingOf } from '../scripts/wording.js';
import { type DurableHost, durableHost } from './workflows/durable-host.js';

/** Rows (x, y) of a grid; yield rises and cost falls along x, purity has its best in the middle of y. */
const rows = Array.from({ length: 64 }, (_, i) => {
  const [x, y] = [Math.floor(i / 8) / 7, (i % 8) / 7];
  return {
    id: `r${i}`,
    x,
    y,
    yield: 100 * x * (1 - 0.3 * y),
    price: 10 + 40 * x * x + 10 * y,
    purity: 99 - 20 * (y - 0.5) ** 2,
    ph: 4 + 6 * y,
  };
});
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-goals-'));
  const heads = ['id', 'x', 'y', 'yield', 'price', 'purity', 'ph'] as const;
  await writeFile(
    join(folder, 'table.csv'),
    `${[heads, ...rows.map((row) => heads.map((head) => row[head]))].join('\n')}\n`,
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const text = (goals: string, more = 'budget: {trials: 14}') => `
name: goals
seed: 3
space: {pool: {file: table.csv, id: id, designColumns: [{name: x, type: continuous}, {name: y, type: continuous}]}}
${goals}
fidelities: [{name: exact, adapter: dataset, settings: {file: table.csv, id: id}, cost: 1}]
${more}
`;
const load = (goals: string, more?: string): Promise<Campaign> =>
  readCampaignText(text(goals, more), { file: 'goals.yaml', baseDir: folder });
const faultsOf = (goals: string, more?: string) =>
  load(goals, more).then(
    () => [],
    (error: InvalidInputError) => error.faults.map(({ path, message }) => `${path}: ${message}`),
  );

const two = 'objectives: [{name: yield, direction: maximise, unit: "%"}, {name: price, direction: minimise}]';

describe('two objectives', () => {
  it('are decided together: the front is found, told in words, and recomputed to the bit', async () => {
    const campaign = await load(two);
    const record = await runInProcess(campaign, { registry: createRegistry() });
    const found = tradeOffsOf(campaign.spec, record.trials)!;
    const points = rows.map((row) => [-row.yield, row.price] as const);
    const best = rows.filter(
      (_, i) => !points.some((one, j) => j !== i && one[0] <= points[i]![0] && one[1] <= points[i]![1]),
    );
    expect(found.front.length).toBeGreaterThan(4);
    const onFront = found.front.filter(({ rowId }) => best.some(({ id }) => id === rowId));
    expect(onFront.length).toBeGreaterThan(4);
    expect(found.course.at(-1)).toBe(found.hypervolume);
    expect(found.front.map(({ values }) => values.yield!)).toEqual(
      [...found.front.map(({ values }) => values.yield!)].sort((a, b) => b - a),
    );
    const { reason } = record.trials.at(-1)!.proposal;
    expect(reason.acquisition).toBe('log-nehvi');
    expect(reason.text).toMatch(
      /^expected at the target: yield [\d.]+ ± [\d.e-]+ %, price [\d.]+ ± [\d.e-]+; (a trade-off beside|beyond the front|better in all|in nothing better)/,
    );
    expect((await verifyRecord(record)).mismatches).toEqual([]);
    expect(parseRecord(exportJson(record), 'r.json').trials).toEqual(record.trials);
    const [head, ...lines] = exportCsv(record).trim().split(/\r?\n/);
    const at = head!.split(',').indexOf('front');
    expect(lines.filter((line) => line.split(',')[at] === 'yes')).toHaveLength(found.front.length);
    const again = await parseResults(campaign, { file: 'export.csv', text: exportCsv(record) });
    expect(again.results).toHaveLength(14);
    const document = simulationDocument(campaign, [record]);
    expect(document.seeds[0]!.tradeOffs).toEqual(found);
    expect(summaryText(campaign, document)).toMatch(
      /maximise yield, minimise price at fidelity 'exact'[\s\S]*front, seed 3: \d+ trials that none is better than; hypervolume/,
    );
  });

  it('are suggested from a table of results, with what is expected of each', async () => {
    const campaign = await load(two);
    const some = rows.filter((_, i) => i % 9 === 0);
    const table = `id,yield,price\n${some.map((row) => [row.id, row.yield, row.price].join(',')).join('\n')}\n`;
    const { results } = await parseResults(campaign, { file: 'r.csv', text: table });
    const planner = new Planner(campaign);
    planner.tell(results);
    const known = planner.trials;
    const decision = await planner.ask(3);
    expect(new Set(decision.proposals.map(({ rowId }) => rowId)).size).toBe(3);
    const document = await suggestDocument(campaign, known, decision);
    expect(document.tradeOffs!.front.length).toBeGreaterThan(2);
    expect(document.proposals[0]!.outcomes!.map(({ name }) => name)).toEqual(['price']);
    const told = suggestText(campaign, known, document);
    expect(told).toMatch(/^goals: maximise yield, minimise price; 8 results/);
    expect(told).toMatch(/\n {3}row +design +yield +price +why\n/);
  });

  it('are said in the state of a running campaign', async () => {
    const campaign = await load(two);
    const record = await runInProcess(campaign, { registry: createRegistry() });
    const wording = wordingOf(campaign, record.trials);
    expect(wording).toBeDefined();
    const report = {
      id: 'goals',
      phase: 'running',
      createdAt: 0,
      spent: 1,
      measured: 14,
      failed: 0,
      quarantined: 0,
      cancelled: 0,
      best: null,
      budget: null,
      fidelities: [],
      inFlight: [],
      problem: null,
      away: [],
      obstacles: [],
      waits: [],
      course: { worked: true, deciding: null, retrying: [] },
    };
    const block = progressBlock(campaign, report as never, 1000, [], record.trials);
    expect(block[1]).toMatch(/^ {2}front {4}\d+ trials that none is better than; hypervolume [\d.]+ from yield/);
    expect(block[2]).toMatch(/^ {11}yield [\d.]+ %, price [\d.]+: r\d+ \(goals\/r\d+\/p1\)/);
  });

  it('are shown in the report: the front among all trials, its table, and the hypervolume against cost', async () => {
    const campaign = await load(two);
    const record = await runInProcess(campaign, { registry: createRegistry() });
    const page = await renderReport(record);
    const found = tradeOffsOf(campaign.spec, record.trials)!;
    expect(page).toMatch(/<dt>wanted<\/dt><dd>maximise yield, minimise price<\/dd>/);
    expect(page).toContain('id="trade-off-plot0"');
    expect(page).toContain('id="hypervolume-plot"');
    const table = page.slice(
      page.indexOf('<div class="wide" id="front"><table>'),
      page.indexOf('</table>', page.indexOf('<div class="wide" id="front"><table>')),
    );
    expect(table.match(/<tr>/g)).toHaveLength(found.front.length + 1);
    expect(page).toMatch(/\d+ trials have none that is better at exact; their hypervolume is [\d.]+\./);
    const one = await load('objectives: [{name: yield, direction: maximise}]');
    expect(await renderReport(await runInProcess(one, { registry: createRegistry() }))).not.toContain('trade-off');
  });

  it('are foreseen together: untried designs by what they are expected to add, bounds kept first', async () => {
    const campaign = await load(
      'objectives: [{name: yield, direction: maximise, reference: 0}, {name: price, direction: minimise, reference: 60}]\noutcomes: [{name: ph, max: 6}]',
      'budget: {trials: 8}',
    );
    const record = await runInProcess(campaign, { registry: createRegistry() });
    const { untried } = (await outlook(record))!;
    const goals = goalsOf(campaign.spec);
    const expected = untried.map((one) => ({
      yield: one.expected,
      ...Object.fromEntries(one.outcomes!.map((outcome) => [outcome.name, outcome.expected])),
    }));
    expect(untried[0]!.outcomes!.map(({ name }) => name)).toEqual(['price', 'ph']);
    expect(judged(goals, expected[0]!).feasible).toBe(true);
    const measured = record.trials.map(({ observation }) => observation!.values);
    const losses = measured.filter(({ ph }) => ph! <= 6).map((values) => [-values.yield!, values.price!]);
    const covered = (more: number[][]) =>
      hypervolume({ losses: Float64Array.from([...losses, ...more].flat()), m: 2 }, [0, 60]);
    const added = expected
      .filter((values) => judged(goals, values).feasible)
      .map((values) => covered([[-values.yield, (values as { price?: number }).price!]]) - covered([]));
    expect(added[0]).toBeGreaterThan(0);
    for (let i = 1; i < added.length; i++) expect(added[i]!).toBeLessThanOrEqual(added[i - 1]! * 1.05 + 1);
    const page = await renderReport(record);
    expect(page).toMatch(/expected price<\/th>.*expected ph<\/th>/);
  });

  it('are compared by hypervolume from one reference point, with random designs as the baseline', async () => {
    const campaign = await load(two);
    const seeds = [3, 4].map((seed) => ({ ...campaign, spec: { ...campaign.spec, seed } }));
    const run = (one: Campaign) => runInProcess(one, { registry: createRegistry() });
    const ours = await Promise.all(seeds.map(run));
    const random = await Promise.all(
      seeds.map((one) => run({ ...one, spec: { ...one.spec, strategy: { acquisition: 'random' } } })),
    );
    const { objective, compared, baseline } = compare([...ours, ...random]);
    expect(objective).toEqual({ name: 'hypervolume', direction: 'maximise' });
    expect(baseline!.strategy).toBe('random');
    const [found, drawn] = compared.map(({ ends }) => ends.map((loss) => -loss));
    expect(Math.min(...found!)).toBeGreaterThan(Math.max(...drawn!));
    expect(() =>
      compare([
        ours[0]!,
        { ...random[1]!, campaign: { ...campaign, spec: { ...campaign.spec, outcomes: [{ name: 'ph', max: 7 }] } } },
      ]),
    ).toThrow(/compare records after the same objective/);
  });

  it('stop where one trial reaches all that is wanted of it, and where the front grows no more', async () => {
    const reached = await runInProcess(
      await load(two, 'budget: {trials: 40}\nstop: [{type: targetReached, value: 40, others: {price: 22}}]'),
      { registry: createRegistry() },
    );
    expect(reached.stop).toMatchObject({ reason: 'targetReached' });
    expect(reached.stop!.text).toMatch(
      /^goals\/r\d+\/p1 reached yield [\d.]+ \(wanted was 40\) and price [\d.]+ \(wanted was 22\)$/,
    );
    const last = reached.trials.at(-1)!.observation!.values;
    expect(last.yield).toBeGreaterThanOrEqual(40);
    expect(last.price).toBeLessThanOrEqual(22);
    const settled = await runInProcess(
      await load(two, 'budget: {trials: 60}\nstop: [{type: noImprovement, rounds: 4}]'),
      {
        registry: createRegistry(),
      },
    );
    expect(settled.stop!.text).toMatch(/^nothing better than the \d+ trials of the front for 4 rounds$/);
  });
});

describe('other goals', () => {
  it('of five objectives are weighed anew for each proposal', async () => {
    const five = ['yield', 'price', 'purity', 'ph'].map(
      (name) => `{name: ${name}, direction: ${name === 'price' ? 'minimise' : 'maximise'}}`,
    );
    const campaign = await load(
      `objectives: [${five.join(', ')}]`,
      'budget: {trials: 8}\nstrategy: {acquisition: log-nparego}',
    );
    const record = await runInProcess(campaign, { registry: createRegistry() });
    expect(record.trials).toHaveLength(8);
    expect(record.trials.at(-1)!.proposal.reason.acquisition).toBe('log-nparego');
    expect((await verifyRecord(record)).mismatches).toEqual([]);
  });

  it.each([
    ['desirability', 'desirability', /desirability 0\.\d+ by what is expected, best so far desirability 0\.\d+/],
    ['lexicographic', 'of 2 objectives', /\d of 2 objectives where they are wanted by what is expected/],
  ])('are combined by %s: the best in all is found and told', async (combine, told, why) => {
    const wishes = [
      '{name: yield, direction: maximise, desirable: {from: 0, to: 60}}',
      '{name: price, direction: minimise, desirable: {from: 60, to: 10}}',
    ];
    const campaign = await load(`combine: ${combine}\nobjectives: [${wishes.join(', ')}]`, 'budget: {trials: 18}');
    const record = await runInProcess(campaign, { registry: createRegistry() });
    const goals = goalsOf(campaign.spec);
    const merits = rows.map((row) => judged(goals, { yield: row.yield, price: row.price }).merit!);
    const found = tradeOffsOf(campaign.spec, record.trials)!;
    expect(found.best!.merit).toBeLessThanOrEqual([...merits].sort((a, b) => a - b)[1]!);
    expect(bestOf(campaign.spec, record.trials)!.trialId).toBe(found.best!.trialId);
    const chosen = record.trials.filter(({ proposal }) => proposal.reason.acquisition === 'log-merit');
    expect(chosen).toHaveLength(13);
    expect(chosen.at(-1)!.proposal.reason.text).toMatch(why);
    expect(summaryText(campaign, simulationDocument(campaign, [record]))).toMatch(new RegExp(`best in all, .*${told}`));
    expect((await verifyRecord(record)).mismatches).toEqual([]);
  });

  it('bring an outcome to a target', async () => {
    const campaign = await load(
      'objectives: [{name: ph, direction: target, value: 7, tolerance: 0.5}]',
      'budget: {trials: 20}\nstop: [{type: targetReached, value: 7}]',
    );
    const record = await runInProcess(campaign, { registry: createRegistry() });
    expect(record.stop!.text).toMatch(/reached ph 0\.428571 from its target \(± 0\.5\)$/);
    expect(record.trials.length).toBeLessThan(9);
    expect(record.trials.at(-1)!.proposal.reason.acquisition).toBe(record.trials.length > 5 ? 'log-nehvi' : null);
  });

  it('keep a bound on an outcome: the best that counts is found, and told how likely proposals keep it', async () => {
    const campaign = await load(
      'objectives: [{name: yield, direction: maximise}]\noutcomes: [{name: price, max: 25}, {name: purity, min: 97}]',
      'budget: {trials: 16}',
    );
    const record = await runInProcess(campaign, { registry: createRegistry() });
    const allowed = rows.filter((row) => row.price <= 25 && row.purity >= 97);
    const measured = record.trials.map(({ observation }) => observation!.values);
    const counting = measured.filter((values) => values.price! <= 25 && values.purity! >= 97);
    expect(Math.max(...counting.map((values) => values.yield!))).toBe(Math.max(...allowed.map((row) => row.yield)));
    const { reason } = record.trials.at(-1)!.proposal;
    expect(reason.within).toBeGreaterThanOrEqual(0);
    expect(reason.text).toMatch(/keeps its bounds with probability [01]\.\d\d/);
    expect((await verifyRecord(record)).mismatches).toEqual([]);
    expect(exportCsv(record)).toContain('value.price');
  });
});

describe('bounds on objectives', () => {
  it('are kept by the best: what is maximised has to be as high, and a second as low, as they say', async () => {
    const campaign = await load(
      'objectives: [{name: yield, direction: maximise, max: 55, reference: 0}, {name: price, direction: minimise, max: 30, reference: 40}]',
      'budget: {trials: 18}',
    );
    const record = await runInProcess(campaign, { registry: createRegistry() });
    const { front } = tradeOffsOf(campaign.spec, record.trials)!;
    for (const { values } of front) expect(values.yield! <= 55 && values.price! <= 30).toBe(true);
    const best = Math.max(...rows.filter((row) => row.yield <= 55 && row.price <= 30).map((row) => row.yield));
    expect(front[0]!.values.yield).toBe(best);
    const { reason } = record.trials.at(-1)!.proposal;
    expect(reason.text).toMatch(/keeps its bounds with probability [01]\.\d\d; adds .* to the hypervolume/);
    expect((await verifyRecord(record)).mismatches).toEqual([]);
    expect(summaryText(campaign, simulationDocument(campaign, [record]))).toContain('where yield ≤ 55 and price ≤ 30');
    expect(bestOf(campaign.spec, record.trials)!.value).toBe(best);
  });

  it('are sought first of a single objective, where nothing keeps them yet', async () => {
    const campaign = await load('objectives: [{name: price, direction: minimise, min: 20}]', 'budget: {trials: 14}');
    const record = await runInProcess(campaign, { registry: createRegistry() });
    const best = Math.min(...rows.filter((row) => row.price >= 20).map((row) => row.price));
    expect(bestOf(campaign.spec, record.trials)!.value).toBe(best);
    expect((await verifyRecord(record)).mismatches).toEqual([]);
  });

  it('are refused where they are turned round', async () => {
    expect(await faultsOf('objectives: [{name: yield, direction: maximise, min: 60, max: 50}]')).toEqual([
      "objectives[0]: 'min' 60 above 'max' 50",
    ]);
  });
});

const computed =
  'objectives: [{name: yield, direction: maximise}, {name: ratio, direction: minimise, expression: "price / yield + x"}]\noutcomes: [{name: price}]';

describe('a computed objective', () => {
  it('is recorded with each result, modelled and told; adapters and tables are not asked for it', async () => {
    const campaign = await load(computed);
    const record = await runInProcess(campaign, { registry: createRegistry() });
    for (const { proposal, observation } of record.trials) {
      const { values } = observation!;
      const ratio = values.price! / values.yield! + (proposal.design.x as number);
      if (values.yield === 0) expect(values).not.toHaveProperty('ratio');
      else expect(values.ratio).toBe(ratio);
    }
    expect(record.trials.at(-1)!.proposal.reason.outcomes!.map(({ name }) => name)).toEqual(['ratio']);
    expect(parseRecord(exportJson(record), 'r.json').trials).toEqual(record.trials);
    const text = exportJson(record).replace(/"ratio": [\d.]+/, '"ratio": 77');
    expect(() => parseRecord(text, 'r.json')).toThrow(/computed objectives are not what their expressions give/);
    const read = await parseResults(campaign, { file: 'r.csv', text: 'id,yield,price,ratio\nr60,50,20,1\n' });
    expect(read.results).toEqual([{ rowId: 'r60', value: 50, values: { price: 20 } }]);
    const planner = new Planner(campaign);
    planner.tell(read.results);
    expect(planner.trials[0]!.observation!.values).toEqual({ yield: 50, price: 20, ratio: 0.4 + 1 });
    const again = await parseResults(campaign, { file: 'export.csv', text: exportCsv(record) });
    expect(again.results.length).toBe(14);
  });

  it('of the design alone is exact in a pool, also at a lower fidelity, and recomputed to the bit', async () => {
    const two = (second: string) =>
      `objectives: [{name: yield, direction: maximise, reference: 0}, {name: load, direction: minimise, reference: 3, expression: "${second}"}]`;
    const campaign = await load(two('2 * x + y / 2'), 'budget: {trials: 12}\nparallel: 2');
    const record = await runInProcess(campaign, { registry: createRegistry() });
    for (const { proposal } of record.trials) {
      if (proposal.reason.kind !== 'acquisition') continue;
      const { x, y } = proposal.design as { x: number; y: number };
      expect(proposal.reason.outcomes).toEqual([{ name: 'load', mean: expect.closeTo(2 * x + y / 2, 12), sd: 0 }]);
    }
    expect((await verifyRecord(record)).mismatches).toEqual([]);
    expect(await renderReport(record)).toContain('load');
  });

  it.each([
    ['price / yeld', "objectives[1].expression: character 9: no name 'yeld'"],
    ['price > 3', 'objectives[1].expression: character 7: what'],
    ['ratio + 1', "objectives[1].expression: character 1: no name 'ratio'"],
  ])('%s is refused', async (expression, told) => {
    const [fault, ...more] = await faultsOf(computed.replace('price / yield + x', expression));
    expect(more).toEqual([]);
    expect(fault!.slice(0, 40)).toBe(told.slice(0, 40));
  });
});

describe('several goals in other spaces', () => {
  it('keep constraints of a mixed space, and ask lower fidelities, several at a time', async () => {
    const campaign = await readCampaignText(
      `
name: mixed
space:
  parameters:
    - {name: heat, type: continuous, bounds: [0, 1]}
    - {name: time, type: integer, bounds: [1, 9]}
    - {name: base, type: categorical, levels: [a, b, c]}
    - {name: load, type: continuous, bounds: [0, 1]}
  constraints: [{type: linear, terms: {heat: 1, load: 1}, max: 1.2}]
objectives: [{name: f, direction: maximise}, {name: g, direction: target, value: 2, tolerance: 0.1}]
outcomes: [{name: h, max: 1.5}]
fidelities:
  - {name: rough, adapter: problem, settings: {problem: branin}, cost: 0.2}
  - {name: exact, adapter: problem, settings: {problem: branin}, cost: 1}
budget: {cost: 40}
`,
      { file: 'mixed.yaml', baseDir: folder, adapters: 'unchecked' },
    );
    const planner = new Planner(campaign);
    const levels = new Set<string>();
    for (let round = 0; round < 9; round++) {
      const { proposals } = await planner.ask(2);
      expect(proposals).toHaveLength(2);
      for (const { id, design, fidelity, reason } of proposals) {
        const [heat, time, load] = [design.heat, design.time, design.load].map(Number) as [number, number, number];
        expect(heat + load).toBeLessThanOrEqual(1.2 + 1e-9);
        if (reason.kind === 'acquisition') levels.add(fidelity);
        const shift = fidelity === 'rough' ? 0.05 * Math.sin(9 * heat) : 0;
        const base = design.base === 'b' ? 0.3 : 0;
        planner.tell([
          {
            id,
            fidelity,
            value: heat + base + 0.02 * time + shift,
            values: { g: 3 * load + heat + shift, h: heat + 0.1 * time },
          },
        ]);
      }
    }
    expect([...levels].sort()).toEqual(['exact', 'rough']);
    const { reason } = planner.trials.at(-1)!.proposal;
    expect(reason.text).toMatch(/expected at the target: f [^,]*, g /);
    expect(reason.within).toBeGreaterThan(0);
  });
});

describe('what cannot be said of several goals is refused', () => {
  it.each([
    [
      two,
      'budget: {trials: 9}\nstrategy: {acquisition: log-nei}',
      "strategy.acquisition: 'log-nei' values one objective alone, and there are several objectives",
    ],
    [
      two,
      'budget: {trials: 9}\nstop: [{type: regretBound, epsilon: 1, probability: 0.9}]',
      "stop[0]: 'regretBound' with several objectives: how far from the best possible they are is not known as one number",
    ],
    [
      two,
      'budget: {trials: 9}\nstop: [{type: targetReached, value: 1, others: {costs: 3}}]',
      "stop[0].others.costs: 'costs' is no further objective",
    ],
    [
      'objectives: [{name: yield, direction: maximise}]\noutcomes: [{name: price, max: 3}]',
      'budget: {trials: 9}\nstrategy: {acquisition: ucb}',
      "strategy.acquisition: 'ucb' values one objective alone, and there are bounds on outcomes",
    ],
    [
      two.replace('objectives: [', 'combine: desirability\nobjectives: ['),
      'budget: {trials: 9}',
      'objectives[0].desirable: missing\nobjectives[1].desirable: missing',
    ],
    [
      'combine: lexicographic\nobjectives: [{name: yield, direction: maximise, desirable: {from: 9, to: 3}}, {name: price, direction: minimise, weight: 2, desirable: {from: 9, to: 3}}]',
      'budget: {trials: 9}',
      "objectives[0].desirable: from 9 to 3, which is no better (maximise)\nobjectives[1].weight: 'weight' with combine lexicographic, which goes by the order",
    ],
    [
      'combine: lexicographic\nobjectives: [{name: yield, direction: maximise, desirable: {from: 3, to: 9}}, {name: price, direction: minimise, desirable: {from: 9, to: 3}}]',
      'budget: {trials: 9}\nstop: [{type: targetReached, value: 8}]',
      "stop[0]: 'targetReached' with 'combine': the trial that is best in all need not be the one that reaches it",
    ],
    [
      two.replace('price, ', 'price, weight: 2, '),
      'budget: {trials: 9}\nstrategy: {acquisition: log-merit}',
      "objectives[1].weight: 'weight' without 'combine'\nstrategy.acquisition: 'log-merit' without 'combine'",
    ],
  ])('%s, %s', async (goals, more, told) => {
    expect((await faultsOf(goals, more)).sort()).toEqual(told.split('\n'));
  });
});

describe('on servers', () => {
  let host: DurableHost;
  beforeAll(async () => {
    host = await durableHost();
  });
  afterAll(() => host?.close());

  it('two objectives and a bound run as in one process', async () => {
    const goals = `${two}\noutcomes: [{name: purity, min: 96}]`;
    const campaign = await load(
      goals,
      'budget: {trials: 9}\nstop: [{type: targetReached, value: 90, others: {price: 55}}]',
    );
    const there = await host.run({ ...campaign, id: host.id('goals') });
    const here = await runInProcess(campaign, { registry: createRegistry() });
    const chosen = ({ trials }: typeof here) =>
      trials.map(({ proposal }) => [proposal.rowId, proposal.reason.acquisition]);
    expect(chosen(there)).toEqual(chosen(here));
    expect(there.stop!.reason).toBe(here.stop!.reason);
    expect((await verifyRecord(there)).mismatches).toEqual([]);
    expect((await host.control.status(there.campaign.id)).best).not.toBeNull();
  });

  it('a computed objective is kept with each result, and follows what a person rules', async () => {
    const campaign = await load(computed, 'budget: {trials: 7}');
    const there = await host.run({ ...campaign, id: host.id('computed') });
    const here = await runInProcess(campaign, { registry: createRegistry() });
    const values = ({ trials }: typeof here) => trials.map(({ observation }) => observation!.values);
    expect(values(there)).toEqual(values(here));
    const { proposal } = there.trials[0]!;
    const judgement = {
      who: 'ada',
      why: 'scale was off',
      verdict: 'amend',
      cause: null,
      values: { price: 1 },
    } as const;
    await host.control.rule(proposal.id, judgement);
    const record = await host.control.record(there.campaign.id);
    const ruled = record.trials[0]!.observation!.values;
    expect(ruled.price).toBe(1);
    expect(ruled.ratio).toBe(1 / ruled.yield! + (proposal.design.x as number));
    expect(parseRecord(exportJson(record), 'r.json').trials).toEqual(record.trials);
  });

  it('of objectives that are combined the store finds the same best', async () => {
    const wishes = [
      '{name: yield, direction: maximise, desirable: {from: 0, to: 60}}',
      '{name: price, direction: minimise, desirable: {from: 60, to: 10}}',
    ];
    const campaign = await load(`combine: desirability\nobjectives: [${wishes.join(', ')}]`, 'budget: {trials: 7}');
    const there = await host.run({ ...campaign, id: host.id('combined') });
    const best = bestOf(there.campaign.spec, there.trials)!;
    expect((await host.control.status(there.campaign.id)).best).toMatchObject({
      trialId: best.trialId,
      value: best.value,
    });
    expect(Math.max(...there.trials.map(({ observation }) => observation!.values.yield!))).toBeGreaterThan(best.value);
  });
});
