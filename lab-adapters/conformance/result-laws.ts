import { createHash } from 'node:crypto';
import { isAmount, isMeasurement, largestAmount, largestValue } from '../../models/domain/trial.js';
import { causeClasses } from '../../models/domain/verdicts.js';
import type { JobRequest, JobResult, RawOutput } from '../contract.js';
import { finalStates } from '../contract.js';
import type { Law } from './fixture.js';
import { caller, must, mustBeStatus, mustRefuse, runToEnd, waitFor, withAdapter } from './fixture.js';

const unknownJob = 'no-such-job';
const always = () => null;

/** What status and result promise. */
export const resultLaws: readonly Law[] = [
  {
    name: 'status and result of a job that was never accepted are refused',
    level: 'runs',
    section: 'states',
    uses: 'adapter',
    skipped: always,
    run: async (fixture) => {
      await withAdapter(fixture.succeeds, await fixture.newFolder(), async (adapter) => {
        await mustRefuse('status of an unknown job', () => adapter.status(unknownJob));
        await mustRefuse('result of an unknown job', () => adapter.result(unknownJob));
        await mustRefuse('status of a path', () => adapter.status('../../etc/passwd'));
      });
    },
  },
  {
    name: 'the poll interval is a sensible number',
    level: 'runs',
    section: 'states',
    uses: 'adapter',
    skipped: always,
    run: async (fixture) => {
      await withAdapter(fixture.succeeds, await fixture.newFolder(), async (adapter) => {
        must(adapter.pollMs > 0 && adapter.pollMs <= 3_600_000, `pollMs is ${adapter.pollMs}`);
      });
    },
  },
  {
    name: 'a result is refused until the job has ended',
    level: 'runs',
    section: 'states',
    uses: 'device',
    skipped: ({ runsLong }) => (runsLong === undefined ? 'the fixture has no long request' : null),
    run: async (fixture, key) => {
      const scenario = fixture.runsLong!;
      await withAdapter(scenario, await fixture.newFolder(), async (adapter) => {
        const job = await adapter.submit(key, scenario.request, caller);
        const { state } = await adapter.status(job);
        must(!finalStates.has(state), `the long request is '${state}' at once`);
        await mustRefuse('result of a running job', () => adapter.result(job));
        await adapter.safeStop?.();
        await waitFor(fixture, adapter, job);
      });
    },
  },
  {
    name: 'a measured job gives finite values for what was asked for and nothing else, and a cost',
    level: 'runs',
    section: 'results',
    uses: 'device',
    skipped: always,
    run: async (fixture, key) => {
      await withAdapter(fixture.succeeds, await fixture.newFolder(), async (adapter) => {
        const { request } = fixture.succeeds;
        const { status, result } = await runToEnd(fixture, adapter, key, request);
        must(
          status.state === 'succeeded',
          `ended as '${status.state}': ${result.cause?.message ?? status.message ?? ''}`,
        );
        mustBeMeasured(request, result);
      });
    },
  },
  {
    name: 'a failed experiment is a job with a typed cause, not an exception',
    level: 'runs',
    section: 'failure-is-data',
    uses: 'device',
    skipped: ({ fails }) => (fails === undefined ? 'the fixture has no request that fails' : null),
    run: async (fixture, key) => {
      const scenario = fixture.fails!;
      await withAdapter(scenario, await fixture.newFolder(), async (adapter) => {
        const { status, result } = await runToEnd(fixture, adapter, key, scenario.request);
        must(status.state === 'failed' || status.state === 'unknown', `ended as '${status.state}'`);
        const { cause } = result;
        must(cause !== undefined, 'a failed job came without a cause');
        must((causeClasses as readonly string[]).includes(cause.class), `'${cause.class}' is no class of cause`);
        must(/^\w+$/.test(cause.code), `the code of the cause is '${cause.code}', wanted one word`);
        must(cause.message.trim() !== '', 'the cause has no message');
        must(Object.keys(result.values).length === 0, `a failed job gave values ${JSON.stringify(result.values)}`);
        mustBeCost(result);
      });
    },
  },
  {
    name: 'status and result stay what they are, however often asked',
    level: 'runs',
    section: 'states',
    uses: 'device',
    skipped: always,
    run: async (fixture, key) => {
      await withAdapter(fixture.succeeds, await fixture.newFolder(), async (adapter) => {
        const { job, status, result } = await runToEnd(fixture, adapter, key, fixture.succeeds.request);
        const [again, twice] = await Promise.all([adapter.result(job), adapter.result(job)]);
        const first = await told(result);
        const [second, third] = [await told(again), await told(twice)];
        must(second === first, `the second result was ${second}, the first ${first}`);
        must(third === first, `the third result was ${third}, the first ${first}`);
        const later = await adapter.status(job);
        must(later.state === status.state, `the state went from '${status.state}' to '${later.state}'`);
      });
    },
  },
  {
    name: 'a restarted adapter gives the same result',
    level: 'runs',
    section: 'results',
    uses: 'device',
    skipped: (_, { traits }) =>
      traits.resultRetention === 'permanent' ? null : 'results are kept by the process that ran the job',
    run: async (fixture, key) => {
      const folder = await fixture.newFolder();
      const { request } = fixture.succeeds;
      const first = await withAdapter(fixture.succeeds, folder, (adapter) => runToEnd(fixture, adapter, key, request));
      await withAdapter(fixture.succeeds, folder, async (adapter) => {
        const { state } = await adapter.status(first.job);
        must(state === first.status.state, `the state went from '${first.status.state}' to '${state}'`);
        const result = await adapter.result(first.job);
        const [is, was] = [await told(result), await told(first.result)];
        must(is === was, `the result is ${is}, it was ${was}`);
      });
    },
  },
  {
    name: 'a deterministic adapter gives the same values to the same request under another key',
    level: 'runs',
    section: 'results',
    uses: 'device',
    skipped: (_, { traits }) => (traits.deterministic ? null : 'not declared as deterministic'),
    run: async (fixture, key) => {
      const { request } = fixture.succeeds;
      const values = async (folder: string, under: string) =>
        withAdapter(fixture.succeeds, folder, async (adapter) => {
          const { result } = await runToEnd(fixture, adapter, under, request);
          return JSON.stringify([sorted(result.values), sorted(result.noise ?? {})]);
        });
      const folder = await fixture.newFolder();
      const first = await values(folder, key);
      const second = await values(folder, `${key}-3`);
      const elsewhere = await values(await fixture.newFolder(), key);
      must(second === first, `another key gave ${second}, the first ${first}`);
      must(elsewhere === first, `another folder gave ${elsewhere}, the first ${first}`);
    },
  },
  {
    name: 'many looks at once are answered alike',
    level: 'runs',
    section: 'states',
    uses: 'device',
    skipped: always,
    run: async (fixture, key) => {
      await withAdapter(fixture.succeeds, await fixture.newFolder(), async (adapter) => {
        const job = await adapter.submit(key, fixture.succeeds.request, caller);
        for (const status of await Promise.all(Array.from({ length: 8 }, () => adapter.status(job))))
          mustBeStatus(status);
        const { state } = await waitFor(fixture, adapter, job);
        const after = await Promise.all(Array.from({ length: 8 }, () => adapter.status(job)));
        for (const status of after) must(status.state === state, `one look says '${status.state}', another '${state}'`);
      });
    },
  },
];

function mustBeMeasured(request: JobRequest, result: JobResult): void {
  const wanted = [...request.objectives].sort().join(', ');
  const given = Object.keys(result.values).sort();
  const fits = (given.length > 0 || wanted === '') && given.every((name) => request.objectives.includes(name));
  must(fits, `values for ${given.join(', ') || 'nothing'}, wanted for ${wanted}`);
  for (const [name, value] of Object.entries(result.values))
    must(isMeasurement(value), `${name} is ${value}, wanted a number of at most ${largestValue}`);
  for (const [name, sd] of Object.entries(result.noise ?? {})) {
    must(request.objectives.includes(name), `noise for '${name}', which was not asked for`);
    must(isAmount(sd), `noise of ${name} is ${sd}, wanted ${amounts}`);
  }
  must(result.cause === undefined, `a job that succeeded came with a cause: ${result.cause?.message}`);
  mustBeCost(result);
}

const amounts = `a number from 0 to ${largestAmount}`;

/** Throws unless cost and duration are amounts that can be added up. */
export function mustBeCost({ cost, durationMs }: JobResult): void {
  must(isAmount(cost), `cost is ${cost}, wanted ${amounts}`);
  must(isAmount(durationMs), `durationMs is ${durationMs}, wanted ${amounts}`);
}

function sorted(record: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** A result as text; of raw outputs all bytes count. */
async function told({ artefacts, ...rest }: JobResult): Promise<string> {
  const outputs: [string, string][] = [];
  for (const [name, output] of sorted(artefacts ?? {})) outputs.push([name, await contentOf(output as RawOutput)]);
  return JSON.stringify([sorted(rest as Readonly<Record<string, unknown>>), outputs]);
}

async function contentOf(output: RawOutput): Promise<string> {
  const hash = createHash('sha256');
  if (output instanceof Uint8Array) hash.update(output);
  else for await (const piece of output.open()) hash.update(piece);
  return `sha256 ${hash.digest('hex')}`;
}
