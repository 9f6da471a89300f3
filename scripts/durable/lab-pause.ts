import { randomUUID } from 'node:crypto';
import type { Store } from '../../activities/store/client.js';
import { actOnLab, type LabAct, writeLabAct } from '../../activities/store/lab-act.js';
import { clearStandstill, saveStandstill } from '../../activities/store/standstill.js';
import { AthanorError } from '../../models/domain/errors.js';
import type { LabSpec } from '../../models/domain/lab.js';
import { type HeldJob, type HoldVerb, holdJobs } from '../lab/hold-jobs.js';
import { type InstrumentPlace, withInstrument } from '../lab/reach-instrument.js';

/** What came of pausing or resuming the jobs of an instrument. */
export interface LabHeld {
  readonly lab: string;
  readonly name: string;
  /** Whether the instrument is granted to nobody, as its jobs are paused. */
  readonly paused: boolean;
  /** Whether that changed by it: another may have said so before. */
  readonly changed: boolean;
  /** Jobs that ran on it, in the order in which they began. */
  readonly jobs: readonly HeldJob[];
}

/** A person's word: who says it, why, and as which act. */
type Word = Pick<LabAct, 'who' | 'expected'> & Partial<Pick<LabAct, 'requestId'>> & { readonly why: string };

/** Outcomes after which a job is not known to be as was asked. */
export const unheld: ReadonlySet<HeldJob['outcome']> = new Set(['elsewhere', 'failed']);

/**
 * Pauses, or resumes, the jobs that run on an instrument. Before the first is paused, the instrument is granted to nobody; it is
 * granted again after the last goes on, and stays paused where one of this home is not known to. The act is written down before any
 * device is called, what came of it after. Said again it is done again, as devices may have been away.
 *
 * @throws {AthanorError} WRONG_STATE if its jobs cannot be paused from here; nothing is done then
 */
export function pauseOrResume(
  verb: HoldVerb,
  { lab, name, word }: { readonly lab: LabSpec; readonly name: string; readonly word: Word },
  {
    store,
    tell,
    place,
  }: {
    readonly store: Store;
    /** Has the workflow of an instrument look at what the store says. */
    readonly tell: (lab: string, name: string) => Promise<void>;
    readonly place: InstrumentPlace;
  },
): Promise<LabHeld> {
  const { requestId = randomUUID(), ...said } = word;
  const act: Omit<LabAct, 'action'> = { lab: lab.name, name, requestId, ...said };
  const still = { lab: lab.name, resource: name, who: word.who, why: word.why };
  const noted = (query: Store['query'], action: 'paused' | 'resumed', jobs: readonly HeldJob[]) =>
    writeLabAct(query, { ...act, action, requestId: randomUUID(), why: outcomesText(jobs) }, { done: { jobs } });
  return withInstrument(lab, name, place, async (instrument) => {
    if (verb === 'pause') {
      const { trouble } = instrument;
      if (trouble !== null)
        throw new AthanorError(
          'WRONG_STATE',
          `${name}: ${trouble}; what runs on it goes on, and 'athanor lab fault ${name}' keeps new jobs from it`,
        );
      const { changed } = await store.transaction((query) =>
        actOnLab(query, { ...act, action: 'pause' }, async () => ({
          changed: await saveStandstill(query, 'paused', still),
        })),
      );
      await tell(lab.name, name);
      const jobs = await holdJobs(store.query, verb, instrument);
      await noted(store.query, 'paused', jobs);
      return { lab: lab.name, name, paused: true, changed, jobs };
    }
    await store.transaction((query) => actOnLab(query, { ...act, action: 'resume' }, async () => ({})));
    const jobs = await holdJobs(store.query, verb, instrument);
    const paused = jobs.some(({ outcome }) => outcome === 'failed');
    const changed = await store.transaction(async (query) => {
      await noted(query, 'resumed', jobs);
      return !paused && clearStandstill(query, 'paused', still);
    });
    await tell(lab.name, name);
    return { lab: lab.name, name, paused, changed, jobs };
  });
}

/** What became of the jobs, in words. */
function outcomesText(jobs: readonly HeldJob[]): string {
  return jobs.length === 0 ? 'no job ran on it' : jobs.map(({ key, outcome }) => `${key}: ${outcome}`).join(', ');
}
