import { lstat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { makeFolder } from '../make-folder.js';
import { branin } from '../templates/branin.js';
import { experiments } from '../templates/experiments.js';
import { labTemplate } from '../templates/lab.js';
import { pool } from '../templates/pool.js';
import { xtb } from '../templates/xtb.js';
import { CommandError, exitCodes } from './exit-codes.js';
import { shellWord } from './shell-word.js';
import { print } from './terminal.js';
import type { Verb } from './verb.js';

/** The campaigns to begin with; a new one is one line here. */
const templates = [branin, experiments, labTemplate, pool, xtb];

/** `athanor init`: a commented campaign file to begin with. */
export const initCommand: Verb = (terminal) =>
  new Command('init')
    .description('write a commented campaign file to begin with; overwrites nothing')
    .argument('[folder]', 'where to write it; made if absent', '.')
    .addOption(
      new Option('-t, --template <name>', 'which campaign')
        .choices(templates.map(({ name }) => name))
        .default(branin.name),
    )
    .option('--json', 'print the written files as JSON')
    .addHelpText(
      'after',
      `\nTemplates:\n${templates.map(({ name, description }) => `  ${name.padEnd(13)}${description}`).join('\n')}\n\nExample:\n  athanor init my-campaign --template pool`,
    )
    .action(async (folder: string, options: { template: string; json?: boolean }) => {
      const template = templates.find(({ name }) => name === options.template)!;
      const files = Object.entries(template.files).map(([name, text]) => ({ file: join(folder, name), text }));
      const there: string[] = [];
      for (const { file } of files) if ((await lstat(file).catch(() => null)) !== null) there.push(file);
      if (there.length > 0)
        throw new CommandError(
          exitCodes.badInput,
          `${there.join(', ')} exists already; give another folder, nothing was written`,
        );
      await makeFolder(folder);
      // 'wx' refuses a file that came into being since, too.
      for (const { file, text } of files) await writeFile(file, text, { flag: 'wx' });
      const next = template.next.replaceAll(/FOLDER\S*/g, (path) =>
        shellWord(path.replace('FOLDER', () => folder || '.')),
      );
      const written = files.map(({ file }) => file);
      await print(terminal, options.json, { template: template.name, files: written, next }, () =>
        [...written.map((file) => `written: ${file}`), `next:    ${next}`].join('\n'),
      );
    });
