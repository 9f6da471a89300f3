import { appendFile, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { jobRequest } from '../../activities/job-request.js';
import type { Campaign } from '../../models/domain/campaign.js';
import { AthanorError } from '../../models/domain/errors.js';
import { termsOf } from '../../models/domain/observe.js';
import { trialId } from '../../models/domain/trial.js';
import { type AdapterSource, openBenches } from '../simulate/benches.js';
import { driveTrial } from '../simulate/drive-trial.js';
import { inLanes } from './lanes.js';

/** What a trial gave: a value in the objective's own unit, or why there is none. */
const entrySchema = z.strictObject({
  row: z.string(),
  fidelity: z.string(),
  value: z.number().nullable(),
  why: z.string().exactOptional(),
  cost: z.number(),
});
type Entry = Readonly<z.infer<typeof entrySchema>>;

/** How a table is made. */
export interface SimulationOptions {
  readonly registry: AdapterSource;
  /** Trials at the same time. */
  readonly lanes: number;
  readonly log: (line: string) => void;
}

/**
 * Runs every row of a campaign's pool at every fidelity by the campaign's own adapters, the lowest first, and keeps each answer as a line
 * of the file when it is there: what an earlier call has kept is not run again. A row whose trial fails has no value there.
 *
 * @param file - of this pool and these settings alone
 * @returns by fidelity, then by row; null where the molecule gave none
 * @throws {AthanorError} BENCH if a trial fails for another reason than its molecule; names row, fidelity and cause
 */
export async function simulatedTable(
  campaign: Campaign,
  file: string,
  { registry, lanes, log }: SimulationOptions,
): Promise<ReadonlyMap<string, readonly (number | null)[]>> {
  const { spec, space } = campaign;
  const { ids, designs } = space.pool!;
  await mkdir(path.dirname(file), { recursive: true });
  const kept = await keptEntries(file);
  const { instruments, lane, clock, close } = await openBenches(campaign, registry, log);
  const cancelled = new AbortController().signal;
  const objective = spec.objectives[0]!.name;
  try {
    for (const [level, { name: fidelity }] of spec.fidelities.entries()) {
      const left = [...ids.keys()].filter((row) => !kept.has(keyOf(ids[row]!, fidelity)));
      const done = ids.length - left.length;
      const measure = async (row: number) => {
        const terms = { ...termsOf(spec, fidelity), statedCost: null };
        const bench = { adapter: instruments.get(fidelity)!.adapter, lane, clock, cancelled, terms };
        const request = jobRequest(campaign, { design: designs.at(row)!, rowId: ids[row]!, fidelity });
        const trial = trialId(campaign.id, level * ids.length + row + 1, 1);
        const { outcome, values, cost, cause } = await driveTrial(bench, trial, request);
        const own = { row: ids[row]!, fidelity, cost };
        if (outcome !== 'measured' && cause?.class !== 'chemistry' && cause?.class !== 'operator')
          throw new AthanorError('BENCH', `'${own.row}' at ${fidelity}: ${cause?.message ?? 'no value'}`);
        const value = outcome === 'measured' ? values[objective]! : null;
        const entry: Entry = value === null ? { ...own, value, why: cause!.message } : { ...own, value };
        await appendFile(file, `${JSON.stringify(entry)}\n`);
        kept.set(keyOf(entry.row, fidelity), entry);
      };
      await inLanes(left, lanes, measure, (more) => {
        if (more % 100 === 0 || more === left.length) log(`${fidelity}: ${done + more} of ${ids.length} rows`);
      });
    }
  } finally {
    await close();
  }
  return new Map(
    spec.fidelities.map(({ name }) => [name, ids.map((row) => kept.get(keyOf(row, name))!.value)] as const),
  );
}

/** Lines that are whole. One that a kill has cut short is ended, so that the next begins anew, and run again. */
async function keptEntries(file: string): Promise<Map<string, Entry>> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw new AthanorError('BENCH', `cannot read ${file}: ${error.message}`, { cause: error });
  });
  if (text !== '' && !text.endsWith('\n')) await appendFile(file, '\n');
  const entries = text.split('\n').flatMap((line) => {
    try {
      const parsed = entrySchema.safeParse(JSON.parse(line));
      return parsed.success ? [parsed.data] : [];
    } catch {
      return [];
    }
  });
  return new Map(entries.map((entry) => [keyOf(entry.row, entry.fidelity), entry]));
}

function keyOf(row: string, fidelity: string): string {
  return `${fidelity} ${row}`;
}
