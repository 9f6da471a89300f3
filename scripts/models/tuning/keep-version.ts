import { AthanorError } from '../../../models/domain/errors.js';
import type { ModelBundle } from '../../../models/pretrained/bundle.js';
import type { Manifest } from '../../../models/pretrained/manifest.js';
import { type AddedModel, addFrom } from '../add-model.js';
import { homeModels } from '../home-models.js';
import { versionActs } from '../version-acts.js';

/**
 * Keeps a fine-tuned model in the home as the next version, whole or not at all: `ID@VERSION-ftN`.
 *
 * @param bundle - with the version of the model that it was made of
 * @throws as `addFrom`
 */
export async function keepVersion(home: string, { manifest, files }: ModelBundle): Promise<AddedModel> {
  for (;;) {
    const named = { ...manifest, version: await nextVersion(home, manifest) };
    try {
      return await addFrom(home, named, async function* (name) {
        yield files.get(name)!;
      });
    } catch (error) {
      // Another command took that number meanwhile.
      if (!(error instanceof AthanorError && error.code === 'CONFLICT')) throw error;
    }
  }
}

/** The number after all that are or were in the home. */
async function nextVersion(home: string, { id, version }: Manifest): Promise<string> {
  const first = version.replace(/-ft\d+$/, '');
  const acts = await versionActs(home, id);
  const names = [...(await homeModels(home)).map(({ name }) => name), ...acts.map((act) => act.version)];
  const numbers = names.flatMap((name) => {
    const start = `${id}@${first}-ft`;
    return name.startsWith(start) ? [Number(name.slice(start.length))] : [];
  });
  return `${first}-ft${1 + Math.max(0, ...numbers.filter(Number.isInteger))}`;
}
