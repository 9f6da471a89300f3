import { readFile } from 'node:fs/promises';
import type { Fault } from '../../models/domain/fault.js';
import type { AdapterType, CheckScope } from '../contract.js';
import { besideFaults } from '../internal/beside.js';
import { outcomeFaults } from '../internal/outcomes.js';
import { type RemoteAdapter, remoteAdapter } from '../internal/remote-adapter.js';
import { secretFaults } from '../internal/secrets.js';
import type { Template } from '../internal/template.js';
import { templateFaults } from '../internal/template-faults.js';
import { loadUnits } from '../internal/units.js';
import { definitionFaults } from './check.js';
import { secretsOf } from './client.js';
import { silaDevice } from './device.js';
import { type SilaSettings, silaSettings } from './settings.js';

/** Any device behind a SiLA 2 server, by whatever features it has. */
export const sila: AdapterType<SilaSettings, RemoteAdapter> = {
  name: 'sila',
  description: 'any device behind a SiLA 2 server, by whatever features it has',
  settings: silaSettings,
  paths: ['ca', 'definition'],
  costSetting: 'cost',
  incidental: Object.keys(silaSettings.shape).filter((key) => !['server', 'feature', 'cost'].includes(key)),
  check: faultsOf,
  lacks: (settings, environment) => secretFaults(secretsOf(settings), environment),
  create: (settings, context) => remoteAdapter(context, silaDevice(settings, process.env)),
  load: () => Promise.all([import('@grpc/grpc-js'), import('protobufjs')]),
};

async function faultsOf(settings: SilaSettings, scope?: CheckScope): Promise<readonly Fault[]> {
  const units = await loadUnits();
  const { set, run, find, cancel, safeStop } = settings;
  const bare = scope && { parameters: [], objectives: [] };
  const faults = [...outcomeFaults(settings.values, { scope, units }), ...besideFaults(settings, scope, units)];
  for (const [i, call] of set.entries())
    faults.push(...templateFaults(call.with as Template, { scope, units, more: ['name'] }, ['set', i, 'with']));
  faults.push(...templateFaults(run.with as Template, { scope, units, more: ['name'] }, ['run', 'with']));
  // What is said of a run that was found by its key alone cannot name what was asked for.
  for (const [name, call] of Object.entries({ find, safeStop }))
    if (call !== undefined)
      faults.push(...templateFaults(call.with as Template, { scope: bare, units, more: ['name'] }, [name, 'with']));
  if (cancel !== undefined)
    faults.push(
      ...templateFaults(cancel.with as Template, { scope: bare, units, more: ['name', 'job'] }, ['cancel', 'with']),
    );
  const told = (path: string, message: string, remedy: string) => faults.push({ path, message, remedy });
  if (settings.ca !== undefined) {
    const text = await readFile(settings.ca, 'utf8').catch(() => '');
    if (!text.includes('-----BEGIN CERTIFICATE-----'))
      told('ca', `${settings.ca} holds no certificates that can be read`, 'give a file in PEM form');
  }
  for (const name of ['ca', 'certificateName'] as const)
    if (settings.insecure && settings[name] !== undefined)
      told(name, "'insecure' has no certificates", "leave out 'insecure', or this");
  if (settings.definition !== undefined) faults.push(...(await definitionFaults(settings, scope)));
  return faults;
}
