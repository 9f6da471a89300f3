import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { answered, unanswered } from '../../activities/ask-device.js';
import { toFailure } from '../../activities/failures.js';
import { createRegistry } from '../../lab-adapters/registry.js';
import { AdapterError } from '../../models/domain/errors.js';
import { exportJson } from '../../scripts/record/export.js';
import { runInProcess } from '../../scripts/simulate/run-in-process.js';
import { problemCampaign } from '../workflows/durable-host.js';

const password = 'gEheim-4711';
beforeEach(() => {
  vi.stubEnv('DATABASE_URL', `postgres://me:${password}@nowhere/db`);
  vi.stubEnv('TEMPORAL_API_KEY', 'key-s3cret-0815');
});
afterEach(() => vi.unstubAllEnvs());
const said = `cannot reach postgres://me:${password}@nowhere/db with key-s3cret-0815`;

it('nothing that is kept of a trial holds what lets Athanor in', () => {
  const cause = { class: 'device', code: 'x', message: said } as const;
  const terms = { outcomes: ['y'], statedCost: null };
  const result = { values: {}, cost: 0, durationMs: 0, cause, details: { [said]: [said] } };
  const kept = [
    answered('c/r1/p1', terms, { state: 'failed', result }),
    answered('c/r1/p1', terms, { state: 'succeeded', result: { ...result, values: { y: 1 } } }),
    unanswered('c/r1/p1', { type: 'quarantined', cause }),
    unanswered('c/r1/p1', { type: 'refused', faults: [{ path: 'p', message: said, remedy: said }] }),
  ];
  for (const error of [new AdapterError(said), new TypeError(said)]) {
    const { message, stack, cause: from } = toFailure(error, 1);
    kept.push({
      message,
      from: `${(from as Error | undefined)?.message} ${(from as Error | undefined)?.stack}`,
    } as never);
    expect(stack).not.toMatch(/4711|0815/);
  }
  for (const one of kept) {
    expect(JSON.stringify(one)).toContain('***');
    expect(JSON.stringify(one)).not.toMatch(/4711|0815/);
  }
});

it('a program gets it only where the settings ask, and even then it is not kept', async () => {
  const script = 'echo "url=$DATABASE_URL key=$TEMPORAL_API_KEY" >&2; exit 3';
  const run = async (env: object) => {
    const settings = { command: ['/bin/sh', '-c', script], env };
    const fidelities = [{ name: 'exact', adapter: 'command', settings, cost: 1 }];
    const campaign = problemCampaign('own', { fidelities, budget: { trials: 1 } });
    return exportJson(await runInProcess(campaign, { registry: createRegistry() }));
  };
  expect(await run({})).toContain('stderr ends: url= key=');
  const asked = await run({ DATABASE_URL: { from: 'DATABASE_URL' } });
  expect(asked).toMatch(/stderr ends: url=.+ key=/);
  expect(asked).not.toMatch(/4711|0815/);
});
