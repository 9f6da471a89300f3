import { Command } from 'commander';
import { loadLab } from '../../lab-file.js';
import { instrumentHealth } from '../../lab-health.js';
import { decidedBy } from '../decisions.js';
import { print } from '../terminal.js';
import type { Verb } from '../verb.js';
import { withServices } from '../with-control.js';

/** `athanor lab up FILE`: registers a lab, or what has changed of it. */
export const labUpCommand: Verb = (terminal) =>
  new Command('up')
    .description('register a lab, or what has changed of it; running jobs keep what they have')
    .argument('<file>', 'lab file (YAML or JSON)')
    .option('--as <name>', 'who does so (the user of this machine)')
    .option('--json', 'print what changed as JSON')
    .addHelpText('after', '\nExample:\n  athanor lab up lab.yaml')
    .action(async (file: string, options: { as?: string; json?: boolean }) => {
      const { spec, registry } = await loadLab(file, { onNote: terminal.note });
      await withServices(terminal, async (control) => {
        const done = await control.labs.up(spec, decidedBy(options).who, registry!);
        const health = await instrumentHealth(spec, registry!, terminal.note);
        await print(terminal, options.json, { ...done, health }, () => {
          const none = done.created ? [] : ['nothing has changed'];
          return [
            `${done.name}: ${done.created ? 'registered' : 'up to date'}`,
            ...(done.changes.length > 0 ? done.changes : none).map((line) => `  ${line}`),
            ...health.map(({ name, state, text }) => `  ${name}: ${state}${text === '' ? '' : `, ${text}`}`),
          ].join('\n');
        });
      });
    });
