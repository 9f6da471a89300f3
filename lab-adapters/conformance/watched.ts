import type { Adapter } from '../contract.js';
import { finalStates } from '../contract.js';
import { presentForm } from '../internal/earlier-form.js';
import type { ConformanceFixture, Scenario } from './fixture.js';

/** One call of an adapter, as it is kept. */
export interface Call {
  /** When it was made, milliseconds since 1970. */
  readonly at: number;
  /** How long it took, milliseconds. */
  readonly ms: number;
  readonly verb: string;
  readonly given: readonly unknown[];
  /** What came back; absent where nothing did, or where it failed. */
  readonly answer?: unknown;
  readonly error?: { readonly code: string | null; readonly message: string };
}

/** A job of which nobody has seen the end. */
export interface OpenJob {
  readonly scenario: Scenario;
  readonly folder: string;
  readonly key: string;
  /** Null where no call of `submit` or `adopt` came back. */
  readonly job: string | null;
}

const verbs = [
  ...(['validate', 'submit', 'find', 'adopt', 'status', 'result', 'cancel', 'pause', 'resume'] as const),
  ...(['safeStop', 'health', 'close'] as const),
];

/** A fixture whose adapters tell of every call, and of which is known what jobs they may have left running. */
export class WatchedFixture {
  private readonly jobs = new Map<string, OpenJob>();

  constructor(
    private readonly given: ConformanceFixture,
    private readonly onCall: (call: Call) => void,
  ) {}

  /** The fixture for laws. */
  get fixture(): ConformanceFixture {
    const { fails, refused, runsLong, losesReply } = this.given;
    const scenarios = { succeeds: this.given.succeeds, fails, refused, runsLong, losesReply };
    const watched = Object.entries(scenarios).flatMap(([name, one]) =>
      one === undefined ? [] : [[name, this.scenario(one)] as const],
    );
    return { ...this.given, ...(Object.fromEntries(watched) as { succeeds: Scenario }) };
  }

  /** Jobs that may run still. */
  get open(): readonly OpenJob[] {
    return [...this.jobs.values()];
  }

  /** To be called once a job that was left is known to have ended, or never to have begun. */
  ended({ folder, key }: OpenJob): void {
    this.jobs.delete(`${folder} ${key}`);
  }

  private scenario(scenario: Scenario): Scenario {
    const watched: Scenario = {
      ...scenario,
      open: async (folder) => this.adapter(presentForm(await scenario.open(folder)), watched, folder),
    };
    return watched;
  }

  private adapter(adapter: Adapter, scenario: Scenario, folder: string): Adapter {
    const there = verbs.filter((verb) => typeof adapter[verb] === 'function');
    const calls = there.map((verb) => {
      const ask = (adapter[verb] as (...given: unknown[]) => Promise<unknown>).bind(adapter);
      return [verb, (...given: unknown[]) => this.call(verb, given, ask, { scenario, folder })];
    });
    const { traits, pollMs } = adapter;
    return { ...(Object.fromEntries(calls) as Adapter), traits, pollMs };
  }

  private async call(
    verb: (typeof verbs)[number],
    given: readonly unknown[],
    ask: (...given: unknown[]) => Promise<unknown>,
    place: Pick<OpenJob, 'scenario' | 'folder'>,
  ): Promise<unknown> {
    const at = Date.now();
    const begun = performance.now();
    const told = () => ({ at, ms: performance.now() - begun, verb, given });
    const key = `${place.folder} ${String(given[0])}`;
    if (verb === 'submit' && !this.jobs.has(key)) this.jobs.set(key, { ...place, key: String(given[0]), job: null });
    try {
      const answer = await ask(...given);
      this.onCall({ ...told(), ...(answer === undefined ? {} : { answer }) });
      if (verb === 'submit' || verb === 'adopt')
        this.jobs.set(key, { ...place, key: String(given[0]), job: String(answer) });
      if (verb === 'status') this.look(place.folder, String(given[0]), answer);
      return answer;
    } catch (error) {
      const { code, message } = error as { code?: unknown; message?: unknown };
      this.onCall({ ...told(), error: { code: typeof code === 'string' ? code : null, message: String(message) } });
      // Refused by the adapter itself: nothing began by this call.
      if (verb === 'submit' && code === 'CONTRACT' && this.jobs.get(key)?.job === null) this.jobs.delete(key);
      throw error;
    }
  }

  private look(folder: string, job: string, answer: unknown): void {
    const { state } = (answer ?? {}) as { state?: never };
    if (state === undefined || !finalStates.has(state)) return;
    for (const [key, open] of this.jobs) if (open.folder === folder && open.job === job) this.jobs.delete(key);
  }
}
