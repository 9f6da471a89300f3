import type { Command, CommanderError } from 'commander';
import { nearest } from '../../models/domain/nearest.js';

/** What was probably meant by an unknown verb or option, as a line for people; empty where nothing is near. */
export function didYouMean(program: Command, argv: readonly string[], { code, message }: CommanderError): string {
  const given = /'([^']*)'/.exec(message)?.[1] ?? '';
  if (code === 'commander.unknownCommand')
    return meant(
      nearest(
        given,
        program.commands.map((verb) => verb.name()),
      ),
    );
  if (code !== 'commander.unknownOption') return '';
  const verb = program.commands.find((one) => argv.includes(one.name()));
  const known = [...(verb ?? program).options.flatMap(({ long }) => long ?? []), '--help'].map((flag) => flag.slice(2));
  return meant(nearest(given.replace(/^-+/, '').replace(/=.*$/, ''), known).map((name) => `--${name}`));
}

/** A line that names what was probably meant; empty without names. */
export function meant(names: readonly string[]): string {
  return names.length === 0 ? '' : `Did you mean ${names.join(' or ')}?`;
}
