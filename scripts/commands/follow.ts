import type { Campaign } from '../../models/domain/campaign.js';
import type { Config } from '../config.js';
import type { Control } from '../durable/control-contract.js';
import type { RunningWorker } from '../durable/worker.js';
import { exitCodes } from './exit-codes.js';
import { liveProgress } from './live-progress.js';
import { reportPath } from './report-path.js';
import { conclude, temporalPage } from './result.js';
import { print, type Terminal } from './terminal.js';

/** What printing the result of a campaign needs. */
export interface FinishSetting {
  readonly terminal: Terminal;
  readonly control: Control;
  readonly config: Config;
  /** Temporal's pages; null where not known. */
  readonly ui: string | null;
}

/** What following a campaign needs. */
export interface FollowSetting extends FinishSetting {
  /** Starts a worker in this process, which is let go when the following ends; null where others do the work. */
  readonly startWorker: ((log: (line: string) => void) => Promise<RunningWorker>) | null;
}

/**
 * Follows a campaign to its end and prints what it came to. The first interrupt leaves it to live on, the second ends
 * this process at once.
 *
 * @returns the exit code
 */
export async function follow(setting: FollowSetting, campaign: Campaign, json: boolean | undefined): Promise<number> {
  const { terminal, control, startWorker } = setting;
  const { id } = campaign;
  const leave = new AbortController();
  const undo = terminal.onInterrupt(() => {
    if (leave.signal.aborted) process.exit(exitCodes.interrupted);
    leave.abort();
  });
  const progress = liveProgress(terminal, campaign, () => control.trials(id));
  let worker: RunningWorker | null = null;
  try {
    worker = (await startWorker?.(progress.note)) ?? null;
    // A worker that fails ends the waiting with its error; one that is let go says nothing.
    const never = new Promise<never>(() => {});
    const failed = worker === null ? never : worker.ended.then(() => never);
    const onTrouble = (error: Error | null) =>
      progress.note(error === null ? 'the servers answer again' : `${error.message}; waiting until they answer again`);
    const waiting = control.waitUntilStopped(id, progress.show, { signal: leave.signal, onTrouble });
    await Promise.race([waiting, failed]);
    // The workflow closes a moment after the campaign has stopped, and may have this worker only.
    if (worker !== null) await control.hasClosed(id).catch(() => undefined);
    await progress.close();
    return await finish(setting, campaign, json);
  } catch (error) {
    await progress.close();
    if (!leave.signal.aborted) throw error;
    terminal.note(`left; the campaign lives on: 'athanor worker' goes on with it, 'athanor watch ${id}' follows it`);
    return exitCodes.done;
  } finally {
    await worker?.shutdown().catch(() => undefined);
    undo();
  }
}

/**
 * Writes the report of a campaign and prints what it came to.
 *
 * @returns the exit code
 */
export async function finish(
  { terminal, control, config, ui }: FinishSetting,
  { id }: Campaign,
  json: boolean | undefined,
): Promise<number> {
  const page = temporalPage(ui, config.temporalNamespace, id);
  const { result, text } = await conclude(await control.record(id), reportPath(config.home, id), page, terminal.note);
  await print(terminal, json, result, () => text);
  return result.best === null ? exitCodes.noResult : exitCodes.done;
}
