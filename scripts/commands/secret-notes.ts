import type { AdapterRegistry } from '../../lab-adapters/registry.js';
import type { CampaignSpec } from '../../models/domain/campaign.js';
import { lackingIn, plainSecrets } from '../plain-secrets.js';

/**
 * What people had better know of the secrets of a campaign, a line each: those that stand in it, and those that are not in the
 * environment.
 *
 * @param environment - of who may run the trials; null where that is somebody else
 */
export function secretNotes(
  spec: CampaignSpec,
  registry: Pick<AdapterRegistry, 'has' | 'get'>,
  environment: NodeJS.ProcessEnv | null,
): readonly string[] {
  const lacking = environment === null ? [] : lackingIn(spec, registry, environment);
  return [
    ...plainSecrets(spec).map(({ path, message, remedy }) => `athanor: ${path} ${message}; ${remedy}`),
    ...lacking.map(({ path, message, remedy }) => `athanor: ${path} ${message}; trials wait until then: ${remedy}`),
  ];
}
