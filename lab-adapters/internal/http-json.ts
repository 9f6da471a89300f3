import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { cleanText } from '../../models/domain/clean-text.js';
import { durationMs, durationSchema } from '../../models/domain/duration.js';
import { AdapterError } from '../../models/domain/errors.js';
import { call } from './http-call.js';
import { type Read, readJsonReply, replyLimit, TooLongError } from './reply.js';
import { type Given, type Surroundings, secretValues, withoutSecrets } from './secrets.js';

/** The part of the settings that says where a server is. */
export const serverShape = {
  url: z
    .url({ protocol: /^https?$/, error: 'an address with http:// or https://' })
    .refine((url) => !URL.canParse(url) || (new URL(url).username === '' && new URL(url).password === ''), {
      message: 'no name or password in an address',
    })
    .describe('of the server'),
  ca: z
    .string()
    .min(1)
    .optional()
    .describe('file with the certificates (PEM) that are trusted instead of the public ones'),
  timeout: durationSchema.default('30s').describe('of each call, with its reply'),
  poll: durationSchema.default('1s').describe('between two looks at a job'),
  replyLimit: z
    .number()
    .int()
    .positive()
    .max(64 * 2 ** 20)
    .default(replyLimit)
    .describe('bytes of a reply that are read'),
};
const serverSchema = z.strictObject(serverShape);
/** Where a server is, and within what limits it is talked to. */
export type Server = z.infer<typeof serverSchema>;

/** What was answered. `document` is undefined where the reply is not one JSON document; `words` then say why. */
export interface Answer {
  readonly status: number;
  readonly ok: boolean;
  readonly document: unknown;
  /** The reply in few characters, for messages. */
  readonly words: string;
  readonly bytes: Uint8Array;
}

/** A server that is asked in JSON and answers in JSON. */
export class JsonServer {
  readonly timeoutMs: number;

  /** @param headers - of each call; `{from: NAME}` for secrets */
  constructor(
    private readonly settings: Server,
    private readonly headers: Readonly<Record<string, Given>>,
    private readonly environment: Surroundings,
    private readonly written: (name: string, value: string) => string = (_, value) => value,
  ) {
    this.timeoutMs = durationMs(settings.timeout);
  }

  /** @throws {CallError} without a whole reply; {AdapterError} while the worker lacks a variable */
  async ask(
    method: string,
    path: string,
    body?: unknown,
    raw?: { readonly type: string; readonly bytes: string },
  ): Promise<Answer> {
    const { url, ca, replyLimit: limit } = this.settings;
    const given = secretValues(this.headers, this.environment);
    const own = Object.entries(given).map(([name, value]) => [name, this.written(name, value)] as const);
    const reply = await call({
      method,
      url: new URL(`${url.replace(/\/+$/, '')}${path}`),
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(raw === undefined ? {} : { 'content-type': raw.type }),
        ...Object.fromEntries(own),
      },
      body: raw?.bytes ?? (body === undefined ? null : JSON.stringify(body)),
      timeoutMs: this.timeoutMs,
      limit,
      ca: ca === undefined ? undefined : await certificates(ca),
    });
    const what = `${method} ${path}`;
    const read = readJsonReply(reply.bytes, `the reply to ${what}`);
    const text = cleanText(Buffer.from(reply.bytes.subarray(0, 2_000)).toString('utf8').trim(), 300);
    return {
      status: reply.status,
      ok: reply.status >= 200 && reply.status < 300,
      document: 'document' in read ? this.clean(read.document) : undefined,
      words: this.clean(
        'refusal' in read && reply.status < 300 ? read.refusal : `${what}: status ${reply.status}: ${text}`,
      ),
      bytes: reply.bytes,
    };
  }

  /** The document that was answered. @throws {AdapterError} unless the status is good and there is one */
  async get(method: string, path: string, body?: unknown): Promise<unknown> {
    const { ok, document, words } = await this.ask(method, path, body);
    if (!ok || document === undefined) throw new AdapterError(words);
    return document;
  }

  /**
   * What was answered in the end, or why it is none. A reply that is too long, one with NaN, which is no JSON, and an error of the server
   * that comes three times will not get better; all else is asked for again by whoever asks.
   * @throws {AdapterError} if it may be had later
   */
  async final(method: string, path: string): Promise<Read> {
    for (let tries = 1; ; tries++) {
      const answer = await this.ask(method, path).catch((error: Error) => {
        if (error.cause instanceof TooLongError) return { refusal: this.clean(error.message) };
        throw error;
      });
      if ('refusal' in answer) return answer;
      const { ok, status, document, words } = answer;
      if (ok && document !== undefined) return { document };
      if (ok && /NaN and Infinity are not JSON$/.test(words)) return { refusal: words };
      if (status !== 500) throw new AdapterError(words);
      if (tries === 3) return { refusal: `${words}; as servers answer that cannot write NaN or infinity as JSON` };
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** A text or document without our secrets, should the server repeat them. */
  clean<T>(value: T): T {
    return withoutSecrets(value, this.headers, this.environment);
  }
}

/** What stands in a file of certificates. @throws {AdapterError} if it cannot be read */
export async function certificates(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: Error) => {
    throw new AdapterError(`the certificates in ${file} cannot be read: ${cause.message}`, { cause });
  });
}

/** What is wrong with a setting `ca`. */
export async function certificateFaults({ ca, url }: Pick<Server, 'ca' | 'url'>) {
  if (ca === undefined) return [];
  const text = await readFile(ca, 'utf8').catch(() => '');
  const isRead = text.includes('-----BEGIN CERTIFICATE-----');
  return [
    ...(isRead
      ? []
      : [{ path: 'ca', message: `${ca} holds no certificates that can be read`, remedy: 'give a file in PEM form' }]),
    ...(url.startsWith('https:')
      ? []
      : [
          {
            path: 'ca',
            message: 'certificates, but an address without TLS',
            remedy: 'use https://, or leave them out',
          },
        ]),
  ];
}
