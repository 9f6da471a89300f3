import type { Fault } from '../../models/domain/fault.js';
import type { CheckScope } from '../contract.js';
import { platformFaults } from '../internal/process-table.js';
import { isRunnable } from '../internal/runnable.js';
import { readGeometries } from './geometry-store.js';
import { parameterFolder, xtbEnvironment, xtbVersion } from './installation.js';
import type { XtbSettings } from './settings.js';
import { vertical } from './settings.js';

/** Faults of the settings that the schema cannot tell: objectives without a quantity, things not installed. */
export async function faultsOf(settings: XtbSettings, scope?: CheckScope, mayRun = true): Promise<readonly Fault[]> {
  const faults: Fault[] = scope === undefined ? [] : scopeFaults(settings, scope);
  const program = settings.program;
  const found = mayRun ? (await xtbVersion(program)) !== null : await isRunnable(program, { path: process.env.PATH });
  if (!found)
    faults.push({
      path: 'program',
      message: `the program '${program}' cannot be run`,
      remedy: 'install it (apt-get install xtb), or give its path',
    });
  const needsFiles = Object.values(settings.values).some((quantity) => vertical.has(quantity));
  if (needsFiles && (await parameterFolder()) === null)
    faults.push({
      path: 'values',
      message: `vertical quantities need param_ipea-xtb.txt, which is not in ${xtbEnvironment().XTBPATH}`,
      remedy: 'set XTBPATH to the folder of parameter files (apt-get install xtb puts them in /usr/share/xtb)',
    });
  if (settings.geometries !== undefined) {
    const trouble = await readGeometries(settings.geometries).then(
      () => null,
      (error: Error) => error.message,
    );
    const remedy = 'give a file as examples/quinone-posolyte/geometries.mjs makes it, or leave it out';
    if (trouble !== null) faults.push({ path: 'geometries', message: trouble, remedy });
  }
  faults.push(...(await platformFaults()));
  return faults;
}

function scopeFaults(settings: XtbSettings, { parameters, objectives }: CheckScope): Fault[] {
  const faults: Fault[] = objectives
    .filter((objective) => settings.values[objective] === undefined)
    .map((objective) => ({
      path: 'values',
      message: `objective '${objective}' has no quantity`,
      remedy: `add '${objective}: gap' or another quantity`,
    }));
  const molecules = parameters.filter(({ type }) => type === 'substance').map(({ name }) => name);
  const choice = molecules.length === 0 ? 'add a parameter of type substance' : `one of ${molecules.join(', ')}`;
  if (settings.molecule !== undefined && !molecules.includes(settings.molecule))
    faults.push({ path: 'molecule', message: `no substance '${settings.molecule}' in the space`, remedy: choice });
  if (settings.molecule === undefined && molecules.length !== 1)
    faults.push({
      path: 'molecule',
      message: `not given, and the space has ${molecules.length} substances`,
      remedy: choice,
    });
  return faults;
}
