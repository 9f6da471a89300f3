#!/usr/bin/env node
// What the simulated devices physically did, beside what Athanor has in its record: node starts.mjs [CAMPAIGN] [--lab FOLDER]
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { jobsIn, readLedger, stateOf } from './machine.mjs';
import { defaultFolder, devices } from './places.mjs';

const cli = fileURLToPath(new URL('../../dist/scripts/cli.js', import.meta.url));
const say = (line) => process.stdout.write(`${line}\n`);
const fail = (message) => {
  process.stderr.write(`${message}\n`);
  process.exit(2);
};

/** Jobs of all devices by key: `[device, job]` each. */
function startsIn(lab) {
  const starts = new Map();
  for (const device of devices)
    for (const job of jobsIn(readLedger(join(lab, device))).values())
      starts.set(job.key, [...(starts.get(job.key) ?? []), [device, job]]);
  return starts;
}

/** Steps by key, as the record of a campaign has them; those of one that is not in the store are none. */
async function stepsOf(id) {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [cli, 'export', id, '--format', 'json'], {
      maxBuffer: 2 ** 30,
    });
    return JSON.parse(stdout).trials.flatMap(({ steps = [] }) => steps);
  } catch ({ stderr, message }) {
    say(`the record of ${id} cannot be had: ${(stderr || message).trim().split('\n').at(-1)}`);
    return [];
  }
}

let given;
try {
  given = parseArgs({ allowPositionals: true, options: { lab: { type: 'string' } } });
} catch ({ message }) {
  fail(`${message}\nnode starts.mjs [CAMPAIGN] [--lab FOLDER]`);
}
const [campaign] = given.positionals;
const { lab = defaultFolder() } = given.values;
if (!existsSync(lab)) fail(`${lab} is not there: start the lab first, or see --lab`);
const campaignOf = (key) => key.split('/')[0];
const starts = new Map([...startsIn(lab)].filter(([key]) => campaign === undefined || campaignOf(key) === campaign));
const campaigns = new Set(campaign === undefined ? [...starts.keys()].map(campaignOf) : [campaign]);
const steps = new Map();
for (const id of campaigns) for (const step of await stepsOf(id)) steps.set(step.key, step);

/** Trials in their order, and in each what was done first. */
const order = (one, other) =>
  one.replace(/\/[^/]*$/, '').localeCompare(other.replace(/\/[^/]*$/, ''), 'en', { numeric: true });
const rows = [...new Set([...steps.keys(), ...starts.keys()])].sort(order).map((key) => {
  const jobs = starts.get(key) ?? [];
  const [device, job] = jobs.at(-1) ?? [];
  const step = steps.get(key);
  return [
    key,
    device ?? step.instrument.split('/').at(-1),
    String(jobs.length),
    job === undefined ? '-' : stateOf(job),
    job === undefined ? '-' : (job.uuid ?? job.id),
    step?.how ?? '-',
  ];
});
const table = [['key', 'device', 'starts', 'there', 'its name there', 'in the record'], ...rows];
const widths = table[0].map((_, i) => Math.max(...table.map((row) => row[i].length)));
for (const row of table)
  say(
    row
      .map((cell, i) => cell.padEnd(widths[i]))
      .join('  ')
      .trimEnd(),
  );

const twice = rows.filter(([, , count]) => Number(count) > 1).map(([key]) => key);
const begun = [...starts.values()].reduce((sum, jobs) => sum + jobs.length, 0);
say(
  `\n${starts.size} keys, ${begun} starts; started more than once: ${twice.length === 0 ? 'none' : twice.join(', ')}`,
);
process.exit(twice.length === 0 ? 0 : 1);
