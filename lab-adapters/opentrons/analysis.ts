import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { cleanText } from '../../models/domain/clean-text.js';
import { AdapterError } from '../../models/domain/errors.js';
import { readJsonReply } from '../internal/reply.js';
import type { Rendered } from './protocol.js';

const errorSchema = z.looseObject({ detail: z.string().optional(), errorType: z.string().optional() });
const analysisSchema = z.looseObject({ result: z.string(), errors: z.array(errorSchema).default([]) });

/** Only this of the worker's environment goes with the analysis: a protocol is a program. */
const handedOn = /^(?:PATH|HOME|LANG|LC_\w+|TMPDIR|LD_LIBRARY_PATH)$/;

/**
 * What the package opentrons finds wrong with a protocol and its run-time parameters; null where nothing.
 * @throws {AdapterError} if there is no analysis
 */
export async function analysed(
  python: string,
  { files, parameters }: Rendered,
  limitMs: number,
): Promise<string | null> {
  const folder = await mkdtemp(join(tmpdir(), 'athanor-opentrons-'));
  try {
    for (const { name, text } of files) await writeFile(join(folder, name), text);
    // A protocol may print, so the analysis goes to a file.
    const out = join(folder, 'analysis.json');
    const args = ['--check', '--log-output=stderr', '--log-level=error', `--json-output=${out}`];
    const values = Object.keys(parameters).length === 0 ? [] : ['--rtp-values', JSON.stringify(parameters)];
    const command = [
      '-m',
      'opentrons.cli',
      'analyze',
      ...args,
      ...values,
      ...files.map(({ name }) => join(folder, name)),
    ];
    const inherited = Object.entries(process.env).filter(([name]) => handedOn.test(name));
    const env = { ...Object.fromEntries(inherited), OT_API_CONFIG_DIR: folder, PYTHONDONTWRITEBYTECODE: '1' };
    const complaint = await new Promise<string | null>((resolve, reject) => {
      execFile(
        python,
        command,
        { env, cwd: folder, timeout: limitMs, killSignal: 'SIGKILL', maxBuffer: 2 ** 22 },
        (error, _, stderr) => {
          if (error === null) resolve(null);
          else if (error.killed || typeof error.code === 'string')
            reject(
              new AdapterError(
                `the protocol cannot be analysed by ${python}: ${error.killed ? `no end within ${limitMs / 1000} s` : error.message}`,
              ),
            );
          else resolve(stderr);
        },
      );
    });
    const text = await readFile(out, 'utf8').catch(() => null);
    if (text === null) {
      const words = cleanText((complaint ?? '').trim().split('\n').slice(-1).join(' ').replaceAll(folder, ''), 500);
      if (/No module named/.test(words)) throw new AdapterError(`${python} has no package opentrons: ${words}`);
      return words === '' ? 'the analysis says nothing' : words;
    }
    const document = readJsonReply(Buffer.from(text), `the analysis by ${python}`);
    if ('refusal' in document) throw new AdapterError(document.refusal);
    const read = analysisSchema.safeParse(document.document);
    if (!read.success) throw new AdapterError(`the analysis by ${python} is none: ${read.error.issues[0]!.message}`);
    return verdictIn(read.data);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What an analysis says against a protocol; null where nothing. */
export function verdictIn({
  result,
  errors,
}: {
  readonly result: string;
  readonly errors: readonly z.infer<typeof errorSchema>[];
}): string | null {
  if (result === 'ok' && errors.length === 0) return null;
  const words = errors.map(({ detail, errorType }) => detail ?? errorType ?? '').filter((each) => each !== '');
  return cleanText(words.length === 0 ? `the analysis says '${result}'` : words.join('; '), 1_000);
}
