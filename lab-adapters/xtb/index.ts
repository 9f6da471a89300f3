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
import { stepsOf } from './steps.js';

/** Seconds of CPU time that one level takes for a molecule of 12 to 30 atoms, for estimates only. */
const typicalSeconds = { relax: 0.02, energy: 0.05, optimise: 0.4, hessian: 2.6, ipea: 0.3 } as const;

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
      estimate: async () => {
        const cost = expectedSeconds(settings);
        return { cost: settings.cost ?? cost, durationMs: cost * 1000 };
      },
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

function expectedSeconds(settings: XtbSettings): number {
  return stepsOf(settings, 0).reduce((sum, { name }) => {
    if (name === 'relax') return sum + typicalSeconds.relax;
    return sum + (name === 'ipea' ? typicalSeconds.ipea : typicalSeconds[settings.task]);
  }, 0);
}
