import { stat } from 'node:fs/promises';
import type { Fault } from '../../models/domain/fault.js';
import type { AdapterType, CheckScope } from '../contract.js';
import { besideFaults } from '../internal/beside.js';
import { certificateFaults, JsonServer } from '../internal/http-json.js';
import { outcomeFaults } from '../internal/outcomes.js';
import { type RemoteAdapter, remoteAdapter } from '../internal/remote-adapter.js';
import { templateFaults } from '../internal/template-faults.js';
import { loadUnits } from '../internal/units.js';
import { opentronsDevice } from './device.js';
import { Robot } from './robot.js';
import { type OpentronsSettings, opentronsSettings } from './settings.js';

/** Protocols on a robot of Opentrons, by the HTTP interface of its server. */
export const opentrons: AdapterType<OpentronsSettings, RemoteAdapter> = {
  name: 'opentrons',
  description: 'protocols on a robot of Opentrons, by the HTTP interface of its server',
  settings: opentronsSettings,
  paths: ['ca', 'protocol', 'labware'],
  trialPrograms: ['python'],
  costSetting: 'cost',
  incidental: Object.keys(opentronsSettings.shape).filter((key) => key !== 'url' && key !== 'cost'),
  check: faultsOf,
  create: (settings, context) => {
    const server = new JsonServer(settings, { 'opentrons-version': settings.version }, process.env);
    return remoteAdapter(context, opentronsDevice(settings, new Robot(server)));
  },
};

async function faultsOf(settings: OpentronsSettings, scope?: CheckScope): Promise<readonly Fault[]> {
  const units = await loadUnits();
  const about = { scope, units, more: ['name'] };
  const paths = [['protocol', settings.protocol], ...settings.labware.map((path, i) => [`labware[${i}]`, path])];
  const missing = await Promise.all(
    paths.map(async ([path, file]): Promise<Fault[]> => {
      const isFile = await stat(file!).then(
        (found) => found.isFile(),
        () => false,
      );
      return isFile ? [] : [{ path: path!, message: `no file ${file}`, remedy: 'give an existing file' }];
    }),
  );
  return [
    ...(settings.values === undefined ? [] : outcomeFaults(settings.values, { scope, units })),
    ...besideFaults(settings, scope, units),
    ...templateFaults(settings.given, about, ['given']),
    ...templateFaults(settings.parameters, about, ['parameters']),
    ...missing.flat(),
    ...(await certificateFaults(settings)),
  ];
}
