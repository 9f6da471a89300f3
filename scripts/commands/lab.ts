import { Command } from 'commander';
import { labCheckCommand } from './lab/check.js';
import { labClearCommand } from './lab/clear.js';
import { labConformCommand } from './lab/conform.js';
import { labShowCommand } from './lab/show.js';
import { labStopCommand } from './lab/stop.js';
import { labUpCommand } from './lab/up.js';
import { labFaultCommand, labRefillCommand } from './lab/words.js';
import type { Verb } from './verb.js';

/** `athanor lab`: what is done to a lab as a whole; each word is a file of the folder. */
export const labCommand: Verb = (terminal, end) => {
  const group = new Command('lab').description('instruments, stock and positions that campaigns share').addHelpText(
    'after',
    `
Examples:
  athanor lab check lab.yaml
  athanor lab conform furnace lab.yaml
  athanor lab up lab.yaml
  athanor lab show
  athanor lab stop --why 'smell of solvent'`,
  );
  const all = [
    labCheckCommand,
    labConformCommand,
    labUpCommand,
    labShowCommand,
    labFaultCommand,
    labStopCommand,
    labClearCommand,
    labRefillCommand,
  ];
  for (const command of all) group.addCommand(command(terminal, end));
  return group;
};
