import type { Campaign } from '../../models/domain/campaign.js';
import { AthanorError } from '../../models/domain/errors.js';
import { type ModelBundle, modelIdentity } from '../../models/pretrained/bundle.js';
import { homeModels, wholeBundle } from './home-models.js';

/** Finds models of a home by their identity. */
export function modelsOf(home: string): (identity: string, name: string) => Promise<ModelBundle> {
  return async (identity, name) => {
    const found = (await homeModels(home)).find(
      ({ manifest }) => manifest !== null && modelIdentity(manifest) === identity,
    );
    if (found?.manifest == null)
      throw new AthanorError(
        'NOT_FOUND',
        `the home ${home} has no model ${name} of identity ${identity.slice(0, 12)}: athanor models add ${name}`,
      );
    return wholeBundle(found);
  };
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
  which?: readonly number[],
): Promise<readonly ModelBundle[]> {
  const find = modelsOf(home);
  const wanted = which ?? (spec.encoders ?? []).flatMap(({ finetune }, at) => (finetune === undefined ? [] : [at]));
  const all = new Map<string, ModelBundle>();
  for (const at of wanted) {
    const codes = space.codes?.[at];
    let next = codes && { identity: codes.identity, name: codes.encoder };
    while (next !== undefined && !all.has(next.identity)) {
      const bundle = await find(next.identity, next.name);
      all.set(next.identity, bundle);
      const { lineage } = bundle.manifest;
      next = lineage && { identity: lineage.parentIdentity, name: lineage.parent };
    }
  }
  return [...all.values()];
}
