import { join } from 'node:path';
import type { AdapterType } from '../contract.js';
import { readIfPresent } from '../internal/files.js';
import { type LocalAdapter, localAdapter } from '../internal/local-adapter.js';
import { faultsOf } from './check.js';
import { parseConformer } from './geometry.js';
import { GeometryStore } from './geometry-store.js';
import { xtbEnvironment, xtbVersion } from './installation.js';
import { knownFile, prepare, refusals } from './request.js';
import { cpuBySteps, resultOf, taskOf } from './result.js';
import type { XtbSettings } from './settings.js';
import { xtbSettings } from './settings.js';

/** Semi-empirical quantum chemistry by the xtb program: a molecule's SMILES in, energies and orbitals out. */
export const xtb: AdapterType<XtbSettings, LocalAdapter> = {
  name: 'xtb',
  description: 'GFN-FF, GFN1 and GFN2 calculations of a molecule by the xtb program, from its SMILES',
  settings: xtbSettings,
  paths: ['geometries'],
  programs: ['program'],
  incidental: ['cost', 'timeout'],
  check: faultsOf,
  create: (settings, { folder }) => {
    const store = new GeometryStore(folder, settings.geometries);
    return localAdapter(folder, {
      environment: xtbEnvironment(),
      deterministic: true,
      validate: (request) => refusals(settings, request),
      prepare: (_, request) => prepare(settings, store, request),
      parse: async (program) => {
        const start = await readIfPresent(join(program.folder, 'start.json'));
        const conformer = start === null ? null : parseConformer(start);
        if (conformer !== null && 'geometry' in conformer && (await isFresh(program.folder)))
          await store.keep(conformer.geometry);
        return resultOf(program);
      },
      spent: async (job) => {
        const task = await taskOf(job);
        const seconds = Object.values(await cpuBySteps(job, task.steps)).reduce((sum, value) => sum + value, 0);
        return task.cost ?? seconds;
      },
      health: async () => {
        const faults = await faultsOf(settings);
        if (faults.length === 0) return { ok: true, message: `xtb ${await xtbVersion(settings.program)} answers` };
        return { ok: false, message: faults[0]!.message, remedy: faults[0]!.remedy };
      },
    });
  },
};

/** Whether a job computed its start geometry itself. */
async function isFresh(folder: string): Promise<boolean> {
  return (await readIfPresent(join(folder, knownFile))) === null;
}
