import { Command } from 'commander';
import { version } from '../version.js';
import { completionCommand } from './completion.js';
import {
  abortCommand,
  budgetCommand,
  drainCommand,
  extendCommand,
  parallelCommand,
  pauseCommand,
  resumeCommand,
  retryCommand,
} from './decisions.js';
import { doctorCommand } from './doctor.js';
import { downCommand } from './down.js';
import { exitCodeHelp } from './exit-codes.js';
import { exportCommand } from './export.js';
import { initCommand } from './init.js';
import { listCommand } from './list.js';
import { reportCommand } from './report.js';
import { ruleCommand } from './rule.js';
import { runCommand } from './run.js';
import { schemaCommand } from './schema.js';
import { simulateCommand } from './simulate.js';
import { statusCommand } from './status.js';
import { suggestCommand } from './suggest.js';
import type { Terminal } from './terminal.js';
import { validateCommand } from './validate.js';
import type { Verb } from './verb.js';
import { verifyCommand } from './verify.js';
import { watchCommand } from './watch.js';
import { workerCommand } from './worker.js';

/** The verbs in the order of `athanor --help`; a new one is one line here. */
const verbs: readonly Verb[] = [
  initCommand,
  validateCommand,
  schemaCommand,
  simulateCommand,
  suggestCommand,
  runCommand,
  listCommand,
  statusCommand,
  watchCommand,
  pauseCommand,
  resumeCommand,
  drainCommand,
  abortCommand,
  budgetCommand,
  parallelCommand,
  retryCommand,
  ruleCommand,
  extendCommand,
  verifyCommand,
  reportCommand,
  exportCommand,
  workerCommand,
  downCommand,
  doctorCommand,
  completionCommand,
];

/** The whole command line. Parsing throws CommanderError instead of ending the process. */
export function buildProgram(terminal: Terminal, end: (exitCode: number) => void): Command {
  const output = {
    // Whoever reads a pipe may close it when they have seen enough.
    writeOut: (text: string) => void terminal.write(text).catch(() => undefined),
    writeErr: terminal.draw,
  };
  const program = new Command('athanor')
    .configureOutput(output)
    .description('Active-learning closed-loop orchestrator for materials and molecule discovery.')
    .version(version(), '-V, --version')
    .addHelpText('after', `\n${exitCodeHelp}\n\nEnvironment:\n${environmentHelp}`)
    .exitOverride()
    .showSuggestionAfterError(false);
  for (const verb of verbs) {
    const command = verb(terminal, end).configureOutput(output).exitOverride();
    program.addCommand(command.showHelpAfterError(false).showSuggestionAfterError(false));
  }
  return program;
}

const environmentHelp = `  ATHANOR_HOME            where campaigns, local servers and reports are kept (~/.athanor)
  DATABASE_URL            a PostgreSQL (14 or later) to use instead of the embedded one
  TEMPORAL_ADDRESS        a Temporal server to use instead of a local one
  TEMPORAL_NAMESPACE      its namespace (default)
  TEMPORAL_API_KEY        and TEMPORAL_TLS, TEMPORAL_TLS_CLIENT_CERT_PATH, TEMPORAL_TLS_CLIENT_KEY_PATH,
                          TEMPORAL_TLS_SERVER_CA_CERT_PATH, TEMPORAL_TLS_SERVER_NAME: how it lets us in
  ATHANOR_SHARED          a folder for the jobs of adapters, in place of the home, which workers of several homes of one
                          machine share
  ATHANOR_DECIDE_THREADS  decisions that a worker makes at the same time (one less than cores, at least one)
  ATHANOR_DECIDE_MEMORY   memory of each decision in MB (six tenths of the machine's, in equal parts)`;
