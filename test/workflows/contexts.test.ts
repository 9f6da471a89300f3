import { afterAll, beforeAll, expect, it } from 'vitest';
import { exportCsv } from '../../scripts/record/export.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import { type DurableHost, durableHost, problemCampaign } from './durable-host.js';

let host: DurableHost;
beforeAll(async () => {
  host = await durableHost();
});
afterAll(() => host.close());

/** Answers the sum of the design, and around it a batch by the first digit and the humidity. */
const program = `
const { design } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
const value = design.x1 ** 2 + design.x2;
const contexts = { batch: { value: value > 20 ? 'old' : 'new' }, humidity: { value: 41.5, unit: '%' } };
console.log(JSON.stringify({ values: { value }, contexts }));
`;

it('are stored with what adapters answer, learned from on Temporal, exported and verified', async () => {
  const campaign = problemCampaign(host.id('contexts'), {
    fidelities: [{ name: 'exact', adapter: 'command', settings: { command: ['node', '-e', program] }, cost: 1 }],
    strategy: { initial: { trials: 4 } },
    contexts: [
      { name: 'humidity', type: 'continuous', bounds: [0, 100], unit: '%' },
      { name: 'batch', type: 'categorical' },
    ],
    budget: { trials: 7 },
  });
  const record = await host.run(campaign);
  expect(record.trials.map(({ observation }) => observation!.outcome)).toEqual(Array(7).fill('measured'));
  const names = record.trials.map(({ observation }) => observation!.contexts!.batch!.value);
  for (const [i, { proposal }] of record.trials.entries())
    if (i > 0) expect(proposal.basis.contexts!.current).toEqual({ humidity: 41.5, batch: names[i - 1] });
  expect(record.trials[6]!.proposal.reason.text).toContain(`humidity 41.5 %, batch ${names[5]}, as last seen`);
  expect((await verifyRecord(record)).mismatches).toEqual([]);
  expect(exportCsv(record)).toContain('context.batch,contextUnit.batch,context.humidity,contextUnit.humidity');
});
