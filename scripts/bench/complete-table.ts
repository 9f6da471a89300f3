import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { jobRequest } from '../../activities/job-request.js';
import type { JobRequest } from '../../lab-adapters/contract.js';
import type { Campaign } from '../../models/domain/campaign.js';
import { AthanorError } from '../../models/domain/errors.js';
import { termsOf } from '../../models/domain/observe.js';
import type { Observation } from '../../models/domain/trial.js';
import { trialId } from '../../models/domain/trial.js';
import { writeFileAtomically } from '../home.js';
import { type AdapterSource, openBenches } from '../simulate/benches.js';
import { driveTrial, type TrialBench } from '../simulate/drive-trial.js';

/** What every row of a pool gives at every fidelity, and what it costs. */
export interface CompleteTable {
  /** In the objective's own unit and direction, by level, then by row. */
  readonly values: readonly (readonly number[])[];
  /** As the adapters report them, by level, then by row. */
  readonly costs: readonly (readonly number[])[];
}

const numbers = z.array(z.array(z.number()));
/** A table is of use again only for the very same rows and settings. */
const storedSchema = z.strictObject({
  rows: z.array(z.string()),
  fidelities: z.array(z.strictObject({ name: z.string(), adapter: z.string(), settings: z.unknown() })),
  values: numbers,
  costs: numbers,
});

/**
 * Runs every row of a campaign's pool at every fidelity by the campaign's own adapters, one trial at a time, or reads
 * what an earlier call has kept in that file for the same rows and settings.
 *
 * @throws {AthanorError} BENCH if a trial ends without a value; names the row, the fidelity and the cause
 */
export async function completeTable(
  campaign: Campaign,
  file: string,
  registry: AdapterSource,
  log: (line: string) => void,
): Promise<CompleteTable> {
  const rows = [...campaign.space.pool!.ids];
  const fidelities = campaign.spec.fidelities.map(({ name, adapter, settings }) => ({
    name,
    adapter,
    settings: withoutFolders(settings),
  }));
  const kept = await readStored(file);
  const isSame = JSON.stringify([kept?.rows, kept?.fidelities]) === JSON.stringify([rows, fidelities]);
  if (kept !== null && isSame) return { values: kept.values, costs: kept.costs };
  const table = await measureAll(campaign, registry, log);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFileAtomically(file, JSON.stringify({ rows, fidelities, ...table }));
  return table;
}

async function measureAll(
  campaign: Campaign,
  registry: AdapterSource,
  log: (line: string) => void,
): Promise<CompleteTable> {
  const { spec, space } = campaign;
  const { ids, designs } = space.pool!;
  const objective = spec.objectives[0]!.name;
  const { instruments, lane, clock, close } = await openBenches(campaign, registry, log);
  const never = new AbortController().signal;
  const values: number[][] = [];
  const costs: number[][] = [];
  try {
    for (const [level, { name: fidelity }] of spec.fidelities.entries()) {
      const found: Observation[] = [];
      for (const [row, rowId] of ids.entries()) {
        const terms = { ...termsOf(spec, fidelity), statedCost: null };
        const bench = { adapter: instruments.get(fidelity)!.adapter, lane, clock, cancelled: never, terms };
        const id = trialId(campaign.id, level * ids.length + row + 1, 1);
        const observation = await ended(bench, id, jobRequest(campaign, { design: designs.at(row)!, rowId, fidelity }));
        if (observation.outcome !== 'measured')
          throw new AthanorError('BENCH', `'${rowId}' at ${fidelity}: ${observation.cause?.message ?? 'no value'}`);
        found.push(observation);
        if ((row + 1) % 50 === 0 || row + 1 === ids.length) log(`${fidelity}: ${row + 1} of ${ids.length} rows`);
      }
      values.push(found.map((one) => one.values[objective]!));
      costs.push(found.map((one) => one.cost));
    }
  } finally {
    await close();
  }
  return { values, costs };
}

/** A trial to its end, in real or in virtual time. */
async function ended(bench: TrialBench, id: string, request: JobRequest): Promise<Observation> {
  let isOver = false;
  const trial = driveTrial(bench, id, request).then((observation) => {
    isOver = true;
    bench.lane.notify();
    return observation;
  });
  await bench.lane.until(() => isOver);
  return trial;
}

async function readStored(file: string): Promise<z.infer<typeof storedSchema> | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    return null;
  }
  const parsed = storedSchema.safeParse(JSON.parse(text));
  if (!parsed.success)
    throw new AthanorError('BENCH', `${file} is no table of a pool: remove it, or name another folder`);
  return parsed.data;
}

/** Settings with absolute paths as file names, so that a table is known again in another checkout. */
function withoutFolders(settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const named = (value: unknown) =>
    typeof value === 'string' && path.isAbsolute(value) ? path.basename(value) : value;
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, named(value)]));
}
