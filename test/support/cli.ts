import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Surroundings } from '../../scripts/commands/terminal.js';

const command = fileURLToPath(new URL('../../dist/scripts/cli.js', import.meta.url));

/** How a command is run in a test. */
export interface CliOptions {
  readonly cwd?: string;
  /** Added to this process's environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  /** Killed after this; the default is the limit of a test. */
  readonly timeoutMs?: number;
}

/** How a command is run in the process of its test. */
export type CallOptions = Pick<CliOptions, 'cwd' | 'env'>;

/** What a finished command left. */
export interface CliResult {
  /** Exit code; null if a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  /** Without what is said for want of an end where something takes long, as all does on a busy machine. */
  readonly stderr: string;
}

/** Lines that a command says only where it takes longer than people like to wait in silence. */
const ofPatience =
  /^(?:\w+: waiting for a worker to confirm it|still looking at .*|athanor: encoding molecules, \d+ of \d+|\d+ of \d+ designs)\n/gm;

/** A command that still runs. */
export interface RunningCli {
  readonly child: ChildProcess;
  /** What it printed so far, both streams. */
  output(): string;
  /** Ends when the output matches; fails if the command ends first. */
  seen(pattern: RegExp): Promise<RegExpMatchArray>;
  /** Ends when the command does. */
  readonly done: Promise<CliResult>;
}

/** Runs the built `athanor` command to its end. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return startCli(args, options).done;
}

/** Runs the built `athanor` command and reads its standard output as one JSON document. */
export async function runCliJson<T>(args: readonly string[], options: CliOptions = {}): Promise<T> {
  return parsed(args, await runCli(args, options));
}

/** Runs it by `callCli` and reads its standard output as one JSON document. */
export async function callCliJson<T>(args: readonly string[], options: CallOptions = {}): Promise<T> {
  return parsed(args, await callCli(args, options));
}

function parsed<T>(args: readonly string[], { code, stdout, stderr }: CliResult): T {
  try {
    return JSON.parse(stdout) as T;
  } catch (cause) {
    throw new Error(`athanor ${args.join(' ')} printed no JSON (exit ${code}):\n${stdout}\n${stderr}`, { cause });
  }
}

let queue: Promise<unknown> = Promise.resolve();

/**
 * Runs the built `athanor` command in this process, one at a time: a second quicker than `runCli`, for what does not depend
 * on signals, pipes or the end of a process. It sees the environment of this process but for what is given.
 */
export async function callCli(args: readonly string[], options: CallOptions = {}): Promise<CliResult> {
  const call = queue.then(() => callAlone(args, options));
  queue = call.catch(() => undefined);
  return call;
}

async function callAlone(args: readonly string[], { cwd = process.cwd(), env }: CallOptions): Promise<CliResult> {
  const { main } = (await import(command)) as typeof import('../../scripts/cli.js');
  const [stdout, stderr]: [string[], string[]] = [[], []];
  const into = (texts: string[]) =>
    new Writable({
      write: (text, _, done) => {
        texts.push(String(text));
        done();
      },
    });
  const surroundings = {
    stdout: into(stdout),
    stderr: into(stderr),
    stdin: { isTTY: false },
    env: Object.fromEntries(Object.entries({ ...process.env, ...env }).filter(([, value]) => value !== undefined)),
    on: process.on.bind(process),
    off: process.off.bind(process),
  } as unknown as Surroundings;
  const before = process.cwd();
  process.chdir(cwd);
  try {
    const code = await main(args, surroundings);
    return { code, signal: null, stdout: stdout.join(''), stderr: stderr.join('').replaceAll(ofPatience, '') };
  } finally {
    process.chdir(before);
  }
}

/** Starts the built `athanor` command. */
export function startCli(args: readonly string[], options: CliOptions = {}): RunningCli {
  const env = { ...process.env, ...options.env };
  for (const [name, value] of Object.entries(env)) if (value === undefined) delete env[name];
  const child = spawn(process.execPath, [command, ...args], { cwd: options.cwd, env, stdio: 'pipe' });
  let stdout = '';
  let stderr = '';
  let all = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    all += text;
    child.emit('printed');
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    all += text;
    child.emit('printed');
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 600_000);
  let ended = false;
  const done = once(child, 'close').then(([code, signal]): CliResult => {
    clearTimeout(timer);
    ended = true;
    child.emit('printed');
    const said = stderr.replaceAll(ofPatience, '');
    return { code: code as number | null, signal: signal as NodeJS.Signals | null, stdout, stderr: said };
  });
  const seen = async (pattern: RegExp): Promise<RegExpMatchArray> => {
    for (;;) {
      const match = all.match(pattern);
      if (match !== null) return match;
      if (ended) throw new Error(`athanor ${args.join(' ')} ended without printing ${pattern}:\n${all}`);
      await once(child, 'printed');
    }
  };
  return { child, output: () => all, seen, done };
}
