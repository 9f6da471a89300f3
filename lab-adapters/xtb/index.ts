import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { durationMs } from '../../models/domain/duration.js';
import type { Fault } from '../../models/domain/fault.js';
import type { Cause } from '../../models/domain/trial.js';
import type { AdapterType, JobRequest } from '../contract.js';
import { readIfPresent } from '../internal/files.js';
import type { Ended, Plan } from '../internal/job.js';
import { localAdapter } from '../internal/local-adapter.js';
import { overlap, rearrangement } from './bonds.js';
import type { Conformer } from './conformer.js';
import { toXyz } from './geometry.js';
import { GeometryStore } from './geometry-store.js';
import { conformerCommand, parameterFolder, xtbEnvironment, xtbVersion } from './installation.js';
import { readMolecule } from './molecule.js';
import { programScript } from './program.js';
import type { Task } from './result.js';
import { cpuBySteps, resultOf, taskFile } from './result.js';
import type { XtbSettings } from './settings.js';
import { vertical, xtbSettings } from './settings.js';
import { stepsOf } from './steps.js';

/** Seconds of CPU time that one level takes for a molecule of 12 to 30 atoms, for estimates only. */
const typicalSeconds = { relax: 0.02, energy: 0.05, optimise: 0.4, hessian: 2.6, ipea: 0.3 } as const;

/** Semi-empirical quantum chemistry by the xtb program: a molecule's SMILES in, energies and orbitals out. */
export const xtb: AdapterType<XtbSettings> = {
  name: 'xtb',
  description: 'GFN-FF, GFN1 and GFN2 calculations of a molecule by the xtb program, from its SMILES',
  settings: xtbSettings,
  paths: ['geometries'],
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
        const conformer = start === null ? null : (JSON.parse(start) as Conformer);
        if (conformer !== null && 'geometry' in conformer && (await isFresh(program.folder)))
          await store.keep(conformer.geometry);
        return resultOf(program);
      },
      spent: async (job) => {
        const task = JSON.parse(await readFile(join(job, taskFile), 'utf8')) as Task;
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

async function faultsOf(settings: XtbSettings): Promise<readonly Fault[]> {
  const faults: Fault[] = [];
  if ((await xtbVersion(settings.program)) === null)
    faults.push({
      path: 'program',
      message: `the program '${settings.program}' cannot be run`,
      remedy: 'install it (apt-get install xtb), or give its path',
    });
  const needsFiles = Object.values(settings.values).some((quantity) => vertical.has(quantity));
  if (needsFiles && (await parameterFolder()) === null)
    faults.push({
      path: 'values',
      message: `vertical quantities need param_ipea-xtb.txt, which is not in ${xtbEnvironment().XTBPATH}`,
      remedy: 'set XTBPATH to the folder of parameter files (apt-get install xtb puts them in /usr/share/xtb)',
    });
  const missing = (path: string) =>
    access(path).then(
      () => false,
      () => true,
    );
  if (settings.geometries !== undefined && (await missing(settings.geometries)))
    faults.push({ path: 'geometries', message: `no file ${settings.geometries}`, remedy: 'give an existing file' });
  if (await missing('/proc/self/stat'))
    faults.push({ path: '', message: 'there is no /proc', remedy: 'run xtb campaigns on Linux' });
  return faults;
}

/** SMILES of the molecule that a request means, or why it cannot be told. */
function moleculeOf(settings: XtbSettings, { substances }: JobRequest): { smiles: string } | { refusal: string } {
  const names = Object.keys(substances);
  const name = settings.molecule ?? (names.length === 1 ? names[0]! : undefined);
  if (name === undefined)
    return { refusal: `the design has ${names.length} substances; name one of them in the setting 'molecule'` };
  const smiles = substances[name];
  return smiles === undefined ? { refusal: `the design has no substance '${name}'` } : { smiles };
}

/** Why a request cannot be run, each as a cause. The texts are at fault, not the molecules: class `operator`. */
async function readRequest(settings: XtbSettings, request: JobRequest) {
  const wrong = (code: string, message: string): { cause: Cause } => ({ cause: { class: 'operator', code, message } });
  const unknown = request.objectives.find((objective) => settings.values[objective] === undefined);
  if (unknown !== undefined) return wrong('unknownObjective', `'values' has no quantity for objective '${unknown}'`);
  const molecule = moleculeOf(settings, request);
  if ('refusal' in molecule) return wrong('noMolecule', molecule.refusal);
  const read = await readMolecule(molecule.smiles);
  if ('refusal' in read) return wrong('badSmiles', `${read.refusal}: '${molecule.smiles}'`);
  const charge = settings.charge ?? read.graph.charge;
  const electrons = read.graph.protons - charge;
  if (electrons < 1 || settings.unpaired > electrons || (electrons - settings.unpaired) % 2 !== 0)
    return wrong(
      'multiplicity',
      `'${molecule.smiles}' with charge ${charge} has ${electrons} electrons, of which ${settings.unpaired} cannot be unpaired; set 'charge' or 'unpaired'`,
    );
  return { graph: read.graph, charge };
}

async function refusals(settings: XtbSettings, request: JobRequest): Promise<readonly Fault[]> {
  const read = await readRequest(settings, request);
  if (!('cause' in read)) return [];
  return [{ path: 'substances', message: read.cause.message, remedy: 'give the SMILES of one connected molecule' }];
}

async function prepare(settings: XtbSettings, store: GeometryStore, request: JobRequest): Promise<Plan | Ended> {
  const failed = (cause: Cause): Ended => ({ state: 'failed', values: {}, cost: 0, durationMs: 0, cause });
  const read = await readRequest(settings, request);
  if ('cause' in read) return failed(read.cause);
  const { graph, charge } = read;
  const geometry = await store.find(graph);
  const unfit = geometry === null ? null : (overlap(geometry) ?? rearrangement(geometry, graph.bonds));
  if (unfit !== null)
    return failed({
      class: 'device',
      code: 'badStart',
      message: `the start geometry is not of this molecule: ${unfit}`,
    });
  const steps = stepsOf(settings, charge);
  const values = Object.fromEntries(request.objectives.map((name) => [name, settings.values[name]!]));
  const task: Task = {
    steps,
    graph: { elements: graph.elements, bonds: graph.bonds },
    values,
    cost: settings.cost ?? null,
  };
  const conformer = geometry === null ? await conformerCommand() : ['false'];
  return {
    script: programScript({ xtb: settings.program, conformer, idcode: graph.idcode, steps }),
    files: {
      [taskFile]: JSON.stringify(task),
      ...(geometry === null
        ? {}
        : { 'start.json': JSON.stringify({ geometry }), 'start.xyz': toXyz(geometry), known: '' }),
    },
    timeoutMs: durationMs(settings.timeout),
  };
}

/** Whether a job computed its start geometry itself. */
async function isFresh(folder: string): Promise<boolean> {
  return (await readIfPresent(join(folder, 'known'))) === null;
}

function expectedSeconds(settings: XtbSettings): number {
  return stepsOf(settings, 0).reduce((sum, { name }) => {
    if (name === 'relax') return sum + typicalSeconds.relax;
    return sum + (name === 'ipea' ? typicalSeconds.ipea : typicalSeconds[settings.task]);
  }, 0);
}
