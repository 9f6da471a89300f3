import { readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomically } from '../../home.js';
import { makeFolder } from '../../make-folder.js';

/** Milliseconds after which a fine-tuning that nobody went on with is forgotten. */
const forgottenAfter = 30 * 86_400_000;

/** States of a fine-tuning between chunks, in a folder of the home: a file for each training, whole or not at all. */
export class TuningStates {
  private constructor(
    private readonly folder: string,
    /** What was kept before, by training. */
    readonly kept: ReadonlyMap<number, Uint8Array>,
  ) {}

  /** @param job - by what the work is known, so that states of another are not gone on with */
  static async open(home: string, job: string): Promise<TuningStates> {
    const all = path.join(home, 'fine-tuning');
    await forgetOld(all, job);
    const folder = path.join(all, job);
    await makeFolder(folder, 0o700);
    const kept = new Map<number, Uint8Array>();
    for (const name of await readdir(folder)) {
      const [, training] = /^(\d+)\.state$/.exec(name) ?? [];
      if (training !== undefined) kept.set(Number(training), new Uint8Array(await readFile(path.join(folder, name))));
    }
    return new TuningStates(folder, kept);
  }

  /** @throws {HomeError} if the home is full or read-only */
  async keep(training: number, state: Uint8Array): Promise<void> {
    await writeFileAtomically(path.join(this.folder, `${training}.state`), state);
  }

  /** Once its result is kept, nobody goes on with it. */
  async forget(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function forgetOld(all: string, but: string): Promise<void> {
  for (const name of await readdir(all).catch(() => [])) {
    const folder = path.join(all, name);
    const found = await stat(folder).catch(() => null);
    if (name !== but && found !== null && found.mtimeMs < Date.now() - forgottenAfter)
      await rm(folder, { recursive: true, force: true });
  }
}
