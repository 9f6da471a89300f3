import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DamagedError } from '../../models/domain/errors.js';
import { createOnce, makeFolder, readIfPresent } from './files.js';

/**
 * Marks texts as written by this project, so that a file which a program made is not trusted: each is kept below an
 * HMAC (SHA-256) over what it is and what it says, with a key of the folder's own (`seal`, mode 0600).
 *
 * It keeps out programs that write what they should not. It is no wall against one that runs as the same user and means
 * harm: that one can read the key.
 */
export class Seal {
  readonly #folder: string;
  #key: Promise<Buffer> | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The text below its seal. @param what - which file of which job it is, so that none can stand for another */
  async close(what: string, text: string): Promise<string> {
    return `${await this.#mac(what, text)}\n${text}`;
  }

  /** The text of a sealed one; null if it was not sealed here, as this. */
  async open(what: string, sealed: string): Promise<string | null> {
    const [given, text] = [sealed.slice(0, 64), sealed.slice(65)];
    const wanted = await this.#mac(what, text);
    const fits = given.length === wanted.length && timingSafeEqual(Buffer.from(given, 'latin1'), Buffer.from(wanted));
    return fits ? text : null;
  }

  async #mac(what: string, text: string): Promise<string> {
    this.#key ??= this.#readKey();
    this.#key.catch(() => {
      this.#key = undefined;
    });
    return createHmac('sha256', await this.#key)
      .update(`${what}\0${text}`)
      .digest('hex');
  }

  async #readKey(): Promise<Buffer> {
    const path = join(this.#folder, 'seal');
    for (let attempt = 0; attempt < 2; attempt++) {
      const text = await readIfPresent(path, 1_000).catch((error: unknown) => {
        if (error instanceof DamagedError) return '';
        throw error;
      });
      if (text !== null && /^[0-9a-f]{64}$/.test(text)) return Buffer.from(text, 'hex');
      if (text !== null) await rm(path, { recursive: true, force: true });
      await makeFolder(this.#folder);
      await createOnce(path, randomBytes(32).toString('hex'));
    }
    throw new DamagedError(`${path} cannot be kept as a file`);
  }
}

/** Sha256 of a text, hexadecimal. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
