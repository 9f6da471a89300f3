import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { parsedJson } from '../../models/domain/parsed-json.js';
import { folderError, makeFolder, readIfPresent, writeWhole } from '../internal/files.js';
import { exclusively } from '../internal/one-at-a-time.js';

/** Of more answers than this to one command the last ones replace each other. */
const most = 100;
/** Bytes of all answers to one command that are kept; later ones replace the last. */
const mostBytes = 32 * 2 ** 20;

/**
 * Answers to commands, by job: they come once, and the broker forgets them when it is told that we have them, so they are
 * written down before that.
 */
export interface Inbox {
  add(job: string, answer: Uint8Array): Promise<void>;
  /** All answers that came, different ones, in their order. */
  all(job: string): Promise<readonly Uint8Array[]>;
  clear(job: string): Promise<void>;
}

/** An inbox in a folder that survives restarts; in memory where the folder is empty. */
export function inboxIn(folder: string): Inbox {
  const memory = new Map<string, readonly string[]>();
  const file = (job: string) => join(folder, `${job}.answers`);
  const read = async (job: string): Promise<readonly string[]> => {
    if (folder === '') return memory.get(job) ?? [];
    const text = await readIfPresent(file(job));
    return text === null ? [] : z.array(z.string()).parse(parsedJson(text));
  };
  const write = async (job: string, answers: readonly string[]) => {
    if (folder === '') return void memory.set(job, answers);
    try {
      await makeFolder(folder);
      await writeWhole(file(job), JSON.stringify(answers));
    } catch (error) {
      throw folderError('keep answers', folder, error);
    }
  };
  return {
    add: (job, answer) =>
      exclusively(folder === '' ? memory : folder, `${job}.answers`, async () => {
        const before = await read(job);
        const text = Buffer.from(answer).toString('base64');
        if (before.includes(text)) return;
        const size = before.reduce((sum, each) => sum + each.length, text.length);
        const isFull = before.length >= most || size > (mostBytes * 4) / 3;
        await write(job, [...(isFull ? before.slice(0, -1) : before), text]);
      }),
    all: async (job) => (await read(job)).map((text) => new Uint8Array(Buffer.from(text, 'base64'))),
    clear: async (job) => {
      memory.delete(job);
      if (folder !== '') await rm(file(job), { force: true });
    },
  };
}
