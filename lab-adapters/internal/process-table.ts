import { access, readdir, readFile } from 'node:fs/promises';
import type { Fault } from '../../models/domain/fault.js';

/** Environment variable by which every process of a job is known; its value is the folder of the job's programs. */
export const jobVariable = 'ATHANOR_JOB';

/** What keeps local jobs from being run on this machine at all. */
export async function platformFaults(): Promise<Fault[]> {
  return access('/proc/self/stat').then(
    () => [],
    () => [{ path: '', message: 'there is no /proc to tell processes by', remedy: 'run local programs on Linux' }],
  );
}

/**
 * Whether a process noted earlier still lives. A process id alone does not tell, because ids are used again; together
 * with the start time and the boot it does.
 *
 * @param identity - `pid starttime boot-id`, as the job's wrapper wrote it; start time in clock ticks since the boot
 */
export async function isAlive(identity: string): Promise<boolean> {
  const [pid, started, boot] = identity.trim().split(' ');
  if (!/^\d+$/.test(pid ?? '') || started === undefined || boot === undefined) return false;
  if ((await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim() !== boot) return false;
  const stat = await statOf(pid!);
  return stat !== null && stat.started === started && stat.state !== 'Z' && stat.state !== 'X';
}

/**
 * Whether the process noted as a job's wrapper is one of the job, and lives.
 * @param folder - of the job's programs
 */
export async function isWrapper(identity: string, folder: string): Promise<boolean> {
  return (await isAlive(identity)) && (await environmentOf(identity.trim().split(' ')[0]!)).includes(markOf(folder));
}

/** Whether any process of a job is left. */
export async function isAnyLeft(folder: string): Promise<boolean> {
  return (await processesOf(folder)).length > 0;
}

/**
 * Ends every process of a job with SIGKILL and waits until none is left.
 *
 * They are told by the variable in the environment they were started with, so that one which left its process group is
 * found too, and a recycled id never hits a stranger. Members of their process groups go with them.
 *
 * @returns false if some process outlives a hundred attempts (it hangs in the kernel)
 */
export async function killJob(folder: string, first: string | null): Promise<boolean> {
  // The wrapper goes first, so that it cannot note an exit code for what is being killed.
  if (first !== null && (await isWrapper(first, folder))) kill(Number.parseInt(first, 10));
  for (let attempt = 0; attempt < 100; attempt++) {
    const left = await processesOf(folder);
    if (left.length === 0) return true;
    // What multiplies is stopped before it is ended, or it would always be ahead.
    if (attempt > 2) for (const { pid } of left) kill(pid, 'SIGSTOP');
    for (const { pid, group } of left) {
      // A group led by a process of the job is the job's own.
      if (left.some((process) => process.pid === group)) kill(-group);
      kill(pid);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return false;
}

async function processesOf(folder: string): Promise<{ pid: number; group: number }[]> {
  const mark = markOf(folder);
  const found: { pid: number; group: number }[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    if (!(await environmentOf(pid)).includes(mark)) continue;
    const stat = await statOf(pid);
    if (stat !== null && stat.state !== 'Z') found.push({ pid: Number(pid), group: stat.group });
  }
  return found;
}

/** The fields of /proc/PID/stat that matter here; null if there is no such process. */
async function statOf(pid: string): Promise<{ state: string; group: number; started: string } | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) return null;
  // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0]!, group: Number(fields[2]), started: fields[19]! };
}

function markOf(folder: string): string {
  return `${jobVariable}=${folder}`;
}

/** Environment a process was started with. Those of other people, and that end meanwhile, cannot be read: none of ours. */
async function environmentOf(pid: string): Promise<readonly string[]> {
  return (await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')).split('\0');
}

function kill(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already: what was wanted.
  }
}
