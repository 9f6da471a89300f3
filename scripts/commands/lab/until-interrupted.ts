import type { Terminal } from '../terminal.js';

/** Says what goes on, and waits for Ctrl-C or SIGTERM. */
export async function untilInterrupted(terminal: Terminal, words: string): Promise<void> {
  await new Promise<void>((resolve) => {
    const undo = terminal.onInterrupt(() => {
      undo();
      resolve();
    });
    terminal.note(words);
  });
}
