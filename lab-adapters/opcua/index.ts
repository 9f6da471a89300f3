import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Fault } from '../../models/domain/fault.js';
import type { AdapterType, CheckScope } from '../contract.js';
import { besideFaults } from '../internal/beside.js';
import { outcomeFaults } from '../internal/outcomes.js';
import { type RemoteAdapter, remoteAdapter } from '../internal/remote-adapter.js';
import { secretFaults } from '../internal/secrets.js';
import { stateFaults } from '../internal/telling.js';
import { templateFaults } from '../internal/template-faults.js';
import { loadUnits } from '../internal/units.js';
import { opcuaDevice } from './device.js';
import { endTemplatesOf, templatesOf } from './filled.js';
import { loadLibrary, secretsOf } from './session.js';
import { type OpcuaSettings, opcuaSettings } from './settings.js';

/** Any device behind an OPC UA server: variables that are written and read, methods that are called. */
export const opcua: AdapterType<OpcuaSettings, RemoteAdapter> = {
  name: 'opcua',
  description: 'any device behind an OPC UA server, by its variables and methods',
  settings: opcuaSettings,
  paths: ['certificates', 'trust', 'userCertificate', 'userKey'],
  costSetting: 'cost',
  incidental: Object.keys(opcuaSettings.shape).filter((key) => !['url', 'start', 'cost'].includes(key)),
  check: faultsOf,
  lacks: (settings, environment) => secretFaults(secretsOf(settings), environment),
  create: (settings, context) => {
    const { folder } = context;
    const own = folder === '' ? join(tmpdir(), `athanor-opcua-${process.getuid?.() ?? 0}`) : join(folder, 'pki');
    return remoteAdapter(context, opcuaDevice(settings, process.env, settings.certificates ?? own));
  },
  load: loadLibrary,
};

async function faultsOf(settings: OpcuaSettings, scope?: CheckScope): Promise<readonly Fault[]> {
  const units = await loadUnits();
  const { status, start, key, namespaces, user, password, trust, security } = settings;
  // What ends a run is said when nothing else of it may be known.
  const bare = scope && { parameters: [], objectives: [] };
  const faults = [
    ...outcomeFaults(settings.values, { scope, units }),
    ...besideFaults(settings, scope, units),
    ...(status === undefined ? [] : stateFaults(status.states, ['status', 'states'])),
    ...templatesOf(settings).flatMap(([template, path]) =>
      templateFaults(template, { scope, units, more: ['name'] }, path),
    ),
    ...endTemplatesOf(settings).flatMap(([template, path]) =>
      templateFaults(template, { scope: bare, units, more: ['name'] }, path),
    ),
  ];
  const told = (path: string, message: string, remedy: string) => faults.push({ path, message, remedy });
  for (const [path, node] of nodesOf(settings)) {
    const [, alias] = /^([A-Za-z]\w*);/.exec(node) ?? [];
    if (alias !== undefined && !Object.hasOwn(namespaces, alias))
      told(path, `'${alias}' is none of 'namespaces'`, "name it there, or write 'ns=NUMBER;'");
  }
  if ('write' in start && status === undefined)
    told('status', 'a variable that is written tells no end', 'say which variable tells the state');
  if (key !== undefined && status === undefined)
    told('key', 'a method that answers at its end is not looked for', "leave it out, or describe 'status'");
  if (password !== undefined && user === undefined) told('password', "a password without 'user'", "give 'user'");
  if (security.mode !== 'None' && trust === undefined)
    told('trust', 'a secured connection to whomever answers', "give the file with the server's certificate");
  if ((settings.userCertificate === undefined) !== (settings.userKey === undefined))
    told('userCertificate', 'a certificate and its key go together', "give 'userCertificate' and 'userKey'");
  if (settings.userCertificate !== undefined && user !== undefined)
    told('userCertificate', 'a user by certificate and one by name', 'give one of the two');
  for (const path of ['trust', 'userCertificate', 'userKey'] as const) {
    const file = settings[path];
    if (file !== undefined && !(await isReadable(file)))
      told(path, `${file} cannot be read`, 'give a file that can be read');
  }
  return faults;
}

async function isReadable(file: string): Promise<boolean> {
  return readFile(file).then(
    (bytes) => bytes.length > 0,
    () => false,
  );
}

/** All nodes of the settings, with their places. */
function nodesOf(value: unknown, at = ''): readonly (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]): (readonly [string, string])[] => {
    const path = at === '' ? name : `${at}.${name}`;
    const isNode = ['node', 'object', 'method', 'key', 'progress', 'message'].includes(name) || /^read\./.test(path);
    if (typeof each === 'string')
      return isNode && !path.startsWith('failure') && /^[A-Za-z]\w*;/.test(each) ? [[path, each]] : [];
    return [...nodesOf(each, path)];
  });
}
