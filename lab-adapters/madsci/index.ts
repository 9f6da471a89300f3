import type { Fault } from '../../models/domain/fault.js';
import type { AdapterType, CheckScope } from '../contract.js';
import { besideFaults } from '../internal/beside.js';
import { certificateFaults, JsonServer } from '../internal/http-json.js';
import { outcomeFaults } from '../internal/outcomes.js';
import { type RemoteAdapter, remoteAdapter } from '../internal/remote-adapter.js';
import { type Given, secretFaults } from '../internal/secrets.js';
import { templateFaults } from '../internal/template-faults.js';
import { loadUnits } from '../internal/units.js';
import { madsciDevice } from './device.js';
import { memoryIn } from './memory.js';
import { Node } from './node.js';
import { type MadsciSettings, madsciSettings } from './settings.js';

/** Actions of a MADSci node, by its REST interface. */
export const madsci: AdapterType<MadsciSettings, RemoteAdapter> = {
  name: 'madsci',
  description: 'actions of a MADSci node, by its REST interface',
  settings: madsciSettings,
  paths: ['ca'],
  costSetting: 'cost',
  incidental: Object.keys(madsciSettings.shape).filter((key) => key !== 'url' && key !== 'cost'),
  check: faultsOf,
  lacks: (settings, environment) => secretFaults(pathed(settings), environment),
  create: (settings, context) => {
    const { folder } = context;
    const node = new Node(new JsonServer(settings, settings.headers, process.env));
    return remoteAdapter(context, madsciDevice(settings, node, memoryIn(folder)));
  },
};

function pathed({ headers }: MadsciSettings): Record<string, Given> {
  return Object.fromEntries(Object.entries(headers).map(([name, given]) => [`headers.${name}`, given]));
}

async function faultsOf(settings: MadsciSettings, scope?: CheckScope): Promise<readonly Fault[]> {
  const units = await loadUnits();
  const { admin } = settings;
  return [
    ...outcomeFaults(settings.values, { scope, units }),
    ...besideFaults(settings, scope, units),
    ...templateFaults(settings.args, { scope, units, more: ['name'] }, ['args']),
    ...(await certificateFaults(settings)),
    ...(admin.includes('pause') === admin.includes('resume')
      ? []
      : [{ path: 'admin', message: 'pause and resume come together', remedy: 'give both, or none' }]),
  ];
}
