import type { Fault } from '../../models/domain/fault.js';
import type { AdapterType, CheckScope } from '../contract.js';
import { outcomeFaults } from '../internal/outcomes.js';
import { type RemoteAdapter, remoteAdapter } from '../internal/remote-adapter.js';
import { templateFaults } from '../internal/template-faults.js';
import { loadUnits } from '../internal/units.js';
import { linesDevice } from './device.js';
import { templatesOf } from './filled.js';
import { type LinesSettings, linesSettings } from './settings.js';

/** Any instrument that takes commands and answers them line by line, on a TCP port or a serial line. */
export const lines: AdapterType<LinesSettings, RemoteAdapter> = {
  name: 'lines',
  description: 'any instrument that takes commands line by line, on a TCP port or a serial line',
  settings: linesSettings,
  costSetting: 'cost',
  incidental: Object.keys(linesSettings.shape).filter((key) => key !== 'connect' && key !== 'cost'),
  check: faultsOf,
  create: (settings, context) => remoteAdapter(context, linesDevice(settings)),
};

async function faultsOf(settings: LinesSettings, scope?: CheckScope): Promise<readonly Fault[]> {
  const units = await loadUnits();
  const places = Object.fromEntries(
    Object.entries(settings.values).map(([name, { unit, as }]) => [
      name,
      { path: 'value', unit, as, text: true, optional: false },
    ]),
  );
  return [
    ...outcomeFaults(places, { scope, units }),
    ...templatesOf(settings).flatMap(([template, path]) => {
      // What ends a trial, or asks for one by its key, is said when nothing else of it may be known.
      const isBare = ['stop', 'find', 'identity'].includes(String(path[0]));
      const known = isBare ? scope && { parameters: [], objectives: [] } : scope;
      return templateFaults(template, { scope: known, units, more: ['name'] }, path);
    }),
  ];
}
