import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createRegistry } from '../../lab-adapters/registry.js';
import { xtbVersion } from '../../lab-adapters/xtb/installation.js';
import { loadCampaign } from '../../scripts/campaign-file.js';
import { runInProcess } from '../../scripts/simulate/run-in-process.js';
import { scratchFolder } from './local-jobs.js';

const geometries = fileURLToPath(new URL('../../examples/quinone-posolyte/geometries.jsonl', import.meta.url));

/** Two molecules that can be measured, and three that cannot, each for another reason. */
const pool = `id,smiles
benzoquinone,O=C1C=CC(=O)C=C1
salt,[Na+].[Cl-]
water,O
radical,[CH3]
toluquinone,CC1=CC(=O)C=CC1=O
`;
const file = `name: failures
seed: 5
space:
  pool: {file: pool.csv, id: id, designColumns: [{name: molecule, type: substance, column: smiles}]}
objectives: [{name: window, direction: maximise}]
fidelities:
  - name: window
    adapter: xtb
    settings: {method: gfn2, task: optimise, solvent: water, values: {window: window}, geometries: ${geometries}}
    cost: 0.5
budget: {trials: 5}
`;

describe.skipIf((await xtbVersion('xtb')) === null)('a campaign with molecules that fail', () => {
  it('goes on, with a cause for each', async () => {
    const folder = await scratchFolder();
    await writeFile(join(folder, 'pool.csv'), pool);
    await writeFile(join(folder, 'campaign.yaml'), file);
    const campaign = await loadCampaign(join(folder, 'campaign.yaml'));
    const { trials, stop } = await runInProcess(campaign, { registry: createRegistry(), log: () => {} });
    const outcomes = Object.fromEntries(
      trials.map(({ proposal, observation }) => [
        proposal.rowId,
        observation?.outcome === 'measured' ? 'measured' : `${observation?.outcome}: ${observation?.cause?.code}`,
      ]),
    );
    expect(outcomes).toEqual({
      benzoquinone: 'measured',
      salt: 'failed: refused',
      water: 'failed: rearranged',
      radical: 'failed: refused',
      toluquinone: 'measured',
    });
    // What can be told without running is refused before a job is made of it, in the adapter's words.
    const words = (row: string) => trials.find(({ proposal }) => proposal.rowId === row)?.observation?.cause?.message;
    expect(words('salt')).toContain('several unconnected molecules');
    expect(words('radical')).toContain('1 electron unpaired');
    expect(words('water')).toContain('lost bond');
    expect(stop?.reason).toMatch(/budgetTrials|exhausted/);
  });
});
