import { stat } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import { durationMs } from '../../models/domain/duration.js';
import type { Fault } from '../../models/domain/fault.js';
import { rawLimits } from '../../models/domain/raw-limits.js';
import type { AdapterType } from '../contract.js';
import { compiledCommand } from '../internal/compiled.js';
import { type LocalAdapter, localAdapter } from '../internal/local-adapter.js';
import { platformFaults } from '../internal/process-table.js';
import { isRunnable } from '../internal/runnable.js';
import { answeredAt } from './answered.js';
import { environmentFaults, environmentOf, secretNames } from './environment.js';
import { programScript } from './program.js';
import { resultOf } from './result.js';
import type { CommandSettings } from './settings.js';
import { commandSettings } from './settings.js';

/** Any program of the person's own: the request as JSON on stdin, the answer as JSON on stdout. */
export const command: AdapterType<CommandSettings, LocalAdapter> = {
  name: 'command',
  description: 'any program that reads a request as JSON from stdin and writes its answer as JSON to stdout',
  settings: commandSettings,
  paths: ['cwd'],
  trialPrograms: ['command'],
  costSetting: 'cost',
  incidental: ['timeout', 'deterministic'],
  check: faultsOf,
  lacks: ({ env }, environment) => environmentFaults(env, environment),
  create: (settings, { folder, rawFileBytes = rawLimits.fileBytes }) =>
    localAdapter(folder, {
      // Secrets are taken when a program starts, and kept nowhere.
      get environment() {
        return environmentOf(settings.env, process.env);
      },
      deterministic: settings.deterministic,
      validate: async () => {
        // Before anything is noted of a start: a trial waits for a worker that has what it needs.
        environmentOf(settings.env, process.env);
        return [];
      },
      prepare: async (key, request) => {
        environmentOf(settings.env, process.env);
        const secrets = secretNames(settings.env);
        const redact = secrets.length === 0 ? null : await compiledCommand(import.meta.url, 'redact-child.js');
        const cwd = settings.cwd === undefined ? null : resolve(settings.cwd);
        return {
          script: programScript(settings.command, cwd, redact, secrets),
          files: { 'input.json': JSON.stringify({ key, ...request }) },
          timeoutMs: durationMs(settings.timeout),
        };
      },
      parse: (program) => resultOf(settings, program, rawFileBytes),
      answeredAt,
      spent: async (_, ms) => settings.cost ?? ms / 1000,
      health: async () => {
        const fault = [...environmentFaults(settings.env, process.env), ...(await faultsOf(settings))][0];
        if (fault !== undefined) return { ok: false, message: fault.message, remedy: fault.remedy };
        return { ok: true, message: `${settings.command[0]} can be started` };
      },
    }),
};

/** The PATH that the program is looked for on. */
function pathOf({ env }: CommandSettings): string | undefined {
  const given = env?.PATH;
  return typeof given === 'object' ? process.env[given.from] : (given ?? process.env.PATH);
}

async function faultsOf(settings: CommandSettings): Promise<readonly Fault[]> {
  const faults = await platformFaults();
  const cwd = settings.cwd;
  const isFolder = (path: string) =>
    stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
  if (cwd !== undefined && !(await isFolder(cwd)))
    faults.push({ path: 'cwd', message: `no folder ${cwd}`, remedy: 'give an existing folder' });
  const [program] = settings.command;
  if (program!.includes('/') && !isAbsolute(program!) && cwd === undefined)
    faults.push({
      path: 'command[0]',
      message: `'${program}' is relative, and there is no 'cwd' to find it in`,
      remedy: "set 'cwd: .' for the folder of the campaign file, or give the whole path",
    });
  else if (!(await isRunnable(program!, { path: pathOf(settings), cwd })))
    faults.push({
      path: 'command[0]',
      message: `'${program}' cannot be started`,
      remedy: 'give a program on the PATH, or the path of an executable file',
    });
  return faults;
}
