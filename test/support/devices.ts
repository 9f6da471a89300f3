import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Adapter, finalStates, type JobRequest, type JobStatus } from '../../lab-adapters/contract.js';
import { createRegistry } from '../../lab-adapters/registry.js';
import { loadCampaign } from '../../scripts/campaign-file.js';
import { systemClock } from '../../scripts/simulate/clock.js';
import { runInProcess } from '../../scripts/simulate/run-in-process.js';

/** A maker of empty folders below the test file's own, each of another name. */
export function foldersIn(base: string): () => Promise<string> {
  let made = 0;
  return async () => {
    const folder = join(base, `lab${++made}`);
    await mkdir(folder);
    return folder;
  };
}

/** A line of a device's own ledger. */
export interface LedgerLine {
  readonly word: string;
  readonly lab: string;
  readonly key: string;
}

/** What a device has written down, a document a line; nothing where it has not begun to. */
export async function ledgerLines(file: string): Promise<LedgerLine[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as LedgerLine);
}

/** An adapter whose keys begin with the test's folder, where all folders are one device's. */
export function keyedBy(folder: string, adapter: Adapter): Adapter {
  const of = (key: string) => `${folder}:${key}`;
  const { find, adopt } = adapter;
  return {
    ...adapter,
    submit: (key, ...more) => adapter.submit(of(key), ...more),
    ...(find && { find: (key, caller) => find(of(key), caller) }),
    ...(adopt && { adopt: (key, ...more) => adopt(of(key), ...more) }),
  };
}

/** Of keys that begin with a folder, those of this one, without it. */
export function keysOf(folder: string, keys: readonly string[]): string[] {
  return keys.flatMap((key) => (key.startsWith(`${folder}:`) ? [key.slice(folder.length + 1)] : []));
}

/** Looks at a job until it has ended. */
export async function ended(adapter: Pick<Adapter, 'status'>, job: string): Promise<JobStatus> {
  for (;;) {
    const status = await adapter.status(job);
    if (finalStates.has(status.state)) return status;
    await systemClock.sleep(20);
  }
}

/** Values of one job that has to succeed; the adapter is closed after it. */
export async function measuredBy(adapter: Adapter, key: string, request: JobRequest): Promise<unknown> {
  const job = await adapter.submit(key, request, { fence: 1 });
  expect(await ended(adapter, job)).toMatchObject({ state: 'succeeded' });
  const { values } = await adapter.result(job);
  await adapter.close();
  return values;
}

/** The job of a key, as a host asks for it: again while the device cannot tell for certain. */
export async function lookedUp(adapter: Adapter, key: string): Promise<string | null> {
  for (;;) {
    const found = await adapter.find!(key, { fence: 1 }).catch((error: { code: string }) => {
      expect(error).toMatchObject({ code: 'ADAPTER' });
    });
    if (found !== undefined) return found;
    await systemClock.sleep(50);
  }
}

/** Runs a campaign, written as a file into the folder, to its end. */
export async function trialsOf(folder: string, text: string) {
  const file = join(folder, 'campaign.yaml');
  await writeFile(file, text);
  return (await runInProcess(await loadCampaign(file), { registry: createRegistry(), log: () => {} })).trials;
}
