import { Command } from 'commander';
import { InvalidInputError } from '../../models/domain/errors.js';
import { readConfig } from '../config.js';
import { decidedBy } from './decisions.js';
import { exitCodes } from './exit-codes.js';
import type { Verb } from './verb.js';

interface WorkerOptions {
  readonly instrument?: readonly string[];
  readonly restored?: true;
}

/** `athanor worker`: does the work of all campaigns, or drives some instruments, until it is interrupted. */
export const workerCommand: Verb = (terminal) =>
  new Command('worker')
    .description('do the work of all campaigns until interrupted; as many workers as you like can run')
    .option(
      '--instrument <name...>',
      "drive these instruments of a lab and do nothing else; the lab file names them a 'worker'",
    )
    .option('--restored', 'the database was restored from an older dump: go on from what it holds')
    .addHelpText(
      'after',
      `
Ctrl-C or SIGTERM lets go of all work in an orderly way; jobs live on, another worker takes over. Local servers that die
are started again on their ports.

A worker refuses a database that is an older state of the one it worked with. Where that was restored on purpose, end all other workers,
and say so with --restored: workflows, which know of more, are ended and begun anew from the database. Jobs that devices have are found
again by their keys, and what they measured is collected; what people said since is to be said again.

With --instrument it runs on a machine beside the instruments that reaches DATABASE_URL and TEMPORAL_ADDRESS; nobody connects to it.

Examples:
  athanor worker
  athanor worker --instrument furnace --instrument bench/xrd`,
    )
    .action(async ({ instrument, restored }: WorkerOptions) => {
      if (restored === true && instrument !== undefined)
        throw new InvalidInputError('worker', [
          {
            path: 'restored',
            message: 'given with --instrument',
            remedy: 'say it to a worker that does the work of campaigns',
          },
        ]);
      const config = readConfig(terminal.environment);
      const { ensureServices } = await import('../local/services.js');
      const services = await ensureServices(config, terminal.note);
      for (const note of services.notes) terminal.note(note);
      const { startKeptWorker } = await import('./kept-worker.js');
      const told = {
        ...(instrument === undefined ? {} : { instruments: instrument }),
        ...(restored === true ? { restoredBy: decidedBy({}).who } : {}),
      };
      const worker = await startKeptWorker(config, services, terminal.note, told);
      terminal.note(`worker ready${instrument === undefined ? '' : ` for ${instrument.join(', ')}`}; Ctrl-C ends it`);
      let interrupted = false;
      const undo = terminal.onInterrupt(() => {
        if (interrupted) process.exit(exitCodes.interrupted);
        interrupted = true;
        terminal.note('letting go of all work; once more ends at once');
        worker.shutdown().catch(() => undefined);
      });
      await worker.ended.finally(undo);
    });
