import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { AthanorError } from '../../models/domain/errors.js';
import { tryLock } from '../local/lock.js';
import { processStart } from '../local/process.js';
import { safeStopFolder } from '../safe-stop/place.js';
import { type Listening, listen } from '../serve/listen.js';
import { createStopApp } from './stop-app.js';
import { StopRuns } from './stop-run.js';
import { stopKey } from './stop-session.js';
import { forgetStopd, keepStopdPlace, type StopdPlace, type StopdSettings, stopdPlace } from './stopd-place.js';

/**
 * Starts the stop process of a home, in this process.
 * @throws {AthanorError} WRONG_STATE if the home has one; SERVICE_UNAVAILABLE if the port is taken
 */
export async function startStopd(
  jobs: string,
  { pages, ...place }: StopdSettings,
  log: (line: string) => void,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const folder = path.join(safeStopFolder(jobs), 'stopd');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const release = await tryLock(folder);
  if (release === null)
    throw new AthanorError('WRONG_STATE', `${jobs} has a stop process already${portText(stopdPlace(jobs))}`);
  try {
    const instance = randomBytes(16).toString('hex');
    let listening: Listening | null = null;
    const app = createStopApp({
      ...{ jobs, key: stopKey(jobs), pages: new Set(pages), instance, log },
      runs: new StopRuns(jobs, log),
      names: () => listening?.names ?? new Set(),
    });
    listening = await listen(app.fetch, place);
    const { port, url, close } = listening;
    const said: StopdPlace = {
      ...{ pid: process.pid, started: await processStart(process.pid), port, instance },
      ...{ host: place.host, names: [...place.names], pages: [...pages] },
    };
    keepStopdPlace(jobs, said);
    return {
      url,
      close: async () => {
        close();
        forgetStopd(jobs);
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}

function portText(place: StopdPlace | null): string {
  return place === null ? '' : `, at port ${place.port} (process ${place.pid})`;
}
