import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRegistry } from '../../lab-adapters/registry.js';
import type { Campaign } from '../../models/domain/campaign.js';
import { packedRows } from '../../models/domain/space-codes.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import { runInProcess } from '../../scripts/simulate/run-in-process.js';
import { type DurableHost, durableHost, problemCampaign } from './durable-host.js';

let host: DurableHost;
beforeAll(async () => {
  host = await durableHost();
});
afterAll(() => host?.close());

const smiles = { water: 'O', methanol: 'CO', ethanol: 'CCO', propanol: 'CCCO', amine: 'CN' };
const names = Object.values(smiles);

it('what encoders told of molecules, and of all of a design as one, reaches the threads that decide, and the record', async () => {
  const bare = problemCampaign(host.id('coded'), {
    space: {
      parameters: [
        { name: 'x1', type: 'continuous', bounds: [-5, 10] },
        { name: 'x2', type: 'continuous', bounds: [0, 15] },
        { name: 'solvent', type: 'substance', smiles },
      ],
    },
    strategy: { initial: { trials: 4 } },
    budget: { trials: 7 },
  });
  const rows = packedRows(names.map((_, i) => [Math.sin(i), i * i, 1]));
  const told = { encoder: 'e@1', output: 'o', identity: 'c'.repeat(64), reads: 'molecules' as const, on: ['solvent'] };
  // One solvent is masked in the second block.
  const known = names.slice(1);
  const second = { ...told, reads: 'reactions' as const, width: 2, keys: known };
  const codes = [
    { ...told, width: 3, keys: names, rows },
    { ...second, rows: packedRows(known.map((_, i) => [Math.cos(i), i])) },
  ];
  const campaign: Campaign = { ...bare, space: { ...bare.space, codes } };
  const record = await host.run(campaign);
  const fitted = record.trials.at(-1)!.proposal.basis.fit!.members.map(({ name }) => name);
  expect(fitted).toContain('blocks-gp');
  expect(record.campaign.space.codes).toEqual(codes);
  expect((await verifyRecord(record)).mismatches).toEqual([]);
  const here = await runInProcess(campaign, { registry: createRegistry(), log: () => {} });
  const designs = ({ trials }: typeof record) => trials.map(({ proposal }) => proposal.design);
  expect(designs(record)).toEqual(designs(here));
  // Without codes it is another campaign.
  const without = await runInProcess(bare, { registry: createRegistry(), log: () => {} });
  expect(designs(without)).not.toEqual(designs(here));
});
