import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { removeDurably, safeStopFolder, writeDurably } from '../safe-stop/place.js';
import type { ServerPlace } from '../serve/listen.js';

const placeSchema = z.object({
  pid: z.number(),
  started: z.string().nullable(),
  port: z.number(),
  host: z.string(),
  names: z.array(z.string()),
  pages: z.array(z.string()),
  instance: z.string(),
});
/** The stop process of a home, as it says of itself. */
export type StopdPlace = Readonly<z.infer<typeof placeSchema>>;

function fileOf(jobs: string): string {
  return path.join(safeStopFolder(jobs), 'stopd.json');
}

/** What the stop process of a home said of itself last; null where there is none to be read. */
export function stopdPlace(jobs: string): StopdPlace | null {
  try {
    return placeSchema.parse(JSON.parse(readFileSync(fileOf(jobs), 'utf8')));
  } catch {
    return null;
  }
}

/** Has the stop process of a home say where it is. */
export function keepStopdPlace(jobs: string, place: StopdPlace): void {
  writeDurably(fileOf(jobs), `${JSON.stringify(place)}\n`);
}

/** Has it say no more where it is, as it ends. */
export function forgetStopd(jobs: string): void {
  removeDurably(fileOf(jobs));
}

/** What a stop process is started with. */
export interface StopdSettings extends ServerPlace {
  /** Origins of the pages whose forms it takes, beside its own, as `http://127.0.0.1:8750`. */
  readonly pages: readonly string[];
}
