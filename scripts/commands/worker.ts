import { Command } from 'commander';
import { readConfig } from '../config.js';
import { exitCodes } from './exit-codes.js';
import type { Verb } from './verb.js';

/** `athanor worker`: does the work of all campaigns until it is interrupted. */
export const workerCommand: Verb = (terminal) =>
  new Command('worker')
    .description('do the work of all campaigns until interrupted; as many workers as you like can run')
    .addHelpText(
      'after',
      '\nCtrl-C or SIGTERM lets go of all work in an orderly way; jobs live on, another worker takes over. Local servers that die\nare started again on their ports.\n\nExample:\n  athanor worker',
    )
    .action(async () => {
      const config = readConfig(terminal.environment);
      const { ensureServices } = await import('../local/services.js');
      const services = await ensureServices(config, terminal.note);
      for (const note of services.notes) terminal.note(note);
      const { startKeptWorker } = await import('./kept-worker.js');
      const worker = await startKeptWorker(config, services, terminal.note);
      terminal.note('worker ready; Ctrl-C ends it');
      let interrupted = false;
      const undo = terminal.onInterrupt(() => {
        if (interrupted) process.exit(exitCodes.interrupted);
        interrupted = true;
        terminal.note('letting go of all work; once more ends at once');
        worker.shutdown().catch(() => undefined);
      });
      await worker.ended.finally(undo);
    });
