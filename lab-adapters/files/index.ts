import { stat } from 'node:fs/promises';
import type { Fault } from '../../models/domain/fault.js';
import type { AdapterType, CheckScope } from '../contract.js';
import { besideFaults } from '../internal/beside.js';
import { outcomeFaults } from '../internal/outcomes.js';
import { type RemoteAdapter, remoteAdapter } from '../internal/remote-adapter.js';
import { templateFaults } from '../internal/template-faults.js';
import { loadUnits } from '../internal/units.js';
import { filesDevice } from './device.js';
import { placesOf } from './document.js';
import { patternFault } from './names.js';
import { type FilesSettings, filesSettings } from './settings.js';

/** Any device that takes requests as files from one folder and puts results into another. */
export const files: AdapterType<FilesSettings, RemoteAdapter> = {
  name: 'files',
  description:
    'any device that takes requests as files from one folder and puts results into another: CSV, JSON, JCAMP-DX',
  settings: filesSettings,
  paths: ['requests', 'results'],
  costSetting: 'cost',
  incidental: Object.keys(filesSettings.shape).filter((key) => !['requests', 'results', 'cost'].includes(key)),
  check: faultsOf,
  create: (settings, context) => remoteAdapter(context, filesDevice(settings)),
};

async function faultsOf(settings: FilesSettings, scope?: CheckScope): Promise<readonly Fault[]> {
  const units = await loadUnits();
  const faults = [
    ...outcomeFaults(placesOf(settings), { scope, units }),
    ...besideFaults(settings, scope, units),
    ...templateFaults(settings.request.content, { scope, units, more: ['name'] }, ['request', 'content']),
  ];
  for (const key of ['requests', 'results'] as const)
    if (
      !(await stat(settings[key]).then(
        (found) => found.isDirectory(),
        () => false,
      ))
    )
      faults.push({ path: key, message: `no folder ${settings[key]}`, remedy: 'give an existing folder' });
  const { request, result, failed } = settings;
  for (const [path, pattern] of Object.entries({
    'request.name': request.name,
    'result.name': result.name,
    'result.done': result.done,
    failed,
    ...Object.fromEntries((settings.raw ?? []).map((pattern, i) => [`raw[${i}]`, pattern])),
  })) {
    const why = pattern === undefined ? null : patternFault(pattern);
    if (why !== null) faults.push({ path, message: why, remedy: 'use {name} or {key}' });
  }
  if (request.name.includes('*'))
    faults.push({ path: 'request.name', message: "a '*'", remedy: 'a request has one name' });
  const isSame = settings.requests === settings.results && request.name === result.name;
  if (isSame)
    faults.push({ path: 'result.name', message: 'the result has the name of the request', remedy: 'give it another' });
  for (const [name, place] of Object.entries(settings.values))
    if (typeof place === 'object' && 'window' in place && result.format !== 'jcamp')
      faults.push({
        path: `values.${name}`,
        message: `a window of a ${result.format} file`,
        remedy: 'only spectra (jcamp) have windows',
      });
  return faults;
}
