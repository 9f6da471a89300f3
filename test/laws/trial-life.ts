import { describe, expect, it } from 'vitest';
import type { Adapter, JobResult, JobState } from '../../lab-adapters/contract.js';
import { AdapterError, ContractError } from '../../models/domain/errors.js';
import type { Observation } from '../../models/domain/trial.js';

/** What goes wrong with one call of the device; `ok` is nothing. */
type Mishap = 'ok' | 'lostRequest' | 'lostReply' | 'bug' | 'odd' | 'silence';

/** What a device is, and what befalls the calls of each verb in turn. */
export interface Script {
  readonly lookup?: boolean;
  readonly cancel?: boolean;
  /** Whether a job that runs ends as cancelled when that is asked for. */
  readonly heedsCancel?: boolean;
  /** Looks at the job before it has ended. */
  readonly looks?: number;
  readonly ends?: JobState;
  readonly refuses?: boolean;
  readonly mishaps?: Readonly<Record<string, readonly Mishap[]>>;
}

/** A device that does what its script says, with the ledger of its own doing. */
export interface ScriptedDevice {
  readonly adapter: Adapter;
  /** Jobs that began: one for each `submit` that was heard, as it does not know keys from one another. */
  begun: number;
  readonly asked: string[];
  /** How the job ended, as far as it has. */
  state: JobState;
}

/** Called before and after the device hears a call. */
export type Moment = () => void | Promise<void>;

/** Makes a device. */
export function scriptedDevice(script: Script, moment: Moment = () => undefined): ScriptedDevice {
  const { lookup = true, cancel = true, heedsCancel = true, looks = 2, ends = 'succeeded' } = script;
  const left = new Map(Object.entries(script.mishaps ?? {}).map(([verb, list]) => [verb, [...list]]));
  let looksLeft = looks;
  async function heard<T>(verb: string, act: () => T): Promise<T> {
    await moment();
    device.asked.push(verb);
    const mishap = left.get(verb)?.shift() ?? 'ok';
    if (mishap === 'lostRequest') throw new AdapterError(`'${verb}' was not sent`);
    if (mishap === 'bug') throw new ContractError(`'${verb}' makes no sense`);
    if (mishap === 'odd') throw new TypeError(`'${verb}' of undefined`);
    const answer = act();
    await moment();
    if (mishap === 'silence') return new Promise<never>(() => {});
    if (mishap === 'lostReply') throw new AdapterError(`the answer to '${verb}' was lost`);
    return answer;
  }
  const result = (): JobResult => {
    const values: Record<string, number> = device.state === 'succeeded' ? { value: 2.5 } : {};
    const cause = { class: 'chemistry', code: 'rearranged', message: 'as the script says' } as const;
    return { values, cost: 3, durationMs: 4, ...(['failed', 'unknown'].includes(device.state) ? { cause } : {}) };
  };
  const ended = () => {
    if (heedsCancel && device.state === 'running') device.state = 'cancelled';
  };
  const device: ScriptedDevice = {
    begun: 0,
    asked: [],
    state: 'running',
    adapter: {
      traits: { resultRetention: 'permanent', exclusive: false, deterministic: true, virtualTime: true },
      pollMs: 1,
      validate: () => heard('validate', () => (script.refuses ? [{ path: 'x', message: 'hot', remedy: 'cool' }] : [])),
      submit: () =>
        heard('submit', () => {
          device.begun++;
          return 'the job';
        }),
      status: () =>
        heard('status', () => {
          if (device.state === 'running' && looksLeft-- <= 0) device.state = ends;
          return { state: device.state };
        }),
      result: () => heard('result', result),
      close: async () => undefined,
      ...(lookup ? { find: () => heard('find', () => (device.begun > 0 ? 'the job' : null)) } : {}),
      ...(cancel ? { cancel: () => heard('cancel', ended) } : {}),
    },
  };
  return device;
}

/** One trial on its way through a host. */
export interface RunningTrial {
  /** A person cancels it. */
  cancel(): void | Promise<void>;
  /** The process dies here and now, and another takes over; absent where a host has but one life. */
  crash?(): void;
}

/** A host as the laws see it. */
export interface TrialLifeHost {
  /**
   * Runs one trial to its end.
   * @param make - makes the device, told what may be done with the trial meanwhile
   * @param moment - called at each step of the host's own, where it has such
   * @param impatient - whether a call of the device counts as failed after `impatientMs`
   */
  run(
    make: (trial: RunningTrial) => { device: ScriptedDevice; moment?: Moment },
    impatient?: boolean,
  ): Promise<Observation>;
}

/** Milliseconds after which a host that is impatient gives a call up. */
export const impatientMs = 2_000;

interface Lived {
  readonly device: ScriptedDevice;
  readonly observation: Observation;
  /** Moments that passed. */
  readonly moments: number;
}

/** Lives a trial, with something done at one of its moments. */
async function live(
  host: TrialLifeHost,
  script: Script,
  at?: number,
  act: (trial: RunningTrial) => void | Promise<void> = () => undefined,
  then: (trial: RunningTrial) => void | Promise<void> = () => undefined,
): Promise<Lived> {
  let moments = 0;
  let device!: ScriptedDevice;
  const observation = await host.run(
    (trial) => {
      const moment = async () => {
        const since = at === undefined ? -1 : moments - at;
        moments++;
        if (since === 0) await act(trial);
        if (since === 1) await then(trial);
      };
      device = scriptedDevice(script, moment);
      return { device, moment };
    },
    Object.values(script.mishaps ?? {})
      .flat()
      .includes('silence'),
  );
  mustHold(script, device, observation);
  return { device, observation, moments };
}

/** What holds whatever happened. */
function mustHold({ lookup = true }: Script, device: ScriptedDevice, observation: Observation): void {
  const said = `${observation.outcome}, ${observation.cause?.code}: ${device.asked.join(' ')}`;
  expect(device.begun, said).toBeLessThanOrEqual(1);
  const submits = device.asked.filter((verb) => verb === 'submit').length;
  const finds = device.asked.filter((verb) => verb === 'find').length;
  expect(submits, said).toBeLessThanOrEqual(lookup ? 1 + finds : 1);
  if (observation.outcome === 'measured') expect(observation.values).toEqual({ value: 2.5 });
  if (observation.outcome === 'cancelled') expect(device.begun === 0 || device.state === 'cancelled', said).toBe(true);
  if (observation.outcome === 'quarantined') expect(observation.cause, said).not.toBeNull();
}

/** Scripts under which a trial is disturbed at each of its moments. */
const disturbed: Readonly<Record<string, Script>> = {
  'a device that knows its keys': {},
  'a device that does not': { lookup: false },
  'a lost answer': { mishaps: { submit: ['lostReply'] } },
};

/** Scripts under which the answer of one verb is lost. */
const lossy: Readonly<Record<string, Script>> = Object.fromEntries(
  ['validate', 'find', 'status', 'result', 'cancel'].map((verb) => {
    const submit: readonly Mishap[] = verb === 'find' ? ['lostReply'] : [];
    return [`a lost answer to '${verb}'`, { mishaps: { submit, [verb]: ['lostReply'] } }];
  }),
);

const stubborn: Readonly<Record<string, Script>> = {
  'a device that cannot cancel': { cancel: false },
  'a device that does not heed a cancellation': { heedsCancel: false },
};

/** The moments at which something is done: one of `every` from the first, and the last. */
const momentsOf = (moments: number, every: number) =>
  Array.from({ length: moments }, (_, at) => at).filter((at) => at % every === 0 || at === moments - 1);

/**
 * Runs the laws of a trial's life on a host.
 * @param crashes - whether the host goes on after the death of a process
 * @param every - of how many moments one is tried where a second thing goes wrong as well; all are where one does
 */
export function describeTrialLife(
  name: string,
  host: TrialLifeHost,
  { crashes, every = 1, timeoutMs = 60_000 }: { crashes: boolean; every?: number; timeoutMs?: number },
): void {
  describe(`the life of a trial: ${name}`, () => {
    it(
      'is measured, failed or unknown as its job ends, which is begun once',
      async () => {
        const ends = ['succeeded', 'failed', 'unknown'] as const;
        const lived = await Promise.all(ends.map((state) => live(host, { ends: state })));
        expect(lived.map(({ observation }) => observation.outcome)).toEqual(['measured', 'failed', 'quarantined']);
        for (const { device } of lived) expect(device.asked.filter((verb) => verb === 'submit')).toHaveLength(1);
      },
      timeoutMs,
    );

    it(
      'is refused without a call of the device where the adapter says so',
      async () => {
        const { device, observation } = await live(host, { refuses: true });
        expect(observation).toMatchObject({ outcome: 'failed', cause: { class: 'operator', code: 'refused' } });
        expect(device.asked).toEqual(['validate']);
      },
      timeoutMs,
    );

    it(
      'survives lost requests and answers of every verb',
      async () => {
        const verbs = ['validate', 'submit', 'find', 'status', 'result'];
        const scripts = verbs.flatMap((verb) =>
          (['lostRequest', 'lostReply'] as const).map((mishap): Script => {
            // The key is asked for only after an answer that was lost.
            const submit: readonly Mishap[] = verb === 'find' ? ['lostReply'] : [];
            return { mishaps: { submit, [verb]: [mishap] } };
          }),
        );
        const lived = await Promise.all(scripts.map((script) => live(host, script)));
        for (const { device, observation } of lived) {
          expect(observation.outcome, device.asked.join(' ')).toBe('measured');
          expect(device.begun).toBe(1);
        }
      },
      timeoutMs,
    );

    it(
      'is held for a person, and never sent again, where nobody can tell whether it began',
      async () => {
        const mishaps = ['lostRequest', 'lostReply'] as const;
        const lived = await Promise.all(
          mishaps.map((mishap) => live(host, { lookup: false, mishaps: { submit: [mishap] } })),
        );
        for (const { device, observation } of lived) {
          expect(observation).toMatchObject({ outcome: 'quarantined', cause: { class: 'unknown', code: 'ambiguous' } });
          expect(device.asked).toEqual(['validate', 'submit']);
        }
      },
      timeoutMs,
    );

    it(
      'is held for a person where the adapter breaks its contract',
      async () => {
        const verbs = ['validate', 'submit', 'status', 'result'];
        const lived = await Promise.all(verbs.map((verb) => live(host, { mishaps: { [verb]: ['bug'] } })));
        for (const { observation } of lived)
          expect(observation).toMatchObject({ outcome: 'quarantined', cause: { class: 'unknown', code: 'CONTRACT' } });
      },
      timeoutMs,
    );

    it(
      'survives calls that are never answered, and errors of unknown kind that pass',
      async () => {
        const verbs = ['validate', 'submit', 'find', 'status', 'result'];
        const scripts = verbs.flatMap((verb) =>
          (['silence', 'odd'] as const).map((mishap): Script => {
            const submit: readonly Mishap[] = verb === 'find' ? ['lostReply'] : [];
            return { mishaps: { submit, [verb]: [mishap] } };
          }),
        );
        const lived = await Promise.all(scripts.map((script) => live(host, script)));
        for (const { device, observation } of lived) {
          expect(observation.outcome, device.asked.join(' ')).toBe('measured');
          expect(device.begun).toBe(1);
        }
      },
      timeoutMs,
    );

    it(
      'is held for a person where an error of unknown kind comes five times in a row',
      async () => {
        const verbs = ['validate', 'submit', 'status', 'result'];
        const odd = Array.from({ length: 9 }, (): Mishap => 'odd');
        const lived = await Promise.all(verbs.map((verb) => live(host, { mishaps: { [verb]: odd } })));
        for (const [i, { device, observation }] of lived.entries()) {
          const message = `TypeError: '${verbs[i]}' of undefined`;
          expect(observation).toMatchObject({
            outcome: 'quarantined',
            cause: { class: 'unknown', code: 'UNEXPECTED', message },
          });
          expect(device.asked.filter((verb) => verb === verbs[i])).toHaveLength(5);
        }
      },
      timeoutMs,
    );

    it(
      'is held for a person at once where such an error, or silence, leaves open whether it began',
      async () => {
        const mishaps = ['odd', 'silence'] as const;
        const lived = await Promise.all(
          mishaps.map((mishap) => live(host, { lookup: false, mishaps: { submit: [mishap] } })),
        );
        for (const { device, observation } of lived) {
          expect(observation).toMatchObject({ outcome: 'quarantined', cause: { class: 'unknown', code: 'ambiguous' } });
          expect(device.asked).toEqual(['validate', 'submit']);
        }
      },
      timeoutMs,
    );

    it.each(Object.entries({ ...disturbed, ...lossy, ...stubborn }))(
      'cancelled at any moment, is cancelled only if the device said so: %s',
      async (_, script) => {
        const { moments } = await live(host, script);
        const tried = momentsOf(moments, Object.values(disturbed).includes(script) ? 1 : every);
        const lived = await Promise.all(tried.map((at) => live(host, script, at, (trial) => trial.cancel())));
        const { cancel = true, heedsCancel = true, lookup = true } = script;
        const allowed = ['cancelled', 'measured', ...(lookup ? [] : ['quarantined'])];
        for (const { device, observation } of lived) {
          const { outcome, cause } = observation;
          expect(allowed, `${cause?.code}, ${cause?.message}: ${device.asked.join(' ')}`).toContain(outcome);
          if (device.begun > 0 && !(cancel && heedsCancel)) expect(observation.outcome).toBe('measured');
        }
      },
      timeoutMs,
    );

    it.runIf(crashes).each(Object.entries(disturbed))(
      'is one job although the process dies at any moment: %s',
      async (_, script) => {
        const { moments } = await live(host, script);
        const lived = await Promise.all(
          Array.from({ length: moments }, (_, at) => live(host, script, at, (trial) => trial.crash!())),
        );
        const outcomes = lived.map(({ observation }) => observation.outcome);
        if (script.lookup !== false) expect(new Set(outcomes)).toEqual(new Set(['measured']));
        else expect(new Set(outcomes)).toEqual(new Set(['measured', 'quarantined']));
      },
      timeoutMs,
    );

    it.runIf(crashes).each(Object.entries(disturbed))(
      'cancelled at any moment, and the process dies at the next: %s',
      async (_, script) => {
        const { moments } = await live(host, script);
        const lived = await Promise.all(
          momentsOf(moments, every).map((at) =>
            live(
              host,
              script,
              at,
              (trial) => trial.cancel(),
              (trial) => trial.crash!(),
            ),
          ),
        );
        const allowed = ['cancelled', 'measured', ...(script.lookup === false ? ['quarantined'] : [])];
        for (const { device, observation } of lived)
          expect(allowed, `${observation.cause?.message}: ${device.asked.join(' ')}`).toContain(observation.outcome);
      },
      timeoutMs,
    );
  });
}
