import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { durationMs, durationSchema } from '../../models/domain/duration.js';
import { InvalidInputError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import { among } from '../../models/domain/nearest.js';
import { readBounded, readingFaults } from '../bounded-file.js';
import { readDocument } from '../campaign-file/document.js';
import { placed, schemaFaults, show } from '../campaign-file/schema-faults.js';
import { type AlarmTelling, alarmTelling } from './alarm-matters.js';
import { alarmsSchema } from './alarms-schema.js';
import { matterKinds } from './matters.js';

const secretSchema = z.strictObject({
  from: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a name of letters, digits and underscores')
    .describe('environment variable of the worker that holds it'),
});

const filterShape = {
  kinds: z.array(z.enum(matterKinds)).min(1).optional().describe('what is told; all where absent'),
  campaigns: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('of these campaigns, or of labs; all where both are absent'),
  labs: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('of these labs, or of campaigns; all where both are absent'),
  remind: durationSchema.optional().describe('how long until what lasts is told again; that of the file where absent'),
  over: z.boolean().default(true).describe('whether it is told too when something is over'),
  designs: z.boolean().default(false).describe('whether messages have design values of trials'),
};

const caSchema = z
  .string()
  .min(1)
  .optional()
  .describe('file with the certificates (PEM) that are trusted instead of the public ones');

const webhookSchema = z.strictObject({
  webhook: z
    .url({ protocol: /^https?$/, error: 'an address with http:// or https://' })
    .refine((url) => !URL.canParse(url) || (new URL(url).username === '' && new URL(url).password === ''), {
      message: 'no name or password in an address',
    })
    .describe('where messages are posted'),
  secret: z
    .union([secretSchema, z.array(secretSchema).min(1).max(2)])
    .describe('signs them (whsec_…); two while one takes the place of the other'),
  ca: caSchema,
  heartbeat: durationSchema
    .optional()
    .describe(
      'it is only told, this often, that Athanor is alive: for a monitor elsewhere that tells people when it is not',
    ),
  ...filterShape,
});

const emailSchema = z.strictObject({
  email: z.array(z.email()).min(1).max(50).describe('who is told'),
  from: z.email().describe('the sender'),
  server: z.strictObject({
    host: z.string().min(1),
    port: z.int().min(1).max(65_535).optional().describe('587, 465 with tls, 25 with none, where absent'),
    security: z
      .enum(['starttls', 'tls', 'none'])
      .default('starttls')
      .describe('how the connection is encrypted; nothing is sent before it is'),
    user: z.string().min(1).optional(),
    password: secretSchema.optional(),
    ca: caSchema,
  }),
  ...filterShape,
});

/** The file `notify.yaml`. */
export const notifySchema = z.strictObject({
  alarms: alarmsSchema.optional().describe('who is told of alarms; nobody where absent'),
  remind: durationSchema.optional().describe('how long until what lasts is told again; never where absent'),
  destinations: z
    .record(
      z.string().regex(/^[A-Za-z0-9][\w.-]{0,63}$/, 'letters, digits, dots, dashes'),
      z.union([webhookSchema, emailSchema]),
    )
    .refine((all) => Object.keys(all).length > 0, 'at least one destination'),
});

/** A webhook as the file describes it. */
export type WebhookSettings = z.infer<typeof webhookSchema>;
/** Mail as the file describes it. */
export type EmailSettings = z.infer<typeof emailSchema>;

/** A place where people are told, ready for use. */
export interface NotifyDestination {
  readonly name: string;
  readonly settings: WebhookSettings | EmailSettings;
  readonly fingerprint: string;
  /** Values of its variables, by their names. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly ca: string | null;
  readonly remindMs: number | null;
  /** How it is told of alarms; null where it is not. */
  readonly alarms: AlarmTelling | null;
  /** How often it is told that Athanor is alive, and nothing else, milliseconds; null where it is told what there is. */
  readonly heartbeatMs: number | null;
}

/** JSON Schema of the file, for editors. */
export function notifyJsonSchema(): unknown {
  return z.toJSONSchema(notifySchema, { io: 'input', target: 'draft-2020-12' });
}

/** The file of a home. */
export function notifyFile(home: string): string {
  return join(home, 'notify.yaml');
}

/**
 * Where people are told.
 *
 * @param environment - that has the secrets
 * @param onUnset - told the destination and the variable of each secret that is not set there, which is a fault where this is absent
 * @throws {InvalidInputError} with every fault of the file, each with its line; no value of a secret is repeated
 */
export async function loadNotify(
  path: string,
  environment: NodeJS.ProcessEnv,
  onUnset?: (destination: string, variable: string) => void,
): Promise<readonly NotifyDestination[]> {
  const text = await readBounded(resolve(path)).catch((cause: Error) => {
    throw new InvalidInputError(path, readingFaults(cause, 'give a file with destinations'));
  });
  const source = readDocument(text);
  const faults = schemaFaults(notifySchema, source.value);
  const parsed = notifySchema.safeParse(source.value);
  const made: NotifyDestination[] = [];
  if (source.value === null || source.value === undefined) {
    if (source.faults.length === 0)
      faults.splice(0, faults.length, placed([], 'the file is empty', 'a mapping with destinations'));
  } else if (typeof source.value !== 'object')
    faults.splice(
      0,
      faults.length,
      placed([], `${show(source.value)} names no destinations`, 'a mapping with destinations'),
    );
  for (const [name, settings] of Object.entries(parsed.data?.destinations ?? {})) {
    const at = ['destinations', name];
    const given = 'webhook' in settings ? [settings.secret].flat() : [settings.server.password ?? []].flat();
    const key = 'webhook' in settings ? 'secret' : 'server.password';
    const secrets: Record<string, string> = {};
    for (const { from } of given) {
      const value = environment[from] ?? '';
      const where = [...at, ...key.split('.')];
      if (value === '' && onUnset !== undefined) onUnset(name, from);
      else if (value === '')
        faults.push(placed(where, `the variable ${from} is not set`, `set ${from} for the worker`));
      else if ('webhook' in settings && !isSigningSecret(value))
        faults.push(
          placed(where, `the variable ${from} holds no signing secret`, "'whsec_' and 24 to 64 random bytes in base64"),
        );
      secrets[from] = value;
    }
    if ('email' in settings) {
      const { user, password, security } = settings.server;
      if ((user === undefined) !== (password === undefined))
        faults.push(placed([...at, 'server'], 'user and password are given together', 'give both or none'));
      if (password !== undefined && security === 'none')
        faults.push(placed([...at, 'server', 'security'], 'a password without encryption', "'starttls' or 'tls'"));
    }
    const file = 'webhook' in settings ? settings.ca : settings.server.ca;
    const ca = file === undefined ? null : await readFile(resolve(dirname(path), file), 'utf8').catch(() => '');
    if (ca !== null && !ca.includes('-----BEGIN CERTIFICATE-----'))
      faults.push(
        placed(
          [...at, ...('webhook' in settings ? ['ca'] : ['server', 'ca'])],
          `${file} holds no certificates that can be read`,
          'a file in PEM form',
        ),
      );
    const remind = settings.remind ?? parsed.data?.remind;
    made.push({
      name,
      settings,
      fingerprint: createHash('sha256').update(JSON.stringify(settings)).digest('hex'),
      secrets,
      ca,
      remindMs: remind === undefined ? null : durationMs(remind),
      alarms: parsed.data?.alarms === undefined ? null : alarmTelling(parsed.data.alarms, name),
      heartbeatMs: 'webhook' in settings && settings.heartbeat !== undefined ? durationMs(settings.heartbeat) : null,
    });
  }
  const names = Object.keys(parsed.data?.destinations ?? {});
  for (const [i, { tell }] of (parsed.data?.alarms?.steps ?? []).entries())
    for (const [j, name] of tell.entries())
      if (!names.includes(name))
        faults.push(placed(['alarms', 'steps', i, 'tell', j], `there is no destination '${name}'`, among(name, names)));
  const all = [
    ...source.faults,
    ...faults.map(({ at, ...fault }): Fault => {
      const line = source.lineOf(at);
      return line === undefined ? fault : { ...fault, line };
    }),
  ].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  if (all.length > 0) throw new InvalidInputError(path, all);
  return made;
}

/** Whether a text is a secret as Standard Webhooks has it: 24 to 64 bytes in base64, after `whsec_`. */
function isSigningSecret(value: string): boolean {
  const text = value.replace(/^whsec_/, '');
  const bytes = Buffer.from(text, 'base64');
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) && bytes.length >= 24 && bytes.length <= 64;
}
