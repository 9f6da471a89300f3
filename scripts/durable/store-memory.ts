import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { isBehind, type StoreMark } from '../../activities/store/mark-row.js';
import { AthanorError } from '../../models/domain/errors.js';
import { HomeError, writeFileAtomically } from '../home.js';

const memorySchema = z.array(z.object({ id: z.string(), life: z.number(), beats: z.number() }));

/** Databases that a home remembers: those that its workers met last. */
const mostRemembered = 20;

/** How far the databases stood with which the workers of a home worked, in its file `stores.json`. */
export class StoreMemory {
  private readonly file: string;
  private last: StoreMark | null = null;
  /** That is gone by: a server that is killed may lose what it confirmed last, and what was asked before may be heard after. */
  private lastButOne: StoreMark | null = null;

  /** @param folder - of the home */
  constructor(folder: string) {
    this.file = path.join(folder, 'stores.json');
  }

  /** Why a database must not be worked with any more: it stands further back than it did, or was begun anew meanwhile; null where it may. */
  faultOf(now: StoreMark): AthanorError | null {
    if (this.lastButOne !== null && isBehind(now, this.lastButOne)) return storeRestored();
    return this.last?.id === now.id && now.life > this.last.life ? lifeBegun() : null;
  }

  /**
   * Remembers how far a database stands.
   * @throws {AthanorError} WRONG_STATE if it stands further back than it did, as an older state that was restored, or was begun anew
   */
  async heed(now: StoreMark): Promise<void> {
    const fault = this.faultOf(now);
    if (fault !== null) throw fault;
    const known = await this.read();
    const before = known.find(({ id }) => id === now.id);
    if (before !== undefined && isBehind(now, before)) throw storeRestored();
    const { last } = this;
    this.lastButOne = last;
    this.last = now;
    if (last?.id === now.id && (before === undefined || isBehind(before, last))) await this.write(known, last);
  }

  /** Remembers the last that was heard too, as the worker ends in an orderly way. */
  async leave(): Promise<void> {
    if (this.last !== null) await this.write(await this.read(), this.last);
  }

  private async write(known: readonly StoreMark[], mark: StoreMark): Promise<void> {
    const others = known.filter(({ id }) => id !== mark.id);
    await writeFileAtomically(this.file, `${JSON.stringify([mark, ...others].slice(0, mostRemembered))}\n`);
  }

  private async read(): Promise<readonly StoreMark[]> {
    const text = await readFile(this.file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '[]';
      throw new HomeError(`cannot read ${this.file}: ${error.message}`, { cause: error });
    });
    try {
      return memorySchema.parse(JSON.parse(text));
    } catch {
      throw new HomeError(`${this.file} does not say how far the databases stood; remove it, unless one was restored`);
    }
  }
}

/** That a database is an older state of the one that was worked with, and what a person can do. */
export function storeRestored(): AthanorError {
  return new AthanorError(
    'WRONG_STATE',
    'the database is an older state of the one that was worked with here (a dump that was restored, or a copy): what was decided and ' +
      'measured since is not in it, and Temporal goes on from there. Put the newer one back; or, to go on from this one, end all other ' +
      "workers and say so once: 'athanor worker --restored'. Jobs that devices have are found again by their keys, none is begun twice",
  );
}

/** That work goes on from an older state, of which a worker that was at work before must know nothing else. */
function lifeBegun(): AthanorError {
  return new AthanorError(
    'WRONG_STATE',
    'a person had work go on from an older state of the database, which was restored; start this worker anew',
  );
}
