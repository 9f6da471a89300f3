import type { Fault } from '../../models/domain/fault.js';
import type { AdapterType, CheckScope } from '../contract.js';
import { besideFaults } from '../internal/beside.js';
import { outcomeFaults } from '../internal/outcomes.js';
import { type RemoteAdapter, remoteAdapter } from '../internal/remote-adapter.js';
import { templateFaults } from '../internal/template-faults.js';
import { loadUnits } from '../internal/units.js';
import { slurmDevice } from './device.js';
import { ownFiles, type SlurmSettings, slurmSettings } from './settings.js';

/** Jobs on a computing cluster with Slurm, by its commands, here or through ssh. */
export const slurm: AdapterType<SlurmSettings, RemoteAdapter> = {
  name: 'slurm',
  description: 'jobs on a computing cluster with Slurm, by its commands, here or through ssh',
  settings: slurmSettings,
  trialPrograms: ['through'],
  costSetting: 'cost',
  incidental: ['settle', 'timeout', 'poll', 'batch'],
  check: faultsOf,
  create: (settings, context) => remoteAdapter(context, slurmDevice(settings, process.env)),
};

async function faultsOf(settings: SlurmSettings, scope?: CheckScope): Promise<readonly Fault[]> {
  const units = await loadUnits();
  const about = { scope, units, more: ['name'] };
  const faults = [
    ...outcomeFaults(settings.values, { scope, units }),
    ...besideFaults(settings, scope, units),
    ...(['request', 'variables', 'options'] as const).flatMap((part) => templateFaults(settings[part], about, [part])),
  ];
  for (const [path, name] of [['result', settings.result], ...settings.keep.map((each, i) => [`keep[${i}]`, each])])
    if (ownFiles.includes(name!))
      faults.push({ path: path!, message: `${name} is a file of the adapter's own`, remedy: 'give it another name' });
  for (const code of new Set(Object.values(settings.exits).flat()))
    if (Object.values(settings.exits).filter((codes) => codes.includes(code)).length > 1)
      faults.push({ path: 'exits', message: `exit code ${code} means two things`, remedy: 'give it one meaning' });
  return faults;
}
