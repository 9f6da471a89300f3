import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { AthanorError } from '../../models/domain/errors.js';
import { type DownloadOptions, download, fetchJson } from './download.js';
import { entryPlace } from './entry-place.js';
import { modelLimits } from './limits.js';

/** A state of a hub repository that never changes. */
export interface HubState {
  /** Address of the hub. */
  readonly hub: string;
  /** `OWNER/NAME`. */
  readonly repository: string;
  /** Commit, 40 hexadecimal digits. */
  readonly revision: string;
}

const stateSchema = z.object({
  sha: z.string(),
  siblings: z.array(
    z.object({
      rfilename: z.string().max(1_000),
      size: z.number().optional(),
      blobId: z.string().optional(),
      lfs: z.object({ sha256: z.string() }).optional(),
    }),
  ),
});
type HubFile = z.infer<typeof stateSchema>['siblings'][number];

/** Files that say what a model is and how its texts are read. */
const described =
  /^(?:manifest\.json|tokenizer\.json|tokenizer_config\.json|special_tokens_map\.json|vocab\.txt|config\.json|1_Pooling\/config\.json|README\.md|LICEN[CS]E(?:\.\w+)?)$/i;

/** Commit that a name of a branch or tag stands for now. @throws as `download` */
export async function revisionOf({ hub, repository, revision }: HubState): Promise<string> {
  return (await stateOf(`${hub}/api/models/${repository}/revision/${encodeURIComponent(revision)}`)).sha;
}

/**
 * Fetches from a hub repository what belongs to one model: its network and what describes it. Each file is checked against the hash
 * that the hub has of it; what is there already is not fetched again.
 *
 * @param network - path of the network in the repository; where absent, `model.onnx` or `onnx/model.onnx`, or the only one
 * @throws {AthanorError} as `download`; INVALID_INPUT if there is no network, or several
 */
export async function fetchFromHub(
  state: HubState,
  folder: string,
  {
    network,
    ...options
  }: { readonly network?: string | undefined } & Pick<DownloadOptions, 'onBytes'> & {
      readonly onFile?: (name: string) => void;
    },
): Promise<void> {
  const { hub, repository, revision } = state;
  const { siblings } = await stateOf(`${hub}/api/models/${repository}/revision/${revision}?blobs=true`);
  const names = siblings.map(({ rfilename }) => rfilename);
  const chosen = networkOf(names, network, repository);
  const files = siblings.filter(({ rfilename }) => rfilename === chosen || described.test(rfilename));
  for (const file of files) {
    const place = entryPlace(repository, folder, file.rfilename);
    if (await isThere(place, file)) continue;
    options.onFile?.(file.rfilename);
    await mkdir(path.dirname(place), { recursive: true, mode: 0o700 });
    const address = `${hub}/${repository}/resolve/${revision}/${file.rfilename.split('/').map(encodeURIComponent).join('/')}`;
    const known = file.lfs === undefined ? {} : { sha256: file.lfs.sha256 };
    await download(address, place, { ...known, mostBytes: modelLimits.fileBytes, ...options });
    if (await isThere(place, file)) continue;
    await rm(place, { force: true });
    throw new AthanorError(
      'DAMAGED',
      `${file.rfilename} of ${repository} is not what the hub says of it; it was not kept`,
    );
  }
}

async function stateOf(url: string): Promise<z.infer<typeof stateSchema>> {
  const parsed = stateSchema.safeParse(await fetchJson(url));
  if (parsed.success) return parsed.data;
  throw new AthanorError('INVALID_INPUT', `${new URL(url).host} answers otherwise than a hub of models does`);
}

function networkOf(names: readonly string[], network: string | undefined, repository: string): string {
  const all = names.filter((name) => name.endsWith('.onnx'));
  const usual = ['model.onnx', 'onnx/model.onnx'].find((name) => all.includes(name));
  const found = network === undefined ? (usual ?? (all.length === 1 ? all[0] : undefined)) : network;
  if (found !== undefined && all.includes(found)) return found;
  const there =
    all.length === 0 ? 'it has none: export the model to ONNX first, see docs/models.md' : `it has ${all.join(', ')}`;
  const what = network === undefined ? 'no network that is meant without --model' : `no network '${network}'`;
  throw new AthanorError('INVALID_INPUT', `${repository} has ${what}; ${there}`);
}

/** Whether a file is there as the hub has it. */
async function isThere(place: string, { size, blobId, lfs }: HubFile): Promise<boolean> {
  const found = await stat(place).catch(() => null);
  if (found === null || (size !== undefined && found.size !== size)) return false;
  // A network was checked by its sha256 when it came, and has its name since then.
  if (lfs !== undefined || blobId === undefined) return true;
  const bytes = await readFile(place);
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex') === blobId;
}
