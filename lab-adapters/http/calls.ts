import { durationMs } from '../../models/domain/duration.js';
import { AdapterError, ContractError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import type { JobRequest } from '../contract.js';
import { call, type Outgoing, type Reply, streamed } from '../internal/http-call.js';
import { certificates } from '../internal/http-json.js';
import { replyLimit } from '../internal/reply.js';
import { type Given, type Surroundings, secretValues, withoutSecrets } from '../internal/secrets.js';
import { type Filling, fill } from '../internal/template.js';
import { loadUnits } from '../internal/units.js';
import type { Call, CallName, HttpSettings } from './settings.js';

/** What a call is about. */
export interface About {
  readonly key: string;
  readonly name: string;
  readonly handle?: string;
  readonly request: JobRequest | null;
}

/** What the settings take from variables of the worker, by path. */
export function secretsOf({ auth, headers = {} }: HttpSettings): Record<string, Given> {
  const own = Object.entries(headers).map(([name, given]) => [`headers.${name}`, given] as const);
  if (auth === undefined) return Object.fromEntries(own);
  const [path, given] = 'bearer' in auth ? ['auth.bearer', auth.bearer] : ['auth.basic.password', auth.basic.password];
  return { ...Object.fromEntries(own), [path]: given };
}

/** The calls that settings describe. */
export class Calls {
  constructor(
    private readonly settings: HttpSettings,
    private readonly environment: Surroundings,
  ) {}

  /** Makes a call. @throws {CallError} without a whole reply; {ContractError} if it cannot be filled in */
  async make(name: CallName, about: About): Promise<Reply> {
    const outgoing = await this.outgoing(name, about);
    if ('faults' in outgoing)
      throw new ContractError(outgoing.faults.map(({ path, message }) => `${path}: ${message}`).join('; '));
    return call(outgoing);
  }

  /**
   * A file of the device, by its name in the settings.
   * @throws {CallError} without a whole reply; {AdapterError} if the device answers that it has none now; {Error} that it has none
   */
  async *file(name: string, about: About): AsyncGenerator<Uint8Array> {
    const { status, raw = {} } = this.settings;
    const outgoing = await this.filled(`raw.${name}`, { ...raw[name]!, method: raw[name]!.method ?? 'GET' }, about);
    if ('faults' in outgoing) throw new Error(outgoing.faults.map(({ message }) => message).join('; '));
    yield* streamed({ ...outgoing, headers: { ...outgoing.headers, accept: '*/*' } }, (code) => {
      if (code >= 200 && code < 300) return;
      const words = `the file was answered with status ${code}`;
      throw status.lost.includes(code) ? new Error(words) : new AdapterError(words);
    });
  }

  /** What would be sent, or what keeps it from being sent. */
  async outgoing(name: CallName, about: About): Promise<Outgoing | { readonly faults: readonly Fault[] }> {
    const described = this.settings[name];
    if (described === undefined) throw new ContractError(`the settings describe no call '${name}'`);
    const method = name === 'submit' ? 'POST' : name === 'cancel' ? 'DELETE' : idle.has(name) ? 'GET' : 'POST';
    return this.filled(name, { ...described, method: described.method ?? method }, about);
  }

  private async filled(
    name: string,
    described: Omit<Call, 'method'> & { readonly method: string },
    about: About,
  ): Promise<Outgoing | { readonly faults: readonly Fault[] }> {
    const { url, timeout, ca } = this.settings;
    const filling: Filling = {
      key: about.key,
      request: about.request ?? nothing,
      units: await loadUnits(),
      more: { name: about.name, ...(about.handle === undefined ? {} : { job: about.handle }) },
    };
    const path = fill(described.path, { ...filling, written: encodeURIComponent }, [name, 'path']);
    const headers = fill(described.headers ?? {}, { ...filling, written: inHeader }, [name, 'headers']);
    const body = fill(described.body ?? null, filling, [name, 'body']);
    const faults = [path, headers, body].flatMap((filled) => ('faults' in filled ? filled.faults : []));
    if (!('value' in path && 'value' in headers && 'value' in body) || faults.length > 0) return { faults };
    const target = placed(url, String(path.value));
    if (target === null) {
      const message = `${String(path.value)} leads to another address than ${url}`;
      return { faults: [{ path: `${name}.path`, message, remedy: 'stay with the device' }] };
    }
    const isJson = described.body !== undefined;
    const own = Object.entries(headers.value as Record<string, unknown>).map(([key, value]) => [key, String(value)]);
    return {
      method: described.method,
      url: target,
      headers: {
        accept: 'application/json',
        ...(isJson && { 'content-type': 'application/json' }),
        ...this.headers(),
        ...Object.fromEntries(own),
      },
      body: isJson ? JSON.stringify(body.value) : null,
      timeoutMs: durationMs(timeout),
      limit: this.settings.replyLimit ?? replyLimit,
      ca: ca === undefined ? undefined : await certificates(ca),
    };
  }

  /** @throws {AdapterError} while the worker lacks a variable */
  private headers(): Record<string, string> {
    const values = secretValues(secretsOf(this.settings), this.environment);
    const { auth, headers = {} } = this.settings;
    const own = Object.fromEntries(Object.keys(headers).map((name) => [name, values[`headers.${name}`]!]));
    if (auth === undefined) return own;
    if ('bearer' in auth) return { ...own, authorization: `Bearer ${values['auth.bearer']}` };
    const pair = `${auth.basic.user}:${values['auth.basic.password']}`;
    return { ...own, authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
  }

  /** A text or document without our secrets, should the device repeat them. */
  clean<T>(value: T): T {
    return withoutSecrets(value, secretsOf(this.settings), this.environment);
  }
}

const idle: ReadonlySet<CallName> = new Set(['find', 'status', 'result', 'health']);
const nothing: JobRequest = { design: {}, rowId: null, substances: {}, fidelity: '', objectives: [] };

function inHeader(text: string): string | null {
  return /^[\x20-\x7e]*$/.test(text) ? text : null;
}

/** The address of a path, or of an address that the device gave as the name of a job; null where that is somebody else's. */
function placed(base: string, path: string): URL | null {
  const isAddress = /^https?:\/\//i.test(path);
  if (isAddress && !URL.canParse(path)) return null;
  const url = new URL(isAddress ? path : `${base.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`);
  return url.origin === new URL(base).origin && url.username === '' ? url : null;
}
