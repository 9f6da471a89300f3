import { join } from 'node:path';

/** Where the report of a campaign stands unless a person says otherwise. */
export function reportPath(home: string, campaignId: string): string {
  return join(home, 'reports', `${campaignId}.html`);
}
