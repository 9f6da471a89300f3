import { expect, it } from 'vitest';
import { createRegistry } from '../../../../lab-adapters/registry.js';
import { Planner } from '../../../../models/strategy/ask-tell.js';
import { whyProposed } from '../../../../models/strategy/explain/why.js';
import { readCampaignText } from '../../../../scripts/campaign-file.js';
import { exportJson } from '../../../../scripts/record/export.js';
import { parseRecord } from '../../../../scripts/record/record-file.js';
import { runInProcess } from '../../../../scripts/simulate/run-in-process.js';

async function recordOf(space: string, more = '') {
  const text = `
name: told
seed: 3
space: ${space}
objectives: [{name: value, direction: minimise}]
fidelities: [{name: exact, adapter: problem, settings: {problem: branin, noise: 0.3}, cost: 1}]
budget: {trials: 12}
${more}`;
  const campaign = await readCampaignText(text, { file: 'told.yaml', baseDir: '.' });
  const record = await runInProcess(campaign, { registry: createRegistry() });
  return parseRecord(exportJson(record), 'record.json');
}

const boxes =
  '{parameters: [{name: x1, type: continuous, bounds: [-5, 10]}, {name: x2, type: continuous, bounds: [0, 15]}]}';
const grid =
  '{parameters: [{name: x1, type: discrete, values: [-5, -2, 1, 4, 7, 10]}, {name: x2, type: discrete, values: [0, 3, 6, 9, 12, 15]}]}';

it.each([
  ['boxes', boxes],
  ['a grid', grid],
])('tells in %s which candidates a proposal was preferred to, by their acquisition', async (kind, space) => {
  const record = await recordOf(space);
  const { proposal, alternatives, none, purpose } = await whyProposed(record, 'r12/p1');
  expect(none).toBeNull();
  expect(['exploit', 'explore']).toContain(purpose);
  expect(alternatives).toHaveLength(5);
  const values = alternatives.map(({ reason }) => reason.value!);
  expect(values).toEqual([...values].sort((a, b) => b - a));
  for (const { promise, reason, fidelity } of alternatives) {
    expect(promise).toBeCloseTo(Math.exp(reason.value! - proposal.reason.value!), 12);
    // A list is gone through; a search may miss what is a little better.
    expect(promise).toBeLessThanOrEqual(kind === 'a grid' ? 1 : 1.5);
    expect(fidelity).toBe('exact');
  }
  const designs = [proposal, ...alternatives].map(({ design }) => design);
  expect(new Set(designs.map((design) => JSON.stringify(design))).size).toBe(6);
  // In a box each differs from all before it by more than a twentieth of a range.
  const apart = designs.map((a, i) =>
    designs.slice(0, i).every((b) => ['x1', 'x2'].some((x) => Math.abs(Number(a[x]) - Number(b[x])) > 0.05 * 15)),
  );
  expect(apart.every(Boolean)).toBe(true);
  // Nor is one of them a trial that had been run.
  const tried = new Set(record.trials.slice(0, 11).map(({ proposal: one }) => JSON.stringify(one.design)));
  expect(designs.some((design) => tried.has(JSON.stringify(design)))).toBe(false);
  expect(await whyProposed(record, 'told/r12/p1')).toEqual(await whyProposed(record, 'r12/p1'));
});

it('tells of each place of a round what it beat, the others being in flight', async () => {
  const record = await recordOf(boxes, 'parallel: 3\nsynchronous: true');
  const round = record.trials.at(-1)!.proposal.round;
  const second = await whyProposed(record, `r${round}/p2`);
  expect(second.alternatives.length).toBeGreaterThan(0);
  expect(second.alternatives.every(({ promise }) => promise! <= 1.5)).toBe(true);
});

it('says why there is nothing to compare with', async () => {
  const record = await recordOf(grid);
  expect((await whyProposed(record, 'r1/p1')).none).toMatch(/initial sample/);
  await expect(whyProposed(record, 'r99/p1')).rejects.toThrow("campaign 'told' has no trial 'r99/p1'");
  const last = record.trials.at(-1)!;
  const reason = { ...last.proposal.reason, value: 1e3 };
  const forged = {
    ...record,
    trials: [...record.trials.slice(0, -1), { ...last, proposal: { ...last.proposal, reason } }],
  };
  expect((await whyProposed(forged, last.proposal.id)).none).toMatch(/another proposal/);
});

it('weighs candidates of several goals within constraints, and says what each would have added', async () => {
  const text = `
name: goals
seed: 4
space:
  parameters: [{name: x1, type: continuous, bounds: [0, 1]}, {name: x2, type: continuous, bounds: [0, 1]}]
  constraints: [{type: linear, terms: {x1: 1, x2: 1}, max: 1.2}]
objectives: [{name: f1, direction: minimise}, {name: f2, direction: minimise}]
outcomes: [{name: f3, max: 1}]
fidelities: [{name: exact, adapter: problem, settings: {}, cost: 1}]
budget: {trials: 14}
`;
  const campaign = await readCampaignText(text, { file: 'goals.yaml', baseDir: '.', adapters: 'unchecked' });
  const planner = new Planner(campaign);
  for (let i = 0; i < 12; i++) {
    const { proposals } = await planner.ask();
    planner.tell(
      proposals.map((one) => {
        const [a, b] = [Number(one.design.x1), Number(one.design.x2)];
        return { ...one, value: (a - 0.2) ** 2 + b, values: { f2: (a - 0.9) ** 2 + (b - 0.4) ** 2, f3: a + b / 2 } };
      }),
    );
  }
  const record = { campaign, phase: 'running' as const, stop: null, trials: planner.trials, audit: [] };
  const { proposal, alternatives, none } = await whyProposed(record, 'r12/p1');
  expect(none).toBeNull();
  const { gain, within, text: said } = proposal.reason;
  expect(gain).toMatchObject({ of: 'hypervolume' });
  expect(gain!.now).toBeGreaterThan(0);
  expect(said).toMatch(/keeps its bounds with probability \d\.\d\d; adds .* to the hypervolume on average \(now .*\)/);
  expect(within).toBeGreaterThan(0);
  // All cost the same and none may fail: what is promised is what is added.
  expect(gain!.expected).toBeCloseTo(Math.exp(proposal.reason.value!), 9);
  expect(alternatives).toHaveLength(5);
  for (const { design, reason } of alternatives) {
    expect(Number(design.x1) + Number(design.x2)).toBeLessThanOrEqual(1.2 + 1e-9);
    expect(reason.outcomes!.map(({ name }) => name)).toEqual(['f2', 'f3']);
    expect(reason.gain!.expected).toBeLessThanOrEqual(1.5 * gain!.expected);
  }
});
