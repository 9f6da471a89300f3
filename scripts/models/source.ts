import { stat } from 'node:fs/promises';
import { AthanorError } from '../../models/domain/errors.js';
import type { HubState } from './hub.js';
import { type KnownModel, knownByName, knownModels } from './known-models.js';

/** Where a model is to come from. */
export type ModelSource =
  | { readonly kind: 'folder' | 'file'; readonly path: string }
  | { readonly kind: 'address'; readonly url: string }
  | { readonly kind: 'hub'; readonly state: HubState }
  | { readonly kind: 'known'; readonly known: KnownModel }
  /** In the home or the store already. */
  | { readonly kind: 'kept'; readonly name: string };

const usualHub = 'https://huggingface.co';

/**
 * What a person gave as the source of a model.
 *
 * @param hub - address of another hub than the usual one
 * @throws {AthanorError} INVALID_INPUT if it is nothing of that
 */
export async function readSource(given: string, hub = usualHub): Promise<ModelSource> {
  const [, repository, revision] = /^hub:([\w.-]+\/[\w.-]+)(?:@(.+))?$/.exec(given) ?? [];
  if (repository !== undefined)
    return { kind: 'hub', state: { hub: hub.replace(/\/+$/, ''), repository, revision: revision ?? '' } };
  if (/^https?:\/\//.test(given) && URL.canParse(given)) {
    const { origin, pathname } = new URL(given);
    const [, own, state = ''] = /^\/([\w.-]+\/[\w.-]+)(?:\/tree\/([^/]+))?\/?$/.exec(pathname) ?? [];
    if (own !== undefined && [usualHub, hub.replace(/\/+$/, '')].includes(origin))
      return { kind: 'hub', state: { hub: origin, repository: own, revision: state } };
    return { kind: 'address', url: given };
  }
  const found = await stat(given).catch(() => null);
  if (found?.isDirectory()) return { kind: 'folder', path: given };
  if (found?.isFile()) return { kind: 'file', path: given };
  const known = knownByName(given);
  if (known !== null) return { kind: 'known', known };
  if (/^[\w.+-]+@[\w.+-]+$/.test(given)) return { kind: 'kept', name: given };
  const names = knownModels.map(({ manifest }) => manifest.id).join(', ');
  throw new AthanorError(
    'INVALID_INPUT',
    `'${given}' is nothing to add: give a folder, an archive (.whl, .zip, .tar, .tar.gz), an address, hub:OWNER/NAME@COMMIT, a known model (${names}), or ID@VERSION of one in the store`,
  );
}
