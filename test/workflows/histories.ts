import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { IllegalStateError } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { eventually } from './durable-host.js';

const { History } = temporal.api.history.v1;
const folder = fileURLToPath(new URL('../fixtures/histories/', import.meta.url));
const codePath = fileURLToPath(new URL('../../dist/workflows/bundle.js', import.meta.url));

/** A history with the id of its workflow. */
export interface NamedHistory {
  readonly workflowId: string;
  readonly history: temporal.api.history.v1.IHistory;
}

/**
 * Histories of all runs of a workflow, first run first. A run that has just been begun is waited for: one without a workflow task
 * has nothing to replay, and the SDK's replay of it never ends.
 */
export async function historiesOf(client: Client, workflowId: string): Promise<NamedHistory[]> {
  const last = await client.workflow.getHandle(workflowId).fetchHistory();
  let runId = last.events?.[0]?.workflowExecutionStartedEventAttributes?.firstExecutionRunId;
  const all: NamedHistory[] = [];
  while (runId) {
    const run = client.workflow.getHandle(workflowId, runId);
    const history = await eventually(async () => {
      const found = await run.fetchHistory();
      return found.events!.some((event) => event.workflowTaskCompletedEventAttributes != null) && found;
    });
    all.push({ workflowId, history });
    runId = history.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
  }
  return all;
}

/** Temporal's runtime, which says errors only, unless this process has one already: test files share processes. */
export function quietRuntime(): void {
  try {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
  } catch (error) {
    if (!(error instanceof IllegalStateError)) throw error;
  }
}

/** Replays histories with the workflows as they are now; what does not fit, in words. */
export async function replayFaults(histories: readonly NamedHistory[]): Promise<string[]> {
  const faults: string[] = [];
  quietRuntime();
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle: { codePath } }, histories))
    if (error) faults.push(`${workflowId}: ${error.message}`);
  return faults;
}

/** The histories kept from this and earlier versions, by file name. */
export function recordedHistories(): { readonly name: string; readonly named: NamedHistory }[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => {
      const { workflowId, protobuf } = JSON.parse(readFileSync(`${folder}${name}`, 'utf8'));
      return { name, named: { workflowId, history: History.decode(Buffer.from(protobuf, 'base64')) } };
    });
}

/**
 * Keeps histories for later versions to replay; only where the environment asks for it (see workflows/README.md). As protobuf
 * in base64: the SDK's own JSON form cannot be read or written beside another version of protobufjs.
 */
export async function keepHistories(name: string, histories: readonly NamedHistory[]): Promise<void> {
  const label = process.env.ATHANOR_RECORD_HISTORIES;
  if (label === undefined) return;
  await mkdir(folder, { recursive: true });
  for (const [i, { workflowId, history }] of histories.entries()) {
    const protobuf = Buffer.from(History.encode(nameless(history) as typeof history).finish()).toString('base64');
    const document = JSON.stringify({ workflowId, events: history.events?.length, protobuf });
    await writeFile(`${folder}${label}-${name}-${i + 1}.json`, `${document}\n`);
  }
}

/** Without `pid@machine`, which is nobody's business. */
function nameless(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(/\d+@[\w.-]+?(?=$|-)/g, 'worker');
  if (Array.isArray(value)) return value.map(nameless);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array || 'unsigned' in value) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, nameless(item)]));
}

/** Bytes of the largest payload set of one event. */
export function largestPayload(histories: readonly NamedHistory[]): number {
  let largest = 0;
  for (const { history } of histories)
    for (const event of history.events ?? []) largest = Math.max(largest, payloadBytes(event));
  return largest;
}

function payloadBytes(value: unknown): number {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return 0;
  const { data, metadata } = value as { data?: unknown; metadata?: unknown };
  if (data instanceof Uint8Array && metadata) return data.length;
  return Object.values(value).reduce((sum: number, part) => sum + payloadBytes(part), 0);
}
