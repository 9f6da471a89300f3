import { Command } from 'commander';
import type { Verb } from './verb.js';

/** What is done to a lab, in the order of `athanor lab --help`; each word is loaded when it is wanted, and a new one is one line here. */
const words: Readonly<Record<string, () => Promise<Verb>>> = {
  check: async () => (await import('./lab/check.js')).labCheckCommand,
  conform: async () => (await import('./lab/conform.js')).labConformCommand,
  record: async () => (await import('./lab/record.js')).labRecordCommand,
  replay: async () => (await import('./lab/replay.js')).labReplayCommand,
  up: async () => (await import('./lab/up.js')).labUpCommand,
  show: async () => (await import('./lab/show.js')).labShowCommand,
  acts: async () => (await import('./lab/acts.js')).labActsCommand,
  stop: async () => (await import('./lab/stop.js')).labStopCommand,
  fault: async () => (await import('./lab/words.js')).labFaultCommand,
  pause: async () => (await import('./lab/pause.js')).labPauseCommand,
  resume: async () => (await import('./lab/pause.js')).labResumeCommand,
  clear: async () => (await import('./lab/clear.js')).labClearCommand,
  refill: async () => (await import('./lab/words.js')).labRefillCommand,
};

/**
 * `athanor lab`: what is done to a lab as a whole.
 *
 * @param word - with which the line goes on: where it is one of these, that one alone is loaded, as a stop must not wait
 */
export async function labGroup(word?: string): Promise<Verb> {
  const alone = word !== undefined && Object.hasOwn(words, word);
  const wanted = await Promise.all((alone ? [words[word]!] : Object.values(words)).map((load) => load()));
  return (terminal, end) => {
    const group = new Command('lab').description('instruments, stock and positions that campaigns share').addHelpText(
      'after',
      `
Examples:
  athanor lab check lab.yaml
  athanor lab up lab.yaml
  athanor lab show
  athanor lab stop --why 'smell of solvent'`,
    );
    for (const command of wanted) group.addCommand(command(terminal, end));
    return group;
  };
}
