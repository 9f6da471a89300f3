import { Command } from 'commander';
import { print, type Terminal } from '../terminal.js';
import type { Verb } from '../verb.js';
import { withServices } from '../with-control.js';
import { confirmed, type Options, withWord, wordOf } from './words.js';

/** `athanor lab clear [NAME] --why TEXT`: a fault of an instrument, or without a name a safe stop, is over. */
export const labClearCommand: Verb = (terminal) =>
  withWord(
    new Command('clear').description(
      'say that an instrument is in order, its fault over and slots that are held free; without a name: that a safe stop is over',
    ),
  )
    .argument(
      '[name]',
      "instrument or position; where absent, what 'lab stop' has stopped, of --lab alone where that is given",
    )
    .addHelpText(
      'after',
      `
A slot is held where nobody knows whether its job still moves the instrument. Look at it before you clear it. A safe stop is cleared
without any server, as it was made: a stop of all without --lab, that of one lab with its name.

Examples:
  athanor lab clear oven --why 'new thermocouple, furnace empty'
  athanor lab clear --why 'solvent is wiped up, arm is in its corner'`,
    )
    .action(async (name: string | undefined, options: Options) => {
      const word = wordOf('lab clear', options);
      if (name === undefined) return clearLatch(terminal, options);
      await withServices(terminal, async (control) => {
        const done = await confirmed(word, () => control.labs.clear(options.lab ?? null, name, word));
        await print(terminal, options.json, done, () => {
          const freed = done.freed.map((key) => `; given back: ${key}`).join('');
          return done.changed ? `${name}: in order again${freed}` : `${name}: was in order`;
        });
      });
    });

async function clearLatch(terminal: Terminal, options: Options): Promise<void> {
  const { clearStop } = await import('../../safe-stop/safe-stop.js');
  const { readConfig } = await import('../../config.js');
  const { home, shared } = readConfig(terminal.environment);
  const { cleared, left } = clearStop(shared ?? home, { lab: options.lab ?? null, ...wordOf('lab clear', options) });
  await print(terminal, options.json, { cleared, left }, () =>
    [
      `cleared; it was stopped by ${cleared.who} at ${new Date(cleared.at).toISOString()}: ${cleared.why}`,
      ...left.map(({ lab, why }) => `  still stopped: ${lab ?? 'all instruments'} (${why})`),
    ].join('\n'),
  );
}
