import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';

/**
 * The folder of the home (or of the folder that homes share) with all that a safe stop needs, so that it needs no server: latches,
 * the instruments that were driven from here, what is still to be told to the store, and the guard's socket and log.
 */
export function safeStopFolder(jobs: string): string {
  return path.join(jobs, 'safe-stop');
}

/**
 * Writes a file of that folder, whole and on the disk when this returns; the folder is made if need be.
 * @throws {Error} of the file system
 */
export function writeDurably(file: string, content: string): void {
  const folder = path.dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}.tmp`;
  const descriptor = openSync(temporary, 'w', 0o600);
  try {
    writeSync(descriptor, content);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, file);
  syncFolder(folder);
}

/** Adds a line to a file of that folder; it is on the disk when this returns. */
export function appendDurably(file: string, line: string): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const descriptor = openSync(file, 'a', 0o600);
  try {
    writeSync(descriptor, `${line}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Takes a file away for good. */
export function removeDurably(file: string): void {
  rmSync(file, { force: true });
  syncFolder(path.dirname(file));
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } catch {
    // Not every system lets folders be flushed; the file itself was.
  } finally {
    closeSync(descriptor);
  }
}

/** A name for a file, whatever it is the name of. */
export function fileNameOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}

/** The lab of an instrument, by its name in the ledger (`LAB/NAME`); null where it belongs to none. */
export function labOf(instrument: string): string | null {
  const [lab, ...rest] = instrument.split('/');
  return rest.length === 1 ? lab! : null;
}
