import type { Store } from '../../activities/store/client.js';
import { beatHome, type Home, homeBeatMs, leaveHome } from '../../activities/store/home.js';
import { beatStore, readMark } from '../../activities/store/mark.js';
import { sealEvents } from '../../activities/store/seal.js';
import { AthanorError } from '../../models/domain/errors.js';
import type { StoreMemory } from './store-memory.js';

/** What saying so needs. */
export interface KeptHome {
  readonly store: Store;
  readonly home: Home;
  readonly memory: StoreMemory;
  readonly log: (message: string) => void;
  /** The database is one that must not be worked with. */
  readonly onBehind: (error: AthanorError) => void;
}

/**
 * Says in the store, again and again, that a worker of the home is at work, so that trials that wait for the home can be
 * told from those that run; and remembers in the home how far the store stands, so that an older state of it is known as such.
 * What was logged meanwhile is sealed.
 *
 * @returns how to stop, which says that the worker has let go
 * @throws {AthanorError} CONFLICT if another folder with the same id is at work; WRONG_STATE if the database is an older state
 */
export async function keepHome({ store, home, memory, log, onBehind }: KeptHome): Promise<() => Promise<void>> {
  const { query } = store;
  // Asked before it is changed: one that must not be worked with stays as it is.
  await memory.heed(await readMark(query));
  await beatHome(query, home);
  // Twice, so that any dump of before is known as one from now on.
  for (let beats = 0; beats < 2; beats += 1) await memory.heed(await beatStore(query));
  let told = '';
  let isOver = false;
  const beat = async () => {
    try {
      await beatHome(query, home);
      const mark = await beatStore(query);
      if (!isOver) await memory.heed(mark);
      await sealEvents(store);
    } catch (error) {
      if (error instanceof AthanorError && error.code === 'WRONG_STATE') return onBehind(error);
      // A store that is away is waited for, and said by those who need it.
      const { code, message } = error as { code?: string; message: string };
      if (code === 'CONFLICT' && message !== told) log(message);
      told = message;
    }
  };
  const timer = setInterval(() => void beat(), homeBeatMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    isOver = true;
    await leaveHome(query, home).catch(() => undefined);
    await memory.leave().catch(() => undefined);
  };
}
