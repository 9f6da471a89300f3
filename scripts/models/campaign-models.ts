import type { ModelFiles } from '../../activities/store/model.js';
import type { Campaign } from '../../models/domain/campaign.js';
import { AthanorError, DamagedError } from '../../models/domain/errors.js';
import { type ModelBundle, modelIdentity } from '../../models/pretrained/bundle.js';
import type { Manifest } from '../../models/pretrained/manifest.js';
import { fileErrorText } from '../file-error.js';
import { filesOf, type HomeModel, homeModels, wholeBundle } from './home-models.js';

/** A model of a home whose manifest could be read. */
type Readable = HomeModel & { readonly manifest: Manifest };

/** Finds models of a home by their identity. */
export function modelsOf(home: string): (identity: string, name: string) => Promise<ModelBundle> {
  return async (identity, name) => wholeBundle(needed(await homeModels(home), { identity, name }, home));
}

/**
 * The models of a home that a campaign needs to fine-tune its encoders: those that made the codes of its space, and what they were
 * fine-tuned from.
 *
 * @param which - by their places among the codes; those that the campaign file has fine-tuned where absent
 * @throws {AthanorError} NOT_FOUND if the home lacks one
 */
export async function campaignModels(
  home: string,
  { spec, space }: Pick<Campaign, 'spec' | 'space'>,
  which: readonly number[] = tuned(spec),
): Promise<readonly ModelFiles[]> {
  const own = await homeModels(home);
  const all = new Map<string, ModelFiles>();
  for (const at of which) {
    const codes = space.codes?.[at];
    let next = codes && { identity: codes.identity, name: codes.encoder };
    while (next !== undefined && !all.has(next.identity)) {
      const model = needed(own, next, home);
      all.set(next.identity, filesFor(model));
      const { lineage } = model.manifest;
      next = lineage && { identity: lineage.parentIdentity, name: lineage.parent };
    }
  }
  return [...all.values()];
}

/**
 * The other models that made the codes of a campaign's space, as far as the home has them: the campaign runs without them, but what is
 * new is encoded, and codes are looked at again, by who has them.
 */
export async function otherModels(
  home: string,
  { spec, space }: Pick<Campaign, 'spec' | 'space'>,
): Promise<readonly ModelFiles[]> {
  const codes = (space.codes ?? []).filter((_, at) => !tuned(spec).includes(at));
  if (codes.length === 0) return [];
  const own = await homeModels(home);
  const found = codes.flatMap(({ identity }) => own.find((model): model is Readable => isOf(model, identity)) ?? []);
  return [...new Set(found)].map(filesFor);
}

/** A model of a home, its files read when they are wanted. */
export function filesFor({ name, folder, manifest }: Omit<Readable, 'trouble'>): ModelFiles {
  const open = filesOf(folder);
  return {
    manifest,
    open: async function* (file) {
      try {
        yield* open(file);
      } catch (cause) {
        throw new DamagedError(`${file} of model ${name} in ${folder} cannot be read: ${fileErrorText(cause)}`, {
          cause,
        });
      }
    },
  };
}

function tuned({ encoders = [] }: Campaign['spec']): readonly number[] {
  return encoders.flatMap(({ finetune }, at) => (finetune === undefined ? [] : [at]));
}

function needed(
  own: readonly HomeModel[],
  { identity, name }: { readonly identity: string; readonly name: string },
  home: string,
): Readable {
  const found = own.find((model): model is Readable => isOf(model, identity));
  if (found !== undefined) return found;
  throw new AthanorError(
    'NOT_FOUND',
    `the home ${home} has no model ${name} of identity ${identity.slice(0, 12)}: athanor models add ${name}`,
  );
}

function isOf({ manifest }: HomeModel, identity: string): boolean {
  return manifest !== null && modelIdentity(manifest) === identity;
}
