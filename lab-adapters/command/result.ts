import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { cleanText } from '../../models/domain/clean-text.js';
import { distinctNames } from '../../models/domain/distinct-names.js';
import { rawLimits } from '../../models/domain/raw-limits.js';
import type { Cause } from '../../models/domain/trial.js';
import type { RawFile } from '../contract.js';
import { type Ended, type EndedProgram, rawPath } from '../internal/job.js';
import { shelve } from '../internal/raw-shelf.js';
import { withoutSecrets } from '../internal/secrets.js';
import { textOf } from './answered.js';
import { answerLimit } from './program.js';
import type { CommandSettings } from './settings.js';
import { readAnswer } from './wire.js';

/** Characters of stdout and stderr that go with a failure. */
const kept = 2_000;

/**
 * Result of a program that has ended.
 *
 * Cost: what the answer names, else the setting `cost` (which a campaign file fills with the fidelity's), else the
 * seconds it took. Values beyond the objectives wanted go to the details. Of those wanted some may be missing or no numbers:
 * that is passed on, for who observes the trial to judge (`models/domain/observe.ts`).
 */
export async function resultOf(
  settings: CommandSettings,
  program: EndedProgram,
  rawFileBytes = rawLimits.fileBytes,
): Promise<Ended> {
  const ended = await withFiles(await judged(settings, program), settings, program, rawFileBytes);
  // The files are without secrets already; this is for those spelt in some other way, which reading them undid.
  return withoutSecrets(ended, settings.env ?? {}, process.env);
}

/** The result with the files that the answer names: copied, as the folder of the program goes. */
async function withFiles(
  ended: Ended,
  { cwd }: CommandSettings,
  { folder, work }: EndedProgram,
  rawFileBytes: number,
): Promise<Ended> {
  const reading = readAnswer(await textOf(folder, 'answer'));
  const named = Object.entries('answer' in reading ? (reading.answer.files ?? {}) : {});
  if (named.length === 0) return ended;
  const outputs: Record<string, RawFile> = {};
  const shownName = distinctNames();
  for (const [name, given] of named) {
    const { path, mediaType } = typeof given === 'string' ? { path: given } : given;
    const file = resolve(cwd ?? work, path);
    outputs[shownName(cleanText(name.replaceAll('/', '_'), 100))] = {
      open: () => plainFile(file),
      at: file,
      ...(mediaType === undefined ? {} : { mediaType: cleanText(mediaType, 100) }),
    };
  }
  const { kept, left } = await shelve(outputs, (place) => rawPath(folder, place), rawFileBytes);
  const details = left.length === 0 ? ended.details : { ...ended.details, artefactsLeft: left };
  return { ...ended, files: kept, ...(details === undefined ? {} : { details }) };
}

/** A file, and nothing else that a program may name: that may never end. */
async function* plainFile(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!(await file.stat()).isFile()) throw new Error(`${path} is no file`);
    yield* file.createReadStream({ autoClose: false });
  } finally {
    await file.close();
  }
}

async function judged(settings: CommandSettings, program: EndedProgram): Promise<Ended> {
  const { folder, request, durationMs } = program;
  const read = (name: string) => textOf(folder, name);
  const [code, text, stderr] = [await read('code'), await read('answer'), await read('complaint')];
  const reading = readAnswer(text);
  const answer = 'answer' in reading ? reading.answer : null;
  const cost = answer?.cost ?? settings.cost ?? durationMs / 1000;
  const complaint = stderr.trim().slice(-kept);
  const failed = (cause: Cause, details: Readonly<Record<string, unknown>> = {}): Ended => ({
    state: 'failed',
    values: {},
    cost,
    durationMs,
    cause: { ...cause, message: complaint === '' ? cause.message : `${cause.message}; stderr ends: ${complaint}` },
    details,
  });
  const said = { answer: text.slice(0, kept) };
  // What was answered is kept, because a person may make more of it.
  const nonsense = (why: string, message: string) => failed({ class: 'unknown', code: why, message }, said);

  if (program.timedOut) return failed(timeoutCause(settings, code, text), text === '' ? {} : said);
  const exit = code.trim() === '' ? program.code || 137 : Number(code);
  if (answer?.failure !== undefined) return failed(answer.failure, answer.details);
  if (Buffer.byteLength(text) > answerLimit)
    return nonsense('tooMuchOutput', `the program wrote more than ${answerLimit} bytes to stdout`);
  if (exit !== 0) return failed(exitCause(exit, settings.command[0]!), text === '' ? {} : said);
  if (!('answer' in reading)) return nonsense(reading.code, reading.message);

  const values = reading.answer.values!;
  const pick = (record: Readonly<Record<string, number | string>>, wanted: boolean) =>
    Object.fromEntries(Object.entries(record).filter(([name]) => request.objectives.includes(name) === wanted));
  const asked = pick(values, true);
  const isUseless = request.objectives.length > 0 && Object.values(asked).every((value) => typeof value !== 'number');
  const others = pick(values, false);
  return {
    state: 'succeeded',
    values: asked,
    noise: reading.answer.noise === undefined ? undefined : pick(reading.answer.noise, true),
    cost,
    durationMs,
    ...(reading.answer.achieved === undefined ? {} : { achieved: reading.answer.achieved }),
    ...(reading.answer.contexts === undefined ? {} : { contexts: reading.answer.contexts }),
    details: {
      ...reading.answer.details,
      ...(Object.keys(others).length === 0 ? {} : { otherValues: others }),
      ...(isUseless ? { ...said, ...(complaint === '' ? {} : { stderr: complaint }) } : {}),
    },
  };
}

/** What is known of a program that was still waited for at its time limit. */
function timeoutCause({ timeout }: CommandSettings, code: string, text: string): Cause {
  const own = code.trim();
  const answered = text.trim() === '' ? '' : 'answered and ';
  const held = `the program ${answered}exited with code ${own}, but a child held its stdout`;
  const message = `killed at the time limit of ${timeout}${own === '' ? '' : `: ${held}`}`;
  return { class: 'device', code: 'timeout', message };
}

function exitCause(exit: number, program: string): Cause {
  if (exit === 137) return { class: 'device', code: 'killed', message: 'the program was killed from outside' };
  if (exit === 126 || exit === 127)
    return { class: 'device', code: 'programMissing', message: `'${program}' cannot be started` };
  if (exit > 128) return { class: 'unknown', code: 'signal', message: `the program was ended by signal ${exit - 128}` };
  return { class: 'unknown', code: 'exitCode', message: `the program ended with exit code ${exit}` };
}
