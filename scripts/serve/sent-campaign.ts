import { stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';
import { z } from '@hono/zod-openapi';
import { InvalidInputError } from '../../models/domain/errors.js';
import { type Fault, formatPath } from '../../models/domain/fault.js';
import { maySpeakAs, type Role } from '../../models/domain/roles.js';
import { readDocument } from '../campaign-file/document.js';
import { refusal } from './problem.js';

/** A path below a folder, without ways out of it. */
const plainPath = /^[\w][\w .+-]*(\/[\w][\w .+-]*)*$/;
/** Adapters that neither run programs of the machine of a worker nor reach devices or addresses. */
const harmless: ReadonlySet<unknown> = new Set(['person', 'problem', 'dataset']);

/** A campaign as it is sent. */
export const sentCampaign = z
  .strictObject({
    campaign: z
      .union([z.string().min(1), z.record(z.string(), z.unknown())])
      .openapi({ description: 'the campaign file, as its text (YAML or JSON) or as an object' }),
    id: z.string().optional().openapi({ description: 'id of the campaign; its name where absent' }),
    files: z
      .array(z.strictObject({ name: z.string().max(255).regex(plainPath), base64: z.base64() }))
      .max(100)
      .default([])
      .openapi({ description: 'tables and other files that it names, by their paths from it' }),
  })
  .openapi('SentCampaign');
/** One of these. */
export type SentCampaign = z.infer<typeof sentCampaign>;

/** The text of a campaign file that was sent. */
export function textOf({ campaign }: Pick<SentCampaign, 'campaign'>): string {
  return typeof campaign === 'string' ? campaign : JSON.stringify(campaign, null, 2);
}

/**
 * Makes sure that somebody may start what was sent: who is no admin names no file of the server, no module, no lab, and no adapter
 * that runs programs or reaches devices and addresses, as all that would be done with the rights of the server and the workers.
 *
 * @param folder - in which the files lie that were sent with it
 * @throws {AthanorError} FORBIDDEN with what only an admin may
 * @throws {InvalidInputError} with the paths that leave the folder
 */
export async function checkSent(text: string, folder: string, role: Role): Promise<void> {
  if (maySpeakAs(role, 'admin')) return;
  const { value } = readDocument(text);
  if (typeof value !== 'object' || value === null) return;
  const { adapters, lab, fidelities } = value as Record<string, unknown>;
  const named = Array.isArray(fidelities)
    ? fidelities.map((one: { readonly adapter?: unknown } | null) => one?.adapter ?? 'person')
    : [];
  const beyond = [
    ...(Array.isArray(adapters) && adapters.length > 0 ? ['adapters of its own'] : []),
    ...(lab === undefined ? [] : ['a lab']),
    ...named.filter((adapter) => !harmless.has(adapter)).map((adapter) => `the adapter '${String(adapter)}'`),
  ];
  if (beyond.length > 0)
    throw refusal(
      'FORBIDDEN',
      `a campaign with ${beyond.join(', ')} runs programs or reaches devices: an admin sends it, or 'athanor run' starts it`,
    );
  const faults = await leaving(value, [], folder);
  if (faults.length > 0) throw new InvalidInputError('campaign', faults);
}

/** All texts that are paths of files outside of a folder. */
async function leaving(value: unknown, at: readonly PropertyKey[], folder: string): Promise<readonly Fault[]> {
  if (typeof value === 'object' && value !== null) {
    const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
    const found = entries.map(([key, part]: readonly [PropertyKey, unknown]) => leaving(part, [...at, key], folder));
    return (await Promise.all(found)).flat();
  }
  if (typeof value !== 'string' || value.includes('\0')) return [];
  const way = relative(folder, resolve(folder, value));
  if (!way.startsWith('..') && !isAbsolute(way)) return [];
  const isThere = await stat(resolve(folder, value)).then(
    () => true,
    () => false,
  );
  if (!isThere) return [];
  const remedy = 'send the file with the campaign, and name it by its path from it';
  return [{ path: formatPath(at), message: `'${value}' is no file that was sent`, remedy }];
}
