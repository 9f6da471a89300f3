import { Command } from 'commander';
import { version } from '../version.js';
import { exitCodeHelp } from './exit-codes.js';
import type { Terminal } from './terminal.js';
import type { Verb } from './verb.js';

/** The verbs in the order of `athanor --help`, loaded when they are wanted; a new one is one line here. */
const verbs: Readonly<Record<string, (next?: string) => Promise<Verb>>> = {
  init: async () => (await import('./init.js')).initCommand,
  validate: async () => (await import('./validate.js')).validateCommand,
  schema: async () => (await import('./schema.js')).schemaCommand,
  simulate: async () => (await import('./simulate.js')).simulateCommand,
  suggest: async () => (await import('./suggest.js')).suggestCommand,
  predict: async () => (await import('./predict.js')).predictCommand,
  run: async () => (await import('./run.js')).runCommand,
  list: async () => (await import('./list.js')).listCommand,
  status: async () => (await import('./status.js')).statusCommand,
  watch: async () => (await import('./watch.js')).watchCommand,
  pause: async () => (await import('./decisions.js')).pauseCommand,
  resume: async () => (await import('./decisions.js')).resumeCommand,
  drain: async () => (await import('./decisions.js')).drainCommand,
  abort: async () => (await import('./decisions.js')).abortCommand,
  change: async () => (await import('./change.js')).changeCommand,
  budget: async () => (await import('./decisions.js')).budgetCommand,
  parallel: async () => (await import('./decisions.js')).parallelCommand,
  retry: async () => (await import('./decisions.js')).retryCommand,
  inbox: async () => (await import('./inbox.js')).inboxCommand,
  approve: async () => (await import('./approvals.js')).approveCommand,
  reject: async () => (await import('./approvals.js')).rejectCommand,
  edit: async () => (await import('./own-designs.js')).editCommand,
  add: async () => (await import('./own-designs.js')).addCommand,
  resolve: async () => (await import('./resolve.js')).resolveCommand,
  enter: async () => (await import('./enter.js')).enterCommand,
  release: async () => (await import('./rule.js')).releaseCommand,
  amend: async () => (await import('./rule.js')).amendCommand,
  discard: async () => (await import('./rule.js')).discardCommand,
  rule: async () => (await import('./rule.js')).ruleCommand,
  extend: async () => (await import('./decisions.js')).extendCommand,
  verify: async () => (await import('./verify.js')).verifyCommand,
  report: async () => (await import('./report.js')).reportCommand,
  explain: async () => (await import('./explain.js')).explainCommand,
  events: async () => (await import('./events.js')).eventsCommand,
  audit: async () => (await import('./audit.js')).auditCommand,
  raw: async () => (await import('./raw.js')).rawCommand,
  export: async () => (await import('./export.js')).exportCommand,
  lab: async (next) => (await import('./lab.js')).labGroup(next),
  models: async (next) => (await import('./models.js')).modelsGroup(next),
  serve: async () => (await import('./serve.js')).serveCommand,
  stopd: async () => (await import('./stopd.js')).stopdCommand,
  token: async () => (await import('./token.js')).tokenCommand,
  alarms: async () => (await import('./alarms.js')).alarmsCommand,
  notify: async () => (await import('./notify.js')).notifyCommand,
  worker: async () => (await import('./worker.js')).workerCommand,
  service: async () => (await import('./systemd-units.js')).serviceCommand,
  down: async () => (await import('./down.js')).downCommand,
  doctor: async () => (await import('./doctor.js')).doctorCommand,
  completion: async () => (await import('./completion.js')).completionCommand,
};

/**
 * The command line. Parsing throws CommanderError instead of ending the process.
 *
 * @param word - with which the line begins: where it is a verb, that one alone is loaded, which halves the time of a start
 * @param next - with which it goes on
 */
export async function buildProgram(
  terminal: Terminal,
  end: (exitCode: number) => void,
  word?: string,
  next?: string,
): Promise<Command> {
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
  for (const load of wantedVerbs(word)) {
    const verb = await load(next);
    const command = verb(terminal, end);
    for (const one of [command, ...command.commands])
      one.configureOutput(output).exitOverride().showHelpAfterError(false).showSuggestionAfterError(false);
    program.addCommand(command);
  }
  return program;
}

function wantedVerbs(word: string | undefined) {
  if (word === '-V' || word === '--version') return [];
  // The script for a shell names them all.
  const alone = word !== undefined && word !== 'completion' && Object.hasOwn(verbs, word);
  return alone ? [verbs[word]!] : Object.values(verbs);
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
  ATHANOR_DECIDE_MEMORY   memory of each decision in MB (six tenths of the machine's, in equal parts)
  ATHANOR_RAW_FILE_MB     size of one raw output of a trial that is kept in MB (512), and ATHANOR_RAW_TRIAL_MB of all of
                          one trial (2048); a larger one is left where it is`;
