import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DamagedError } from '../../models/domain/errors.js';
import type { Cause } from '../../models/domain/trial.js';
import { readIfPresent } from '../internal/files.js';
import type { Ended, EndedProgram } from '../internal/job.js';
import { unfitness } from './bonds.js';
import type { Leavings } from './diagnosis.js';
import { diagnose } from './diagnosis.js';
import type { Geometry } from './geometry.js';
import { parseConformer } from './geometry.js';
import * as output from './output.js';
import { noGeometryCode } from './program.js';
import type { Quantity } from './settings.js';
import type { XtbStep } from './steps.js';

/** What a job is about, kept in its folder for whoever parses it. */
export interface Task {
  readonly steps: readonly XtbStep[];
  readonly graph: Pick<Geometry, 'elements' | 'bonds'>;
  /** Objective name to quantity. */
  readonly values: Readonly<Record<string, Quantity>>;
  /** Fixed cost of a finished trial; null for the CPU seconds that xtb reports. */
  readonly cost: number | null;
}

/** Name of the file that holds the task. */
export const taskFile = 'task.json';

/** The task that a job was made with. @throws {DamagedError} if it is there no more */
export async function taskOf(folder: string): Promise<Task> {
  const text = await readIfPresent(join(folder, taskFile));
  if (text === null) throw new DamagedError(`${taskFile} is gone from ${folder}`);
  return JSON.parse(text) as Task;
}

/** Result of a job whose script has ended. */
export async function resultOf(program: EndedProgram): Promise<Ended> {
  const { folder, durationMs } = program;
  const task = await taskOf(folder);
  const cpu = await cpuBySteps(folder, task.steps);
  const total = Object.values(cpu).reduce((sum, seconds) => sum + seconds, 0);
  const cost = task.cost ?? total;
  const leavings: Partial<Record<XtbStep['name'], Leavings>> = {};
  const details: Record<string, unknown> = { cpuSeconds: total, steps: cpu };
  const failed = (cause: Cause): Ended => ({ state: 'failed', values: {}, cost, durationMs, cause, details });

  if (program.timedOut)
    return failed({
      class: 'device',
      code: 'timeout',
      message: `killed at the time limit, after ${durationMs / 1000} s; raise 'timeout' if the molecule is that large`,
    });
  const start = await startFailure(program, task.graph.bonds);
  if (start !== null) return failed(start);
  for (const step of task.steps) {
    const left = await leavingsOf(program, step.name);
    const cause = diagnose(step, left, task.graph);
    details.xtb ??= output.version(left.out);
    if (cause !== null) return failed(cause);
    const open = openShellOf(step, left, Object.values(task.values));
    if (open !== null) return failed(open);
    leavings[step.name] = left;
  }
  const values: Record<string, number> = {};
  for (const [objective, quantity] of Object.entries(task.values)) {
    const value = readings[quantity](leavings);
    if (value === null) {
      const message = `xtb's output has no finite ${quantity}`;
      return failed({ class: 'unknown', code: 'missingOutput', message });
    }
    values[objective] = value;
  }
  const final = leavings.main!.finalXyz ?? leavings.relax?.finalXyz;
  return {
    state: 'succeeded',
    values,
    cost,
    durationMs,
    details,
    artefacts: typeof final === 'string' ? { 'final.xyz': final } : {},
  };
}

/**
 * CPU seconds by step, as xtb reports them. A run that was cut short reports none; being single-threaded it is charged
 * the seconds from its beginning to the last sign of it.
 */
export async function cpuBySteps(folder: string, steps: readonly XtbStep[]): Promise<Record<string, number>> {
  const changed = (file: string) =>
    stat(join(folder, file)).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
  const seconds: Record<string, number> = {};
  for (const { name } of steps) {
    const begun = await changed(`${name}.begun`);
    if (begun === 0) break;
    const out = (await readIfPresent(join(folder, `${name}.out`))) ?? '';
    const code = await changed(`${name}.code`);
    const signs = await Promise.all([changed(`${name}.out`), changed(`${name}.err`), changed('ended')]);
    const end = code === 0 ? Math.max(...signs) : code;
    seconds[name] = output.cpuSeconds(out) ?? Math.max(0, (end - begun) / 1000);
  }
  return seconds;
}

/** Cause of a job whose start geometry does not belong to its molecule. */
export function badStart(reason: string): Cause {
  return { class: 'device', code: 'badStart', message: `the start geometry is not of this molecule: ${reason}` };
}

/** Gap in eV under which two orbitals are one level: electrons would have to choose between them. */
const degenerateGap = 1e-3;

/**
 * A run that does not stand for its molecule, because its highest electrons have two orbitals of one level to choose from:
 * any run as a closed shell; with electrons unpaired by intent, one from which the gap is wanted. Null if there is none.
 */
function openShellOf({ name, args }: XtbStep, { out }: Leavings, wanted: readonly Quantity[]): Cause | null {
  const gap = output.gap(out);
  const isOpen = args.includes('-u');
  if (gap === null || gap >= degenerateGap || (isOpen && !wanted.includes('gap'))) return null;
  const which = name === 'main' ? 'the molecule' : `the ${name}`;
  const levels = `its highest electrons have two orbitals at one energy (gap ${gap} eV)`;
  const message = isOpen ? `${which} has no gap: ${levels}` : `${which} is no closed shell: ${levels}; set 'unpaired'`;
  return { class: 'operator', code: 'multiplicity', message };
}

/** Why there is no start geometry to trust, or null. */
async function startFailure({ folder, code }: EndedProgram, bonds: Geometry['bonds']): Promise<Cause | null> {
  const text = await readIfPresent(join(folder, 'start.json'));
  if (text !== null && code === 0) {
    const conformer = parseConformer(text);
    // The tools fail, not the molecule: of its chemistry this says nothing.
    if ('failure' in conformer) return { class: 'operator', ...conformer.failure };
    const unfit = unfitness(conformer.geometry, bonds);
    return unfit === null ? null : badStart(unfit);
  }
  const complaint = ((await readIfPresent(join(folder, 'program.err'))) ?? '').trim().slice(-300);
  if (code === noGeometryCode)
    return {
      class: 'device',
      code: 'geometryFailed',
      message: `the start geometry could not be computed: ${complaint}`,
    };
  if (code === 137) return { class: 'device', code: 'killed', message: 'the job was killed from outside' };
  return { class: 'device', code: 'scriptFailed', message: `the job's script ended with code ${code}: ${complaint}` };
}

async function leavingsOf({ folder, work }: EndedProgram, step: string): Promise<Leavings> {
  const printed = ['code', 'out', 'err'].map((name) => readIfPresent(join(folder, `${step}.${name}`)));
  const left = ['xtbout.json', 'xtbopt.xyz'].map((name) => readIfPresent(join(work, step, name)));
  const [code, out, err, json, finalXyz] = await Promise.all([...printed, ...left]);
  const ended = code === null || code === undefined || code.trim() === '' ? null : Number(code);
  return { code: ended, out: out ?? '', err: err ?? '', json: json ?? null, finalXyz: finalXyz ?? null };
}

type Reading = (leavings: Partial<Record<XtbStep['name'], Leavings>>) => number | null;

/** In eV what is printed in Eh; null where there is nothing to convert. */
const inEv = (value: number | null | undefined) => (value == null ? null : value * output.evPerHartree);
const energyOf = (left: Leavings | undefined) => (left === undefined ? null : inEv(output.totalEnergy(left.out)));
const minus = (a: number | null, b: number | null) => (a === null || b === null ? null : a - b);

const ip: Reading = ({ main, cation }) => minus(energyOf(cation), energyOf(main));
const ea: Reading = ({ main, anion }) => minus(energyOf(main), energyOf(anion));

/** How each quantity is read from the runs; null where xtb did not give it. */
const readings: Readonly<Record<Quantity, Reading>> = {
  energy: ({ main }) => energyOf(main),
  gap: ({ main }) => output.gap(main!.out),
  homo: ({ main }) => inEv(output.homo(main!.out)),
  lumo: ({ main }) => inEv(output.lumo(main!.out)),
  dipole: ({ main }) => (main!.json === null ? null : output.dipole(main!.json)),
  solvation: ({ main }) => inEv(output.solvation(main!.out)),
  freeEnergy: ({ main }) => inEv(output.freeEnergy(main!.out)),
  verticalIp: ({ ipea }) => output.verticalIp(ipea!.out),
  verticalEa: ({ ipea }) => output.verticalEa(ipea!.out),
  ip,
  ea,
  window: (leavings) => minus(ip(leavings), ea(leavings)),
};
