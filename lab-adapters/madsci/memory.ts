import { join } from 'node:path';
import { z } from 'zod';
import { makeFolder, readIfPresent, writeWhole } from '../internal/files.js';

const noteSchema = z.strictObject({ action: z.string(), witness: z.string().nullable() });
/** What is noted of an action before it is started: the node's name of it, and another that the node knew then. */
export type Note = z.infer<typeof noteSchema>;

/** Notes by name of the job, in a folder that survives restarts; in this process where that is empty. */
export interface Memory {
  get(name: string): Promise<Note | null>;
  put(name: string, note: Note): Promise<void>;
}

/** The notes in a folder; kept in this process alone where it is empty. */
export function memoryIn(folder: string): Memory {
  if (folder === '') {
    const notes = new Map<string, Note>();
    return { get: async (name) => notes.get(name) ?? null, put: async (name, note) => void notes.set(name, note) };
  }
  const file = (name: string) => join(folder, `${name}.action`);
  return {
    async get(name) {
      const text = await readIfPresent(file(name));
      return text === null ? null : noteSchema.parse(JSON.parse(text));
    },
    async put(name, note) {
      await makeFolder(folder);
      await writeWhole(file(name), JSON.stringify(note));
    },
  };
}
