import { chmod, mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { stopServices } from '../../scripts/local/services.js';

/** A campaign home of one test's own. */
export interface TemporaryHome {
  readonly path: string;
  /** Ends the servers started in it, and removes it. */
  remove(): Promise<void>;
}

/** Makes an empty campaign home that also the user of PostgreSQL may enter. */
export async function temporaryHome(): Promise<TemporaryHome> {
  const home = await mkdtemp(path.join(os.tmpdir(), 'athanor-home-'));
  await chmod(home, 0o755);
  return {
    path: home,
    async remove() {
      await stopServices(home);
      // Where root's cluster lies elsewhere, the home has a link to it.
      const cluster = await realpath(path.join(home, 'postgres')).catch(() => home);
      await rm(cluster, { recursive: true, force: true });
      await rm(home, { recursive: true, force: true });
    },
  };
}
