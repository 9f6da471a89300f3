import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { listSubmissions } from '../../activities/store/submission.js';
import { exportJson } from '../../scripts/record/export.js';
import { renderReport } from '../../scripts/report/render.js';
import { type DurableHost, durableHost, eventually, problemCampaign } from './durable-host.js';

let host: DurableHost;
beforeAll(async () => {
  host = await durableHost();
});
afterAll(() => host?.close());
afterEach(() => vi.unstubAllEnvs());

const secret = 'gEheim-4711';

/** Everything that the database holds, as text. */
async function databaseText(): Promise<string> {
  const tables = await host.store.query(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  );
  const texts = await Promise.all(
    tables.map(({ name }) => host.store.query(`SELECT t::text AS text FROM ${name as string} AS t`)),
  );
  const bytes = await host.store.query(`SELECT convert_from(bytes, 'UTF8') AS text FROM artefact`);
  return [...texts.flat(), ...bytes].map(({ text }) => String(text)).join('\n');
}

/** A workflow's history with its payloads as text. */
async function historyText(workflow: string): Promise<string> {
  const history = await host.client.workflow.getHandle(workflow).fetchHistory();
  const plain = (_: string, value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString() : value);
  return JSON.stringify(history.events, (key, value) => {
    const bytes =
      (value as { type?: string; data?: number[] } | null)?.type === 'Buffer'
        ? (value as { data: number[] }).data
        : null;
    return bytes === null ? plain(key, value) : Buffer.from(bytes).toString();
  });
}

it('trials wait for a secret that the worker has not, and it is stored nowhere when it has', async () => {
  vi.stubEnv('LAB_TEST_SECRET', '');
  const id = host.id('secret');
  // It prints what it was given in every way it has.
  const script = `echo "with $KEY" >&2; printf '{"values": {"value": 1}, "details": {"key": "%s"}}' "$KEY"`;
  const failing = `echo "with $KEY" >&2; echo "$KEY"; exit 1`;
  const settings = { command: ['/bin/sh', '-c', script], env: { KEY: { from: 'LAB_TEST_SECRET' } } };
  const fidelities = [
    { name: 'low', adapter: 'command', settings: { ...settings, command: ['/bin/sh', '-c', failing] }, cost: 0.1 },
    { name: 'exact', adapter: 'command', settings, cost: 1 },
  ];
  const strategy = { initial: { trials: 2 } };
  await host.control.start(problemCampaign(id, { fidelities, strategy, budget: { trials: 3 } }));
  const waiting = await eventually(async () => {
    const report = await host.control.status(id);
    return report.course.retrying[0] === undefined ? null : report;
  });
  expect(waiting.course.retrying[0]!.message).toMatch(/env\.KEY .* LAB_TEST_SECRET, which is not set/);
  expect(waiting).toMatchObject({ phase: 'running', measured: 0, failed: 0, quarantined: 0, inFlight: [] });
  expect(await listSubmissions(host.store.query, id)).toEqual([]);
  vi.stubEnv('LAB_TEST_SECRET', secret);
  const report = await host.control.waitUntilStopped(id);
  expect(report).toMatchObject({ quarantined: 0, stop: { reason: 'budgetTrials' } });
  expect(report.measured + report.failed).toBe(3);
  const record = await host.control.record(id);
  const kept = JSON.stringify(record);
  expect(kept).toContain('***');
  const histories = await Promise.all([id, ...record.trials.map(({ proposal }) => proposal.id)].map(historyText));
  expect(histories).toHaveLength(4);
  expect(histories[1]).toContain(record.trials[0]!.proposal.id);
  const texts = { kept, database: await databaseText(), report: await renderReport(record), json: exportJson(record) };
  for (const [name, text] of Object.entries({ ...texts, histories: histories.join('\n') }))
    expect(text.includes(secret) || text.includes(Buffer.from(secret).toString('base64')), name).toBe(false);
});
