import type { Store } from '../../activities/store/client.js';
import { beatHome, type Home, homeBeatMs, leaveHome } from '../../activities/store/home.js';

/**
 * Says in the store, again and again, that a worker of the home is at work, so that trials that wait for the home can be
 * told from those that run.
 *
 * @returns how to stop, which says that the worker has let go
 * @throws {AthanorError} CONFLICT if another folder with the same id is at work
 */
export async function keepHome(store: Store, home: Home, log: (message: string) => void): Promise<() => Promise<void>> {
  await beatHome(store.query, home);
  let told = '';
  const beat = async () => {
    try {
      await beatHome(store.query, home);
    } catch (error) {
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
    await leaveHome(store.query, home).catch(() => undefined);
  };
}
