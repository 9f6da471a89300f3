import { statfs } from 'node:fs/promises';
import { createCampaignSource } from '../../activities/campaign-source.js';
import { mayWatch, reconcileAlarms, type StoredAlarm } from '../../activities/store/alarm.js';
import { listCampaigns } from '../../activities/store/campaign.js';
import { loadInbox } from '../../activities/store/inbox.js';
import { destinationHealth } from '../../activities/store/notice.js';
import { lostOn, quietCampaigns } from '../../activities/store/quiet-campaign.js';
import { AthanorError } from '../../models/domain/errors.js';
import { type Redact, redacted } from '../../models/domain/redaction.js';
import type { LabServers } from '../durable/lab-report.js';
import { isPolled } from '../durable/polled.js';
import { stillnessOfAll } from '../durable/stillness.js';
import { latches } from '../safe-stop/latch.js';
import { lastReport } from '../stopd/stop-report.js';
import { causesOf } from './causes.js';

/** How often it is looked what has to be told, milliseconds. */
const lookMs = 10_000;

/** What watching needs. */
export interface Watching extends LabServers {
  /** Name of the home, and the folder of its jobs. */
  readonly home: string;
  readonly jobs: string;
  readonly redact: Redact;
  readonly log: (line: string) => void;
}

/**
 * Looks once what a person has to do something about, and notes what is new and what is over; where another process does so already it
 * is left to that.
 *
 * @param now - milliseconds since 1970
 */
export async function watchOnce(deps: Watching, now = Date.now()): Promise<void> {
  const { store, jobs, home, redact, client, taskQueue } = deps;
  const source = createCampaignSource(store);
  await store.transaction(async (query) => {
    if (!(await mayWatch(query))) return;
    const { obstacles, untold } = await stillnessOfAll({ ...deps, source });
    const inbox = await loadInbox(store.query, null);
    const isRunning = (await listCampaigns(store.query)).some(
      ({ phase }) => phase === 'running' || phase === 'draining',
    );
    const isWorked = isRunning ? await isPolled(client, taskQueue, 'workflows') : true;
    const lost = inbox.trials.flatMap(({ needs, trialId }) => (needs === 'resolution' ? [trialId] : []));
    const seen = causesOf({
      ...{ inbox, obstacles, isWorked, home, now },
      lostOn: await lostOn(store.query, lost),
      quiet: await quietCampaigns(store.query, now),
      health: await destinationHealth(store.query),
      latches: latches(jobs),
      report: lastReport(jobs),
      disk: await roomIn(jobs),
    });
    const isUnsure = ({ home: of, kind, cause }: StoredAlarm) =>
      (of !== null && of !== home) ||
      (kind === 'unworked' && isWorked === null) ||
      untold.some((name) => cause === `worker/${name}`);
    await reconcileAlarms(query, redacted(seen, redact), { isUnsure, now });
  });
}

async function roomIn(folder: string): Promise<{ share: number; bytes: number } | null> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder);
    return { share: bavail / blocks, bytes: bavail * bsize };
  } catch {
    return null;
  }
}

/** Watches again and again; what keeps it from that is said once, and ends nothing. @returns how to stop */
export function keepAlarms(deps: Watching): () => Promise<void> {
  let told = '';
  let last: Promise<void> | null = null;
  const look = async () => {
    try {
      await watchOnce(deps);
      told = '';
    } catch (error) {
      const { message } = error as Error;
      // A store that is away is waited for, and said by those who need it.
      if (error instanceof AthanorError && message !== told) deps.log(`alarms: ${deps.redact(message)}`);
      told = message;
    }
  };
  const begin = () => {
    last ??= look().finally(() => {
      last = null;
    });
  };
  begin();
  const timer = setInterval(begin, lookMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await last;
  };
}
