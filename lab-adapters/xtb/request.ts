import { durationMs } from '../../models/domain/duration.js';
import type { Fault } from '../../models/domain/fault.js';
import type { Cause } from '../../models/domain/trial.js';
import type { JobRequest } from '../contract.js';
import type { Ended, Plan } from '../internal/job.js';
import { unfitness } from './bonds.js';
import { toXyz } from './geometry.js';
import type { GeometryStore } from './geometry-store.js';
import { conformerCommand } from './installation.js';
import { readMolecule } from './molecule.js';
import { programScript } from './program.js';
import type { Task } from './result.js';
import { badStart, taskFile } from './result.js';
import type { XtbSettings } from './settings.js';
import { stepsOf } from './steps.js';

/** File that marks a job whose start geometry was known before. */
export const knownFile = 'known';

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
  if (read.graph.elements.length === 1)
    return wrong('singleAtom', `'${molecule.smiles}' is a single atom, which has no geometry for xtb to optimise`);
  const charge = settings.charge ?? read.graph.charge;
  const electrons = read.graph.protons - charge;
  const open = read.graph.unpaired;
  // The count of electrons tells of an odd one; of two that are not paired it tells nothing.
  if (settings.unpaired === undefined && charge === read.graph.charge && open !== 0)
    return wrong('multiplicity', `'${molecule.smiles}' ${openShell(open)}`);
  const unpaired = settings.unpaired ?? 0;
  if (electrons < 1 || unpaired > electrons || (electrons - unpaired) % 2 !== 0)
    return wrong(
      'multiplicity',
      `'${molecule.smiles}' with charge ${charge} has ${electrons} electrons, of which ${unpaired} cannot be unpaired; set 'charge' or 'unpaired'`,
    );
  return { graph: read.graph, charge };
}

function openShell(open: number | null): string {
  if (open === null) return "does not say how many electrons of its metal are unpaired; set 'unpaired'";
  const fewer = open === 2 ? ', or 0 if they pair up' : open > 2 ? `, or ${open - 2} if two of them pair up` : '';
  return `leaves ${open} electron${open === 1 ? '' : 's'} unpaired; set 'unpaired' (${open}${fewer})`;
}

/** The faults of a request that can be told without running it. */
export async function refusals(settings: XtbSettings, request: JobRequest): Promise<readonly Fault[]> {
  const read = await readRequest(settings, request);
  if (!('cause' in read)) return [];
  return [{ path: 'substances', message: read.cause.message, remedy: 'give the SMILES of one connected molecule' }];
}

/**
 * What to run for a request, or the failure that needs no run.
 * @throws {AdapterError} if the geometry on file is of another molecule, or the package was not built
 */
export async function prepare(settings: XtbSettings, store: GeometryStore, request: JobRequest): Promise<Plan | Ended> {
  const failed = (cause: Cause): Ended => ({ state: 'failed', values: {}, cost: 0, durationMs: 0, cause });
  const read = await readRequest(settings, request);
  if ('cause' in read) return failed(read.cause);
  const { graph, charge } = read;
  const geometry = await store.find(graph);
  const unfit = geometry === null ? null : unfitness(geometry, graph.bonds);
  if (unfit !== null) return failed(badStart(unfit));
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
        : { 'start.json': JSON.stringify({ geometry }), 'start.xyz': toXyz(geometry), [knownFile]: '' }),
    },
    timeoutMs: durationMs(settings.timeout),
  };
}
