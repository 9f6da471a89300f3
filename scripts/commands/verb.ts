import type { Command } from 'commander';
import type { Terminal } from './terminal.js';

/** One verb of the command line. `end` sets an exit code other than 0 for a command that did its work. */
export type Verb = (terminal: Terminal, end: (exitCode: number) => void) => Command;
