import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { WorkerSettings } from '../../scripts/durable/worker.js';

const program = `
  const { startWorker } = await import(process.argv[1]);
  await startWorker({ ...JSON.parse(process.argv[2]), log: (line) => process.stderr.write(line + '\\n') });
  process.stdout.write('ready\\n');
`;

/** A worker in a process of its own, which a test may kill. */
export interface WorkerProcess {
  readonly child: ChildProcess;
  /** Ends it with SIGKILL, as a power cut would, and waits until it is gone. */
  kill(): Promise<void>;
}

/** Starts a worker from the built package and waits until it works. */
export async function startWorkerProcess(settings: WorkerSettings): Promise<WorkerProcess> {
  const file = fileURLToPath(new URL('../../dist/scripts/durable/worker.js', import.meta.url));
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, file, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (data) => {
    said += String(data);
  });
  const gone = once(child, 'exit');
  const first = await Promise.race([once(child.stdout, 'data'), gone]);
  if (!String(first[0]).startsWith('ready')) throw new Error(`the worker did not start:\n${said}`);
  return {
    child,
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await gone;
    },
  };
}
