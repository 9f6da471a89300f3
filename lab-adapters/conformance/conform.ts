import { controlLaws } from './control-laws.js';
import { fenceLaws } from './fence-laws.js';
import { type ConformanceFixture, caller, type Law, waitFor, withAdapter } from './fixture.js';
import { claims, type Level, levels } from './levels.js';
import { resultLaws } from './result-laws.js';
import { submissionLaws } from './submission-laws.js';
import { type Call, type OpenJob, WatchedFixture } from './watched.js';

/**
 * Everything that an adapter must do, as laws that any test framework can run: each throws with a sentence when broken.
 *
 * ```ts
 * for (const law of adapterLaws) test(law.name, () => tryLaw(law, fixture));
 * ```
 */
export const adapterLaws: readonly Law[] = [...submissionLaws, ...fenceLaws, ...resultLaws, ...controlLaws];

/**
 * Tries one law.
 *
 * @param key - of the jobs that the law begins, where the device remembers those of other laws
 * @returns null if it held, else why it could not be tried on this fixture
 * @throws {Error} if the adapter breaks the law
 */
export async function tryLaw(
  law: Law,
  fixture: ConformanceFixture,
  key = 'conformance/r1/p1/g1/run',
): Promise<string | null> {
  const skipped = await withAdapter(fixture.succeeds, await fixture.newFolder(), async (adapter) =>
    law.skipped(fixture, adapter),
  );
  if (skipped === null) await law.run(fixture, key);
  return skipped;
}

/** What became of one law. `unreached` is one that ended in an AdapterError: the device did not answer. */
export interface LawOutcome {
  readonly law: string;
  readonly level: Level;
  /** Section of the contract that asks for it. */
  readonly section: string;
  readonly outcome: 'held' | 'skipped' | 'broken' | 'unreached';
  /** Why it was skipped, or how it was broken; null where it held. */
  readonly why: string | null;
}

/** What became of one level. `absent`: the adapter does not claim it. `partly`: laws of it were not to be tried. */
export interface LevelOutcome {
  readonly level: Level;
  readonly outcome: 'held' | 'partly' | 'not tried' | 'broken' | 'unreached' | 'absent';
  /** Laws that held. */
  readonly held: number;
  /** Laws that there are. */
  readonly laws: number;
}

/** What became of all laws. */
export interface Conformance {
  readonly laws: readonly LawOutcome[];
  readonly levels: readonly LevelOutcome[];
  /** Jobs that may run still: a law was broken on the way, and they could not be ended. */
  readonly left: readonly Pick<OpenJob, 'key' | 'job'>[];
}

/** How laws are tried one after the other. */
export interface ConformOptions {
  /** How far they may go (`Law.uses`); those that go further are skipped. */
  readonly upTo: Law['uses'];
  /** Why no law goes further than that, in words. */
  readonly because: string;
  /** Begins the keys of all jobs; a word that the device has not heard before. */
  readonly run: string;
  /** Told of every call, while a law is tried and where jobs are ended after it. */
  readonly onCall?: (law: string, call: Call) => void;
  readonly onLaw?: (outcome: LawOutcome) => void;
}

const reach: readonly Law['uses'][] = ['adapter', 'request', 'device'];

/**
 * Tries all laws on an instrument, each under keys of its own. A job that a broken law leaves running is ended where the adapter
 * can, and waited for; where it does not end, no further law begins any.
 */
export async function conform(fixture: ConformanceFixture, options: ConformOptions): Promise<Conformance> {
  let now = '';
  const watched = new WatchedFixture(fixture, (call) => options.onCall?.(now, call));
  const laws: LawOutcome[] = [];
  const skipped = new Set<string>();
  for (const [i, law] of adapterLaws.entries()) {
    now = law.name;
    const left = law.uses === 'device' ? watched.open : [];
    const beyond = reach.indexOf(law.uses) > reach.indexOf(options.upTo) ? options.because : null;
    const barred = left.length === 0 ? beyond : `job ${left[0]!.job ?? left[0]!.key} of a law before may run still`;
    if (barred !== null) skipped.add(law.name);
    const ended = barred === null ? await tried(law, watched.fixture, `${options.run}/r${i + 1}/p1/g1/run`) : null;
    const outcome = { law: law.name, level: law.level, section: law.section };
    laws.push({ ...outcome, ...(ended ?? { outcome: 'skipped', why: barred }) });
    for (const open of watched.open) await end(watched, open, fixture);
    options.onLaw?.(laws.at(-1)!);
  }
  const has = await claimed(fixture);
  return {
    laws,
    levels: levels.map((level) => levelOutcome(level, has, laws, skipped)),
    left: watched.open.map(({ key, job }) => ({ key, job })),
  };
}

async function tried(law: Law, fixture: ConformanceFixture, key: string): Promise<Pick<LawOutcome, 'outcome' | 'why'>> {
  try {
    const why = await tryLaw(law, fixture, key);
    return why === null ? { outcome: 'held', why } : { outcome: 'skipped', why };
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: unknown };
    return { outcome: code === 'ADAPTER' ? 'unreached' : 'broken', why: String(message ?? error) };
  }
}

/** Ends a job that a law has left, if that can be done. */
async function end(watched: WatchedFixture, open: OpenJob, fixture: ConformanceFixture): Promise<void> {
  try {
    await withAdapter(open.scenario, open.folder, async (adapter) => {
      const job = open.job ?? (adapter.find ? await adapter.find(open.key, caller) : undefined);
      if (job === undefined) return;
      if (job !== null) {
        await adapter.cancel?.(job, caller);
        await waitFor(fixture, adapter, job);
      }
      watched.ended(open);
    });
  } catch {
    // It stays among those that may run still.
  }
}

async function claimed(fixture: ConformanceFixture): Promise<ReadonlySet<Level>> {
  try {
    return await withAdapter(fixture.succeeds, await fixture.newFolder(), async (adapter) => {
      return new Set(levels.filter((level) => claims(adapter, level)));
    });
  } catch {
    // It could not be made, as every law has said.
    return new Set(levels);
  }
}

function levelOutcome(
  level: Level,
  has: ReadonlySet<Level>,
  all: readonly LawOutcome[],
  barred: ReadonlySet<string>,
): LevelOutcome {
  const own = all.filter((law) => law.level === level);
  const count = (outcome: LawOutcome['outcome']) => own.filter((law) => law.outcome === outcome).length;
  const counts = { level, held: count('held'), laws: own.length };
  if (!has.has(level)) return { ...counts, outcome: 'absent' };
  if (count('broken') > 0) return { ...counts, outcome: 'broken' };
  if (count('unreached') > 0) return { ...counts, outcome: 'unreached' };
  if (counts.held === 0) return { ...counts, outcome: 'not tried' };
  return { ...counts, outcome: own.some(({ law }) => barred.has(law)) ? 'partly' : 'held' };
}
