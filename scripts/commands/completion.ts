import { Argument, Command } from 'commander';
import { completionScript, type Shell, shells } from './completion-script.js';
import type { Verb } from './verb.js';

/** `athanor completion SHELL`: a script with which a shell completes verbs and options. */
export const completionCommand: Verb = (terminal) =>
  new Command('completion')
    .description('print a script with which a shell completes verbs and options')
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .addHelpText(
      'after',
      `
Examples:
  source <(athanor completion bash)        # in ~/.bashrc
  source <(athanor completion zsh)         # in ~/.zshrc, after compinit
  athanor completion fish > ~/.config/fish/completions/athanor.fish`,
    )
    .action(async (shell: Shell, _: unknown, command: Command) => {
      await terminal.write(completionScript(command.parent!, shell));
    });
