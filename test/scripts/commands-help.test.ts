import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type Command, CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { completionScript, shells } from '../../scripts/commands/completion-script.js';
import { didYouMean } from '../../scripts/commands/did-you-mean.js';
import { buildProgram } from '../../scripts/commands/program.js';
import { processTerminal } from '../../scripts/commands/terminal.js';

const program = () => buildProgram(processTerminal(process), () => undefined);

/** The help of a verb, as printed. */
function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text;
}

const { commands } = await program();

describe('help', () => {
  it.each(commands.map((verb) => [verb.name(), verb] as const))('of %s has an example of it', (name, verb) => {
    const example = /\nExamples?:\n([\s\S]*)/.exec(helpOf(verb))?.[1];
    expect(example).toContain(`athanor ${name}`);
  });
});

/** What is said after the fault that these words make. */
async function hint(...argv: string[]): Promise<string> {
  const made = (await program()).configureOutput({ writeErr: () => undefined });
  for (const verb of made.commands) verb.configureOutput({ writeErr: () => undefined });
  const error = await made.parseAsync(argv, { from: 'user' }).then(
    () => null,
    (fault: unknown) => fault,
  );
  expect(error).toBeInstanceOf(CommanderError);
  return didYouMean(made, argv, error as CommanderError);
}

describe('did you mean', () => {
  it.each([
    [['simulte', 'x'], 'Did you mean simulate?'],
    [['stauts', 'x'], 'Did you mean status?'],
    [['simulate', 'x', '--sead', '1'], 'Did you mean --seed?'],
    [['export', 'x', '--formt=csv'], 'Did you mean --format?'],
    [['frobnicate'], ''],
    [['stop', 'x'], 'Did you mean stopd?'],
    [['ls'], ''],
    [['simulate', 'x', '--verbose'], ''],
    [['suggest', 'x', '--all'], ''],
  ])('%j: %s', async (argv, wanted) => {
    expect(await hint(...argv)).toBe(wanted);
  });
});

describe('completion', () => {
  it.each(shells)('of %s knows every verb and option', async (shell) => {
    const made = await program();
    const script = completionScript(made, shell);
    for (const verb of made.commands) {
      expect(script).toContain(verb.name());
      for (const { long } of verb.options) expect(script).toContain(shell === 'fish' ? long!.slice(2) : long);
    }
  });

  it('completes in bash', async () => {
    const made = await program();
    const complete = (line: string) => {
      const words = line.split(' ');
      const script = `${completionScript(made, 'bash')}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _athanor; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim().split('\n');
    };
    expect(complete('athanor sim')).toEqual(['simulate']);
    expect(complete('athanor simulate --se')).toEqual(['--seeds', '--seed']);
    expect(complete('athanor export x --format ')).toEqual(['json', 'csv', 'ndjson', 'parquet']);
    expect(complete('athanor completion ')).toEqual(['bash', 'zsh', 'fish']);
    const words = made.commands.find((verb) => verb.name() === 'lab')!.commands.map((word) => word.name());
    expect(words).toContain('refill');
    expect(complete('athanor lab ')).toEqual(words);
    expect(complete('athanor lab re')).toEqual(['record', 'replay', 'resume', 'refill']);
    expect(complete('athanor lab refill argon 5 --w')).toEqual(['--why']);
  });

  it.each(['zsh', 'fish'] as const)('is read by %s where there is one', async (shell) => {
    const place = ['/usr/bin', '/bin', '/usr/local/bin'].map((at) => `${at}/${shell}`).find((file) => existsSync(file));
    if (place === undefined) return console.warn(`skipped: no ${shell} on this machine`);
    execFileSync(place, ['-n'], { input: completionScript(await program(), shell) });
  });
});
