import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../internal/files.js';
import { readBounded } from '../internal/reply.js';

/** A file that is complete, as it was read. */
export interface Appeared {
  readonly name: string;
  /** Null where it is longer than what is read. */
  readonly bytes: Uint8Array | null;
  readonly size: number;
  /** For how long it has not changed, milliseconds. */
  readonly stillMs: number;
}

/** Files that grow, are locked or are replaced while they are looked at: what was seen of them, and since when. */
export class Watch {
  private readonly seen = new Map<string, { readonly mark: string; readonly since: number }>();

  /**
   * The files as they stand, where none of them changes any more; else in words what is waited for.
   * @param stableMs - for how long they have to be still; 0 where something else tells that they are complete
   */
  async read(
    folder: string,
    names: readonly string[],
    stableMs: number,
    maxBytes: number,
  ): Promise<readonly Appeared[] | string> {
    const all: Appeared[] = [];
    for (const name of names) {
      const path = join(folder, name);
      const before = await this.look(path);
      if (before === null) return `${name} is gone again`;
      if (before.stillMs < stableMs) return `${name} is still written`;
      if (!before.isFile) return `${name} is no file`;
      try {
        const bytes = before.size > maxBytes ? null : await readBounded(createReadStream(path), maxBytes, name);
        const after = await this.look(path);
        if (after?.mark !== before.mark || (bytes !== null && bytes.length !== before.size))
          return `${name} is still written`;
        all.push({ name, bytes, size: before.size, stillMs: before.stillMs });
      } catch (error) {
        const code = codeOf(error) ?? '';
        if (['EBUSY', 'EACCES', 'EPERM', 'ENOENT', 'EAGAIN'].includes(code)) return `${name} is locked (${code})`;
        throw error;
      }
    }
    return all;
  }

  forget(folder: string, names: readonly string[]): void {
    for (const name of names) this.seen.delete(join(folder, name));
  }

  private async look(path: string) {
    const found = await stat(path).catch(() => null);
    if (found === null) return null;
    const mark = `${found.ino} ${found.size} ${found.mtimeMs}`;
    const known = this.seen.get(path);
    const since = known?.mark === mark ? known.since : Date.now();
    this.seen.set(path, { mark, since });
    return { mark, size: found.size, isFile: found.isFile(), stillMs: Date.now() - since };
  }
}
