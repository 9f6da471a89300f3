import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { InvalidInputError } from '../../models/domain/errors.js';
import { readConfig } from '../config.js';
import { makeFolder } from '../make-folder.js';
import { systemdUnits } from '../service/units.js';
import { wholeNumber } from './arguments.js';
import { untilInterrupted } from './lab/until-interrupted.js';
import { print, type Terminal } from './terminal.js';
import type { Verb } from './verb.js';

interface Options {
  readonly out: string;
  readonly user?: string;
  readonly system?: boolean;
  readonly host: string;
  readonly port: number;
  readonly stopPort?: number;
  readonly name?: readonly string[];
  readonly workers: number;
  readonly json?: boolean;
}

/** `athanor service`: writes systemd units. */
export const serviceCommand: Verb = (terminal) =>
  new Command('service')
    .description('write systemd units for servers, workers, API with page, and safe stop; install nothing')
    .option('--out <folder>', 'where they are written', 'athanor-units')
    .option('--system', "for the machine, to be run by --user; for this user's own (systemctl --user) where absent")
    .option('--user <name>', 'who runs them, with --system (the user of this machine)')
    .option('--host <address>', 'address on which API and safe stop listen', '127.0.0.1')
    .option('--port <port>', 'of the API', wholeNumber(1, 65_534), 8750)
    .option('--stop-port <port>', 'of safe stop (the next after --port)', wholeNumber(1, 65_535))
    .option('--name <host...>', 'by which the API is called from elsewhere: lab.example.org')
    .option('--workers <n>', 'workers that do the work of campaigns', wholeNumber(1, 64), 1)
    .option('--json', 'print what was written as JSON')
    .addCommand(serversCommand(terminal))
    .addHelpText(
      'after',
      `
The home is that of ATHANOR_HOME. Secrets of instruments and destinations, and DATABASE_URL and TEMPORAL_ADDRESS where there are such, belong
into the file 'environment' of the home, mode 0600, a NAME=value a line. Where both servers are given, no unit keeps them.

Examples:
  athanor service && systemctl --user link --now athanor-units/* && systemctl --user enable --now athanor.target
  athanor service --system --user athanor --out /etc/systemd/system --name lab.example.org`,
    )
    .action(
      async ({ out, system, user, host, port, stopPort = port + 1, name: names = [], workers, json }: Options) => {
        if (user !== undefined && system !== true)
          throw new InvalidInputError('service', [
            {
              path: 'user',
              message: 'given without --system',
              remedy: 'units of a user are run by that user; say --system',
            },
          ]);
        const { home, shared, databaseUrl, temporalAddress } = readConfig(terminal.environment);
        const units = systemdUnits({
          ...{ home, shared, host, port, stopPort, names, workers },
          node: process.execPath,
          program: fileURLToPath(
            new URL(import.meta.url.endsWith('.ts') ? '../../dist/scripts/cli.js' : '../cli.js', import.meta.url),
          ),
          user: system === true ? (user ?? userInfo().username) : null,
          ownServers: databaseUrl === null || temporalAddress === null,
          secrets: path.join(home, 'environment'),
        });
        const folder = path.resolve(out);
        await makeFolder(folder, 0o755);
        const files = Object.keys(units).map((file) => path.join(folder, file));
        for (const [file, text] of Object.entries(units))
          await writeFile(path.join(folder, file), text, { mode: 0o644 });
        const faults = await verified(files, system === true);
        await print(terminal, json, { folder, files, verified: faults === null ? null : faults === '', faults }, () =>
          [
            ...files,
            ...(faults === null
              ? ['not checked: there is no systemd-analyze here']
              : faults === ''
                ? ["checked by 'systemd-analyze verify': nothing is wrong with them"]
                : [`'systemd-analyze verify' says:`, faults]),
          ].join('\n'),
        );
      },
    );

/** What systemd says against units; empty where nothing, null where it cannot be asked here. */
async function verified(files: readonly string[], isSystem: boolean): Promise<string | null> {
  // A template is verified as one of its instances.
  // Where nobody is logged in there is no such folder, and nothing is put there.
  const env = { XDG_RUNTIME_DIR: tmpdir(), ...process.env };
  const asked = files.map((file) => file.replace('@.service', '@1.service'));
  try {
    const words = ['verify', ...(isSystem ? [] : ['--user']), '--man=no', ...asked];
    const { stderr } = await promisify(execFile)('systemd-analyze', words, { env });
    return stderr.trim();
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    return code === 'ENOENT' ? null : (stderr ?? String(error)).trim();
  }
}

/** `athanor service servers`: runs the home's own servers until interrupted, and ends them then; for the unit. */
function serversCommand(terminal: Terminal): Command {
  return new Command('servers')
    .description('run PostgreSQL and Temporal of the home until interrupted, then end them; what the unit does')
    .action(async () => {
      const config = readConfig(terminal.environment);
      const { ensureServices, stopServices } = await import('../local/services.js');
      const { keepServices } = await import('../local/keep-services.js');
      const services = await ensureServices(config, terminal.note);
      const leave = new AbortController();
      const kept = keepServices(config, services, {
        log: terminal.note,
        signal: leave.signal,
        onMoved: () => terminal.note('a server is at another address now; workers find it'),
        onEnded: () => terminal.note("ended by a person ('athanor down')"),
      });
      await untilInterrupted(terminal, 'servers ready; Ctrl-C ends them');
      leave.abort();
      await kept;
      await stopServices(config.home);
    });
}
