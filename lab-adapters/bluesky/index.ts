import type { Fault } from '../../models/domain/fault.js';
import type { AdapterType, CheckScope } from '../contract.js';
import { besideFaults } from '../internal/beside.js';
import { certificateFaults, JsonServer } from '../internal/http-json.js';
import { outcomeFaults } from '../internal/outcomes.js';
import { type RemoteAdapter, remoteAdapter } from '../internal/remote-adapter.js';
import { type Given, secretFaults } from '../internal/secrets.js';
import { templateFaults } from '../internal/template-faults.js';
import { loadUnits } from '../internal/units.js';
import { blueskyDevice } from './device.js';
import { QueueServer } from './server.js';
import { type BlueskySettings, blueskySettings } from './settings.js';

/** Plans of bluesky on a queue server, by its HTTP interface. */
export const bluesky: AdapterType<BlueskySettings, RemoteAdapter> = {
  name: 'bluesky',
  description: 'plans of bluesky on a queue server (bluesky-queueserver), by its HTTP interface',
  settings: blueskySettings,
  paths: ['ca'],
  costSetting: 'cost',
  incidental: Object.keys(blueskySettings.shape).filter((key) => key !== 'url' && key !== 'cost'),
  check: faultsOf,
  lacks: (settings, environment) => secretFaults(pathed(settings), environment),
  create: (settings, context) => {
    const server = new JsonServer(settings, headersOf(settings), process.env, (_, secret) =>
      settings.auth !== undefined && 'apiKey' in settings.auth ? `ApiKey ${secret}` : `Bearer ${secret}`,
    );
    return remoteAdapter(context, blueskyDevice(settings, new QueueServer(server)));
  },
};

function headersOf({ auth }: BlueskySettings): Record<string, Given> {
  if (auth === undefined) return {};
  return { authorization: 'apiKey' in auth ? auth.apiKey : auth.bearer };
}

function pathed({ auth }: BlueskySettings): Record<string, Given> {
  if (auth === undefined) return {};
  return 'apiKey' in auth ? { 'auth.apiKey': auth.apiKey } : { 'auth.bearer': auth.bearer };
}

async function faultsOf(settings: BlueskySettings, scope?: CheckScope): Promise<readonly Fault[]> {
  const units = await loadUnits();
  const about = { scope, units, more: ['name'] };
  return [
    ...outcomeFaults(settings.values, { scope, units }),
    ...besideFaults(settings, scope, units),
    ...(['args', 'kwargs', 'meta'] as const).flatMap((part) => templateFaults(settings[part], about, [part])),
    ...(await certificateFaults(settings)),
  ];
}
