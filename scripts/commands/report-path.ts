import { chmod } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { campaignIdSchema } from '../../models/domain/campaign-id.js';
import { InvalidInputError } from '../../models/domain/errors.js';

/**
 * Where the report of a campaign stands unless a person says otherwise.
 *
 * @throws {InvalidInputError} if the id is none, and so might name another folder
 */
export function reportPath(home: string, campaignId: string): string {
  const { success, error } = campaignIdSchema.safeParse(campaignId);
  if (success) return join(home, 'reports', `${campaignId}.html`);
  const message = `${JSON.stringify(campaignId)} cannot be the id of a campaign`;
  throw new InvalidInputError('record', [{ path: 'campaign.id', message, remedy: error.issues[0]!.message }]);
}

/** Keeps a report that stands in the home from other users. */
export async function closeReport(file: string): Promise<void> {
  for (const [at, mode] of [
    [dirname(file), 0o700],
    [file, 0o600],
  ] as const)
    await chmod(at, mode).catch(() => undefined);
}
