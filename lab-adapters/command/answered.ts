import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfPresent } from '../internal/files.js';
import { answerLimit } from './program.js';
import { readAnswer } from './wire.js';

/**
 * When the program of a job ended by itself with a complete answer, milliseconds since 1970: with exit code 0 and values, or
 * with a failure of its own, whatever the code. Null where it has not: it runs, or what stands on stdout is no answer (yet).
 *
 * @param folder - of the job's state
 */
export async function answeredAt(folder: string): Promise<number | null> {
  const ended = await stat(join(folder, 'code')).catch(() => null);
  if (ended === null) return null;
  const code = (await textOf(folder, 'code')).trim();
  const reading = readAnswer(await textOf(folder, 'answer'));
  if (code === '' || !('answer' in reading)) return null;
  return Number(code) === 0 || reading.answer.failure !== undefined ? ended.mtimeMs : null;
}

/** Text of a file that the program's script writes; empty where there is none. */
export async function textOf(folder: string, name: string): Promise<string> {
  return (await readIfPresent(join(folder, name), 2 * answerLimit)) ?? '';
}
