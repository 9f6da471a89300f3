// A worker that stops where it is told to: it tells its parent that it stands at a point, and waits there until it is killed or told to
// go on. What it runs is the built package; what it is stopped at are the calls that this makes of PostgreSQL, of the disk, of its adapters
// and of Temporal. Started as: node worker.mjs DIST SETTINGS, with a channel to the parent; SETTINGS is JSON, with `hurry` beside what a
// worker is started with: by how much the waits between the server's tries are shortened.
import { readFileSync } from 'node:fs';
import files from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { Worker } from '@temporalio/worker';
import pg from 'pg';

const [dist, given] = process.argv.slice(2);
const { hurry = 1, ...settings } = JSON.parse(given);
const own = (file) => import(`${dist}${file}`);

/** Passings of each point since the last order, and the order itself. */
let passed = {};
let order = null;
let goOn = () => {};
process.on('message', ({ word, ...more }) => {
  if (word === 'order') {
    passed = {};
    order = more;
    process.send({ word: 'ordered' });
  }
  if (word === 'go') goOn();
  if (word === 'count') process.send({ word: 'counted', passed });
});
process.on('disconnect', () => process.exit(0));

async function pass(point, key = null) {
  passed[point] = (passed[point] ?? 0) + 1;
  if (order?.point !== point || order.nth !== passed[point]) return;
  order = null;
  process.send({ word: 'held', point, key });
  await new Promise((resolve) => {
    goOn = resolve;
  });
}

// Statements of the store.
const tables = [
  ['note', /INSERT INTO submission/],
  ['accepted', /UPDATE submission SET state = 'accepted'/],
  ['answer', /INSERT INTO step_answer/],
  ['end', /INSERT INTO attempt/],
  ['round', /INSERT INTO round/],
  ['lease', /INSERT INTO lease/],
  ['release', /UPDATE lease SET released_at/],
];
const query = pg.Client.prototype.query;
pg.Client.prototype.query = function (text, values, callback, ...more) {
  const name = typeof text === 'string' ? tables.find(([, pattern]) => pattern.test(text))?.[0] : undefined;
  if (text === 'BEGIN') this.wrote = null;
  if (name !== undefined) this.wrote = name;
  const point = name ?? (text === 'COMMIT' && this.wrote ? `commit ${this.wrote}` : undefined);
  if (point === undefined) return query.call(this, text, values, callback, ...more);
  const key = Array.isArray(values) ? values.find((value) => /\/g\d+\//.test(value)) : null;
  if (typeof callback !== 'function')
    return pass(`before ${point}`, key)
      .then(() => query.call(this, text, values))
      .then(async (rows) => {
        await pass(`after ${point}`, key);
        return rows;
      });
  return void pass(`before ${point}`, key).then(() =>
    query.call(this, text, values, (error, rows) =>
      error ? callback(error) : void pass(`after ${point}`, key).then(() => callback(error, rows)),
    ),
  );
};

// What the adapters of remote devices keep on the disk.
const { rename } = files;
files.rename = async (from, to) => {
  const record = /[0-9a-f]{32}\.json$/.test(to) ? JSON.parse(readFileSync(from, 'utf8')) : {};
  const isJob = ['sending', 'sent', 'ended'].includes(record.phase);
  if (isJob) await pass(`before file ${record.phase}`, record.key);
  await rename(from, to);
  if (isJob) await pass(`after file ${record.phase}`, record.key);
};
syncBuiltinESMExports();

// Calls of adapters.
const { registryFor } = await own('scripts/campaign-registry.js');
const watched = (adapter) => {
  const looks = new Map();
  const submit = async (key, ...more) => {
    await pass('before call', key);
    const job = await adapter.submit(key, ...more);
    looks.set(job, { key, times: 0 });
    return job;
  };
  const status = async (job) => {
    const looked = looks.get(job);
    if (looked !== undefined && ++looked.times === 2) await pass('tracking', looked.key);
    return adapter.status(job);
  };
  const own = { submit, status };
  return new Proxy(adapter, { get: (of, name) => own[name] ?? of[name] });
};
const watchedRegistry = async (adapters) => {
  const registry = await registryFor({ adapters });
  return { ...registry, create: (...given) => watched(registry.create(...given)) };
};

// Activities, and the waits between their tries.
const create = Worker.create;
Worker.create = (options) => {
  const activities = Object.fromEntries(
    Object.entries(options.activities).map(([name, act]) => [
      name,
      async (input) => {
        const key = input?.trialId ?? input?.key ?? null;
        await pass(`before ${name}`, key);
        const answer = await act(input);
        await pass(`after ${name}`, key);
        return answer;
      },
    ]),
  );
  return create.call(Worker, { ...options, activities, ...hurried(options) });
};
function hurried({ workflowBundle }) {
  if (hurry === 1 || workflowBundle === undefined) return {};
  const code = readFileSync(workflowBundle.codePath, 'utf8');
  const waits = /initialInterval: '500ms',\s*backoffCoefficient: 2,\s*maximumInterval: '15s'/g;
  if (!waits.test(code)) throw new Error('the waits between tries are not where they were in the workflows');
  const scaled = `initialInterval: ${500 / hurry}, backoffCoefficient: 2, maximumInterval: ${15_000 / hurry}`;
  return { workflowBundle: { code: code.replace(waits, scaled) } };
}

// Decisions.
const { createDecidePool } = await own('activities/decide-pool.js');
const pool = createDecidePool(1);
const watchedPool = {
  decide: async (...given) => {
    const decided = pool.decide(...given);
    decided.catch(() => undefined);
    await pass('deciding');
    return decided;
  },
  close: () => pool.close(),
};

const { startWorker } = await own('scripts/durable/worker.js');
const log = (line) => process.stderr.write(`${line}\n`);
const worker = await startWorker({
  ...settings,
  log,
  registryFor: watchedRegistry,
  ...(settings.instruments === undefined && { pool: watchedPool }),
});
process.send({ word: 'ready' });
await worker.ended.catch((error) => log(`ended: ${error.message}`));
process.exit(1);
