import { readFile } from 'node:fs/promises';
import type { Fault } from '../../models/domain/fault.js';
import type { AdapterType, CheckScope } from '../contract.js';
import { besideFaults } from '../internal/beside.js';
import { outcomeFaults } from '../internal/outcomes.js';
import { type RemoteAdapter, remoteAdapter } from '../internal/remote-adapter.js';
import { secretFaults } from '../internal/secrets.js';
import { stateFaults } from '../internal/telling.js';
import type { Template } from '../internal/template.js';
import { templateFaults } from '../internal/template-faults.js';
import { loadUnits } from '../internal/units.js';
import { secretsOf } from './connection.js';
import { mqttDevice } from './device.js';
import { inboxIn } from './inbox.js';
import { type MqttSettings, mqttSettings } from './settings.js';

/** Any device that takes commands over a broker of MQTT 5 and answers on a response topic or with retained states. */
export const mqtt: AdapterType<MqttSettings, RemoteAdapter> = {
  name: 'mqtt',
  description: 'any device that takes commands over a broker of MQTT 5',
  settings: mqttSettings,
  paths: ['ca', 'cert', 'certKey'],
  costSetting: 'cost',
  incidental: Object.keys(mqttSettings.shape).filter((key) => !['url', 'device', 'cost'].includes(key)),
  check: faultsOf,
  lacks: (settings, environment) => secretFaults(secretsOf(settings), environment),
  create: (settings, context) => remoteAdapter(context, mqttDevice(settings, process.env, inboxIn(context.folder))),
  load: () => import('mqtt'),
};

async function faultsOf(settings: MqttSettings, scope?: CheckScope): Promise<readonly Fault[]> {
  const units = await loadUnits();
  // What is said of a job that was found by its key alone cannot name what was asked for.
  const bare = scope && { parameters: [], objectives: [] };
  const faults = [
    ...outcomeFaults(settings.values, { scope, units }),
    ...besideFaults(settings, scope, units),
    ...stateFaults(settings.status.states, ['status', 'states']),
    ...templatesOf(settings).flatMap(([template, path]) => {
      const [name] = path;
      const more = ['name', ...(['submit', 'find', 'safeStop'].includes(String(name)) ? [] : ['job'])];
      return templateFaults(template, { scope: name === 'submit' ? scope : bare, units, more }, path);
    }),
  ];
  const told = (path: string, message: string, remedy: string) => faults.push({ path, message, remedy });
  if ((settings.pause === undefined) !== (settings.resume === undefined))
    told(settings.pause === undefined ? 'pause' : 'resume', 'pause and resume come together', 'describe both, or none');
  if (settings.submit.confirm === 'find' && settings.find === undefined)
    told('submit.confirm', "confirmed by 'find', which is not described", "describe 'find'");
  if (settings.submit.confirm === 'find' && settings.status.replies)
    told('status.replies', 'a device that does not answer cannot answer again', 'say where it retains states, or ask');
  if (
    settings.find?.retained !== undefined &&
    settings.find.match === undefined &&
    !/\{\s*(?:name|key)\s*\}/.test(settings.find.retained)
  )
    told('find', 'what is retained may be of another job', "give 'match', or {name} in the topic");
  if (
    settings.status.retained !== undefined &&
    settings.status.match === undefined &&
    !/\{\s*(?:name|key|job)\s*\}/.test(settings.status.retained)
  )
    told('status', 'what is retained may be of another job', "give 'match', or {job} or {name} in the topic");
  if ((settings.cert === undefined) !== (settings.certKey === undefined))
    told(
      settings.cert === undefined ? 'cert' : 'certKey',
      'a certificate and its key come together',
      'give both, or none',
    );
  for (const name of ['ca', 'cert', 'certKey'] as const) {
    const file = settings[name];
    if (file === undefined) continue;
    const text = await readFile(file, 'utf8').catch(() => '');
    if (!/-----BEGIN [A-Z ]+-----/.test(text))
      told(name, `${file} holds nothing in PEM form that can be read`, 'give a file in PEM form');
    if (settings.url.startsWith('mqtt:'))
      told(name, 'certificates, but an address without TLS', 'use mqtts://, or leave them out');
  }
  return faults;
}

/** All templates of the settings, with their places. */
function templatesOf(settings: MqttSettings): readonly (readonly [Template, readonly PropertyKey[]])[] {
  const { submit, find, status, result, cancel, pause, resume, safeStop } = settings;
  const sent = Object.entries({ submit, cancel, pause, resume, safeStop }).map(
    ([name, each]) => [[name], each] as const,
  );
  const read = Object.entries({ find, status, result });
  const all = [...sent, ...read.map(([name, each]) => [[name, 'ask'], each?.ask] as const)];
  return [
    ...all.flatMap(([path, each]) =>
      (['topic', 'payload', 'properties'] as const).map(
        (part) => [(each?.[part] ?? null) as Template, [...path, part]] as const,
      ),
    ),
    ...read.map(([name, each]) => [each?.retained ?? null, [name, 'retained']] as const),
  ];
}
