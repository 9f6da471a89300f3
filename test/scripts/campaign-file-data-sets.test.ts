import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Papa from 'papaparse';
import { describe, expect, test } from 'vitest';
import { createRegistry } from '../../lab-adapters/registry.js';
import { substancesOf } from '../../models/domain/space.js';
import { loadCampaign } from '../../scripts/campaign-file.js';
import { virtualClock } from '../lab-adapters/virtual-clock.js';
import { dataSets } from '../support/data-sets.js';

const rowCounts = {
  crossed_barrel: 600,
  agnp: 164,
  autoam: 100,
  buchwald_hartwig: 3955,
  direct_arylation: 1728,
  lnp3: 768,
  esol: 1123,
  freesolv: 640,
  cofs: 608,
  bandgap_expt_pbe: 3372,
};

// The data sets are not part of the project; without them these tests have nothing to read.
describe.skipIf(!existsSync(dataSets))('the data sets of the reference folder', () => {
  test.each(Object.entries(rowCounts))(
    '%s: every row is a design, and is replayed as it stands',
    async (name, rows) => {
      const { spec, space } = await loadCampaign(join(dataSets, name), { overrides: { budget: { trials: 5 } } });
      const pool = space.pool!;
      expect(pool.ids).toHaveLength(rows);
      const table = Papa.parse<Record<string, string>>(readFileSync(join(dataSets, name, 'data.csv'), 'utf8'), {
        header: true,
        skipEmptyLines: true,
      }).data;
      const objective = spec.objectives[0]!.name;
      for (const fidelity of spec.fidelities) {
        const column = (fidelity.settings.values as Record<string, string>)[objective]!;
        const context = { clock: virtualClock(), folder: '', log: () => {} };
        const adapter = createRegistry().create(fidelity.adapter, fidelity.settings, context);
        for (const row of [0, 1, Math.floor(rows / 2), rows - 1]) {
          const design = pool.designs.at(row)!;
          const substances = substancesOf(space, design);
          const request = {
            design,
            rowId: pool.ids[row]!,
            substances,
            fidelity: fidelity.name,
            objectives: [objective],
          };
          expect(await adapter.validate(request)).toEqual([]);
          const job = await adapter.submit(`${name}/r${row + 1}/p1`, request, { fence: 1 });
          const { values, cost } = await adapter.result(job);
          expect(values).toEqual({ [objective]: Number(table[row]![column]) });
          expect(cost).toBe(fidelity.cost);
        }
      }
    },
  );
});
