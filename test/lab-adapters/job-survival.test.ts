import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { command } from '../../lab-adapters/command/index.js';
import { contextIn, ended, moleculeRequest, scratchFolder, starts } from './local-jobs.js';

const request = moleculeRequest('C');
// Compiled by the tests' global setup.
const compiled = fileURLToPath(new URL('../../dist/lab-adapters/command/index.js', import.meta.url));

/** Settings of a command that waits for a file and then answers. */
const settingsFor = (gate: string) => ({
  command: ['/bin/sh', '-c', `until [ -e '${gate}' ]; do sleep 0.02; done; echo '{"values": {"y": 4}}'`],
});

/** Another process, leading a group of its own, that submits a job, says its name and stays. */
function worker(folder: string, gate: string): ChildProcess {
  const program = `
    const [file, folder, settings, request] = process.argv.slice(1);
    const { command } = await import(file);
    const adapter = command.create(command.settings.parse(JSON.parse(settings)), { clock: null, folder, log: () => {} });
    console.log(await adapter.submit('k', JSON.parse(request), { fence: 1 }));
    process.stdin.resume();
  `;
  const words = [compiled, folder, JSON.stringify(settingsFor(gate)), JSON.stringify(request)];
  return spawn(process.execPath, ['--input-type=module', '-e', program, ...words], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
}

async function jobOf(child: ChildProcess): Promise<string> {
  const gone = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the worker ended with ${code}`)));
  const [said] = await Promise.race([once(child.stdout!, 'data'), gone]);
  return String(said).trim();
}

/** kill -9 of a worker with its whole process group. */
async function killGroup(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  process.kill(-child.pid!, 'SIGKILL');
  await gone;
}

describe('a job and its worker', () => {
  it('goes on through kill -9 of the worker, and is found by the next one', async () => {
    const folder = await scratchFolder();
    const gate = join(folder, 'gate');
    const child = worker(folder, gate);
    const job = await jobOf(child);
    await killGroup(child);
    const adapter = command.create(command.settings.parse(settingsFor(gate)), contextIn(folder));
    expect(await adapter.find('k', { fence: 1 })).toBe(job);
    expect(['accepted', 'running']).toContain((await adapter.status(job)).state);
    expect(await adapter.submit('k', request, { fence: 1 })).toBe(job);
    await writeFile(gate, '');
    expect(await ended(adapter, job)).toMatchObject({ state: 'succeeded', values: { y: 4 } });
    expect(await starts(folder)).toEqual({ k: 1 });
  });

  it('is one job when several processes submit the same key at once', async () => {
    const folder = await scratchFolder();
    const gate = join(folder, 'gate');
    const children = Array.from({ length: 4 }, () => worker(folder, gate));
    const jobs = await Promise.all(children.map(jobOf));
    expect(new Set(jobs).size).toBe(1);
    await Promise.all(children.map(killGroup));
    await writeFile(gate, '');
    const adapter = command.create(command.settings.parse(settingsFor(gate)), contextIn(folder));
    expect(await ended(adapter, jobs[0]!)).toMatchObject({ state: 'succeeded' });
    expect(await starts(folder)).toEqual({ k: 1 });
    expect(await readdir(join(folder, 'jobs'))).toHaveLength(1);
    expect(await readdir(join(folder, 'staging'))).toEqual([]);
  });
});
