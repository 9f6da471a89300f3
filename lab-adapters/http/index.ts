import type { Fault } from '../../models/domain/fault.js';
import type { AdapterType, CheckScope } from '../contract.js';
import { besideFaults } from '../internal/beside.js';
import { certificateFaults } from '../internal/http-json.js';
import { outcomeFaults } from '../internal/outcomes.js';
import { type RemoteAdapter, remoteAdapter } from '../internal/remote-adapter.js';
import { secretFaults } from '../internal/secrets.js';
import { stateFaults } from '../internal/telling.js';
import type { Template } from '../internal/template.js';
import { templateFaults } from '../internal/template-faults.js';
import { loadUnits } from '../internal/units.js';
import { Calls, secretsOf } from './calls.js';
import { httpDevice } from './device.js';
import { callNames, type HttpSettings, httpSettings } from './settings.js';

/** Any device with an HTTP interface of jobs: submit, find, status, result and cancel are calls that the settings describe. */
export const http: AdapterType<HttpSettings, RemoteAdapter> = {
  name: 'http',
  description: 'any device with an HTTP interface of jobs, whose calls the settings describe',
  settings: httpSettings,
  paths: ['ca'],
  costSetting: 'cost',
  incidental: Object.keys(httpSettings.shape).filter((key) => key !== 'url' && key !== 'cost'),
  check: faultsOf,
  lacks: (settings, environment) => secretFaults(secretsOf(settings), environment),
  create: (settings, context) => remoteAdapter(context, httpDevice(settings, new Calls(settings, process.env))),
};

async function faultsOf(settings: HttpSettings, scope?: CheckScope): Promise<readonly Fault[]> {
  const units = await loadUnits();
  const faults = [...outcomeFaults(settings.values, { scope, units }), ...besideFaults(settings, scope, units)];
  const named = callNames.flatMap((name) => (settings[name] === undefined ? [] : [[[name], settings[name]] as const]));
  const files = Object.entries(settings.raw ?? {}).map(([name, call]) => [['raw', name], call] as const);
  for (const [at, call] of [...named, ...files]) {
    const name = at[0]!;
    // What is asked of a job that was found by its key alone cannot name what was asked for.
    const isOfRequest = name === 'submit';
    const known = isOfRequest ? scope : scope && { parameters: [], objectives: [] };
    const more = ['name', ...(['submit', 'find', 'safeStop', 'health'].includes(name) ? [] : ['job'])];
    for (const part of ['path', 'headers', 'body'] as const)
      faults.push(...templateFaults((call[part] ?? null) as Template, { scope: known, units, more }, [...at, part]));
  }
  faults.push(...stateFaults(settings.status.states, ['status', 'states']));
  if ((settings.pause === undefined) !== (settings.resume === undefined))
    faults.push({
      path: settings.pause === undefined ? 'pause' : 'resume',
      message: 'pause and resume come together',
      remedy: 'describe both, or none',
    });
  faults.push(...(await certificateFaults(settings)));
  return faults;
}
