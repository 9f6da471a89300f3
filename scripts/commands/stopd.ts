import { Command } from 'commander';
import { readConfig } from '../config.js';
import { wholeNumber } from './arguments.js';
import { untilInterrupted } from './lab/until-interrupted.js';
import type { Verb } from './verb.js';

interface Options {
  readonly host: string;
  readonly port: number;
  readonly name?: readonly string[];
  readonly page?: readonly string[];
}

/** `athanor stopd`: safe stop by a page of its own, until interrupted; needs no server. */
export const stopdCommand: Verb = (terminal) =>
  new Command('stopd')
    .description('serve safe stop alone, at a port of its own; needs no PostgreSQL and no Temporal')
    .option('--port <port>', 'where to listen; 0 for any that is free', wholeNumber(0, 65_535), 8751)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--name <host...>', 'by which it is called from elsewhere: lab.example.org')
    .option('--page <origin...>', "origins of pages whose STOP it takes, beside its own: those of 'athanor serve'")
    .addHelpText(
      'after',
      `
'athanor serve' starts one, which outlives it where it dies. Browsers that are logged in at 'serve' are known here by a sealed cookie. It
works without JavaScript, and answers a line for each instrument.

Example:
  athanor stopd --page http://127.0.0.1:8750`,
    )
    .action(async ({ host, port, name: names = [], page: pages = [] }: Options) => {
      const { home, shared } = readConfig(terminal.environment);
      const { startStopd } = await import('../stopd/stopd-server.js');
      const stopd = await startStopd(shared ?? home, { host, port, names, pages }, terminal.note);
      try {
        await untilInterrupted(terminal, `safe stop at ${stopd.url}; Ctrl-C ends it`);
      } finally {
        await stopd.close();
      }
    });
