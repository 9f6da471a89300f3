import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { type Campaign, campaignSchema } from '../../models/domain/campaign.js';
import type { Parameter } from '../../models/domain/parameters/parameter.js';
import { readConfig } from '../config.js';
import { connect } from '../durable/control.js';
import type { Control } from '../durable/control-contract.js';
import { startWorker } from '../durable/worker.js';
import { ensureServices, stopServices } from '../local/services.js';
import type { BenchResult } from './contract.js';
import { randomDecisions } from './random-decisions.js';

const longTrials = 500;
const longParallel = 4;
const manyCampaigns = 50;
const manyTrials = 10;

/** One measured load. */
interface Load {
  readonly campaigns: number;
  readonly trials: number;
  readonly wallSeconds: number;
  /** CPU milliseconds of the worker's process for each trial. */
  readonly cpuMsPerTrial: number;
  /** Events of the histories of campaigns and trials together, for each trial. */
  readonly eventsPerTrial: number;
  readonly runs: number;
}

/**
 * What the durable host costs by itself: trials that take no time, designs drawn at random, no model. One campaign of
 * 500 trials, four at a time; then 50 campaigns of 10 trials at once on one worker. The servers are real ones of a
 * temporary home, or those that the environment names; their CPU time is not counted.
 */
export async function benchOrchestrator(log: (line: string) => void): Promise<BenchResult> {
  const home = await mkdtemp(path.join(tmpdir(), 'athanor-bench-'));
  try {
    const services = await ensureServices(readConfig({ ...process.env, ATHANOR_HOME: home }), log);
    const settings = { ...services, home, taskQueue: `bench-${process.pid}`, pool: randomDecisions };
    const worker = await startWorker({ ...settings, log });
    const control = await connect(settings);
    const connection = await Connection.connect({ address: services.temporalAddress });
    const client = new Client({ connection });
    try {
      // The first campaign warms up connections, bundle and thread.
      await measure(control, client, [bare('warm', 20, 2)]);
      const long = await measure(control, client, [bare('long', longTrials, longParallel)]);
      const all = Array.from({ length: manyCampaigns }, (_, i) => bare(`many-${i}`, manyTrials, 1));
      const many = await measure(control, client, all);
      return { figures: { long, many }, lines: [describe(long), describe(many)] };
    } finally {
      await connection.close();
      await control.close();
      await worker.shutdown();
    }
  } finally {
    await stopServices(home);
    await rm(home, { recursive: true, force: true });
  }
}

async function measure(control: Control, client: Client, campaigns: readonly Campaign[]): Promise<Load> {
  const wall = performance.now();
  const cpu = process.cpuUsage();
  for (const campaign of campaigns) await control.start(campaign);
  await Promise.all(campaigns.map(({ id }) => client.workflow.getHandle(id).result()));
  const { user, system } = process.cpuUsage(cpu);
  const wallSeconds = (performance.now() - wall) / 1_000;
  let trials = 0;
  let events = 0;
  let runs = 0;
  for (const { id } of campaigns) {
    const record = await control.record(id);
    trials += record.trials.length;
    const counted = await eventsOf(client, id);
    runs += counted.runs;
    // Trials are alike: one stands for all.
    events +=
      counted.events + record.trials.length * (await eventsOf(client, record.trials.at(-1)!.proposal.id)).events;
  }
  return {
    campaigns: campaigns.length,
    trials,
    wallSeconds: round(wallSeconds),
    cpuMsPerTrial: round((user + system) / 1_000 / trials),
    eventsPerTrial: round(events / trials),
    runs,
  };
}

async function eventsOf(client: Client, id: string): Promise<{ events: number; runs: number }> {
  let runId: string | null | undefined = (await client.workflow.getHandle(id).fetchHistory()).events?.[0]
    ?.workflowExecutionStartedEventAttributes?.firstExecutionRunId;
  let events = 0;
  let runs = 0;
  while (runId) {
    const history = await client.workflow.getHandle(id, runId).fetchHistory();
    events += history.events?.length ?? 0;
    runs += 1;
    runId = history.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
  }
  return { events, runs };
}

function bare(name: string, trials: number, parallel: number): Campaign {
  const spec = campaignSchema.parse({
    name,
    space: {
      parameters: [
        { name: 'x1', type: 'continuous', bounds: [-5, 10] },
        { name: 'x2', type: 'continuous', bounds: [0, 15] },
      ],
    },
    objectives: [{ name: 'value', direction: 'minimise' }],
    fidelities: [{ name: 'exact', adapter: 'problem', settings: { problem: 'branin' }, cost: 1 }],
    budget: { trials },
    parallel,
  });
  const id = `bench-${name}-${process.pid}-${Date.now()}`;
  return { id, spec, space: { parameters: spec.space.parameters as Parameter[], pool: null } };
}

function describe(load: Load): string {
  const what = load.campaigns === 1 ? '1 campaign' : `${load.campaigns} campaigns at once`;
  return (
    `${what}, ${load.trials} trials: ${load.cpuMsPerTrial} CPU ms and ${load.eventsPerTrial} history events a trial, ` +
    `${load.wallSeconds} s in all, ${load.runs} workflow run${load.runs === 1 ? '' : 's'}`
  );
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
