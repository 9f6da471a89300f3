import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Adapter, AdapterContext, JobRequest, JobResult, JobState } from '../../lab-adapters/contract.js';
import { finalStates } from '../../lab-adapters/contract.js';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

/** A folder that goes when the file's tests are over. */
export async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'athanor-jobs-'));
  folders.push(folder);
  return folder;
}

export function contextIn(folder: string): AdapterContext {
  const clock = {
    now: () => performance.now(),
    sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
  };
  return { clock, folder, log: () => {} };
}

/** Waits until something holds; the test's own time limit ends it otherwise. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** A request for one molecule. */
export function moleculeRequest(smiles: string, objectives: readonly string[] = ['y']): JobRequest {
  return { design: { molecule: smiles }, rowId: null, substances: { molecule: smiles }, fidelity: 'f', objectives };
}

/** Waits for a job's end. */
export async function ended(adapter: Adapter, job: string): Promise<JobResult & { state: JobState }> {
  let state: JobState = 'accepted';
  await until(async () => {
    state = (await adapter.status(job)).state;
    return finalStates.has(state);
  });
  return { state, ...(await adapter.result(job)) };
}

/** Runs one request to its end. */
export async function run(adapter: Adapter, key: string, request: JobRequest) {
  return ended(adapter, await adapter.submit(key, request, { fence: 1 }));
}

/** How often each key was physically started in a folder. */
export async function starts(folder: string): Promise<Record<string, number>> {
  const text = await readFile(join(folder, 'starts.log'), 'utf8').catch(() => '');
  const counts: Record<string, number> = {};
  for (const line of text.split('\n').filter(Boolean)) {
    const { key } = JSON.parse(line) as { key: string };
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

/** Whether the process runs whose id stands in a file; one that waits to be reaped does not. */
export async function isRunning(pidFile: string): Promise<boolean> {
  const pid = (await readFile(pidFile, 'utf8')).trim();
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return stat !== null && !/\) [ZX]/.test(stat);
}
