import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { AdapterError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import type { JobRequest } from '../contract.js';
import { fill } from '../internal/template.js';
import { loadUnits } from '../internal/units.js';
import type { OpentronsSettings } from './settings.js';

/** A protocol as it is sent for one job. */
export interface Rendered {
  readonly files: readonly { readonly name: string; readonly text: string }[];
  /** Run-time parameters. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/**
 * The protocol with what the request fills in. It ends with a dictionary ATHANOR, a text of JSON that Python reads, so that nothing
 * that is filled in can become code; our key is in it, so that each job's file is another for a robot that tells files by content.
 */
export async function rendered(
  { protocol, labware, given, parameters }: OpentronsSettings,
  { key, name, request }: { readonly key: string; readonly name: string; readonly request: JobRequest },
): Promise<Rendered | { readonly faults: readonly Fault[] }> {
  const filling = { key, request, units: await loadUnits(), more: { name } };
  const filled = [fill(given, filling, ['given']), fill(parameters, filling, ['parameters'])];
  const faults = filled.flatMap((each) => ('faults' in each ? each.faults : []));
  if (faults.length > 0) return { faults };
  const [own, runTime] = filled.map((each) => (each as { value: unknown }).value as Record<string, unknown>);
  const read = (path: string) =>
    readFile(path, 'utf8').catch((cause: Error) => {
      throw new AdapterError(`${path} cannot be read: ${cause.message}`, { cause });
    });
  const text = await read(protocol);
  const others = await Promise.all(labware.map(async (path) => ({ name: basename(path), text: await read(path) })));
  return {
    files: [{ name: basename(protocol), text: `${text.replace(/\n*$/, '\n')}\n${tail({ ...own, key })}` }, ...others],
    parameters: runTime!,
  };
}

function tail(values: object): string {
  // ASCII without quotes of Python's in it: a literal as it stands.
  const json = JSON.stringify(values).replace(
    /[\u007f-\uffff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const literal = `'${json.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  return `# Filled in by Athanor.\nimport json as _athanor_json\nATHANOR = _athanor_json.loads(${literal})\n`;
}

/** A body of several parts, as forms send it. */
export function multipart(
  files: Rendered['files'],
  fields: Readonly<Record<string, string>>,
  boundary: string,
): { readonly type: string; readonly bytes: string } {
  const parts = [
    ...files.map(
      ({ name, text }) =>
        `Content-Disposition: form-data; name="files"; filename="${name.replace(/[^\w.-]/g, '_')}"\r\nContent-Type: application/octet-stream\r\n\r\n${text}\r\n`,
    ),
    ...Object.entries(fields).map(
      ([name, text]) => `Content-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`,
    ),
  ];
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    bytes: `${parts.map((part) => `--${boundary}\r\n${part}`).join('')}--${boundary}--\r\n`,
  };
}
