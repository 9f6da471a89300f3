import { readFileSync } from 'node:fs';
import path from 'node:path';
import { safeStopFolder, writeDurably } from './place.js';

const fileOf = (jobs: string) => path.join(safeStopFolder(jobs), 'ended');

/** Notes that a person ends the guarding of a home, now: none goes on or begins that a worker from before asks for. */
export function noteEnded(jobs: string): void {
  writeDurably(fileOf(jobs), `${Date.now()}\n`);
}

/** Whether a person has ended the guarding of a home since a time, milliseconds. */
export function endedSince(jobs: string, since: number): boolean {
  try {
    return Number(readFileSync(fileOf(jobs), 'utf8')) >= since;
  } catch {
    return false;
  }
}
