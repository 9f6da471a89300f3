import { rawLimits } from '../../models/domain/raw-limits.js';
import type {
  AdapterContext,
  Adopts,
  Caller,
  Cancels,
  Finds,
  JobRequest,
  Pauses,
  Runs,
  StopsSafely,
  TellsHealth,
} from '../contract.js';
import { fencesIn } from './fences.js';
import { jobLedger } from './job-ledger.js';
import { nameOfJob } from './job-record.js';
import { endedWithin } from './last-look.js';
import { exclusively } from './one-at-a-time.js';
import type { Begun, RemoteDevice } from './remote-device.js';
import { RemoteJobs } from './remote-jobs.js';

/** How long a safe stop waits for what has ended already, milliseconds: it comes first. */
const lastLookMs = 200;

/** What an adapter of a remote device can do. */
export interface RemoteAdapter
  extends Runs,
    Finds,
    Partial<Adopts>,
    Partial<Cancels>,
    Partial<Pauses>,
    Partial<StopsSafely>,
    Partial<TellsHealth> {}

/**
 * An adapter of a device at the other end of a line. Each call that begins a job is written down before and after it is made
 * (`job-ledger.ts`); jobs are named by a hash of the key. Where a reply was lost, or whoever waited for it died, the device is
 * asked for the key; one that cannot be asked leaves the job `unknown`, and nothing is begun again. A call with an older
 * fence than the last is refused (`fences.ts`), also where the later one came while this one was about to move the device.
 * The result is fetched as soon as a job has ended, and kept: the device may forget it.
 */
export function remoteAdapter(
  { folder, rawFileBytes = rawLimits.fileBytes }: Pick<AdapterContext, 'folder' | 'rawFileBytes'>,
  device: RemoteDevice,
): RemoteAdapter {
  const ledger = jobLedger(folder);
  const fences = fencesIn(folder);
  const jobs = new RemoteJobs(ledger, fences, device, rawFileBytes);
  const alone = <T>(job: string, act: () => Promise<T>) => exclusively(folder === '' ? ledger : folder, job, act);
  const { cancel, pause, resume, safeStop, health } = device;
  const told = (job: string, caller: Caller, tell: (begun: Begun) => Promise<void>) =>
    alone(job, async () => {
      const begun = await jobs.open(job);
      if (begun === null) return;
      // The device was asked meanwhile how the job stands.
      await fences.heed(job, caller);
      await tell(begun);
    });
  return {
    traits: { ...device.traits, fenced: true },
    pollMs: device.pollMs,
    validate: (request) => device.validate(request),
    submit: (key, request, caller) => alone(nameOfJob(key), () => jobs.submit(key, request, caller)),
    find: (key, caller) => alone(nameOfJob(key), () => jobs.find(key, caller)),
    ...(!device.byKeyAlone && {
      adopt: (key: string, request: JobRequest, handle: string, caller: Caller) =>
        alone(nameOfJob(key), () => jobs.adopt(key, request, handle, caller)),
    }),
    status: (job) => alone(job, () => jobs.status(job)),
    result: (job) => alone(job, () => jobs.result(job)),
    close: async () => device.close?.(),
    ...(cancel && {
      cancel: (job: string, caller: Caller) =>
        told(job, caller, async (begun) => {
          await cancel.call(device, begun);
          // So that it is kept at once, where the device forgets it.
          await jobs.status(job).catch(() => {});
        }),
    }),
    ...(pause &&
      resume && {
        pause: (job: string, caller: Caller) => told(job, caller, (begun) => pause.call(device, begun)),
        resume: (job: string, caller: Caller) => told(job, caller, (begun) => resume.call(device, begun)),
      }),
    // Waits for no other call: it has to come through whatever hangs.
    ...(safeStop && {
      safeStop: async () => {
        const ended = device.forgetsBefore === true ? await endedWithin(device, await jobs.allOpen(), lastLookMs) : [];
        const stop = () => jobs.allOpen().then((open) => safeStop.call(device, open));
        const stopped = await stop().finally(() => Promise.all(ended.map((one) => jobs.note(one))));
        for (const { name } of stopped) await jobs.cancelled(name);
      },
    }),
    ...(health && { health: () => health.call(device) }),
  };
}
