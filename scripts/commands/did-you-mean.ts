import type { Command, CommanderError } from 'commander';
import { nearest } from '../../models/domain/nearest.js';

/** What was probably meant by an unknown verb or option, as a line for people; empty where nothing is near. */
export function didYouMean(program: Command, argv: readonly string[], { code, message }: CommanderError): string {
  const given = /'([^']*)'/.exec(message)?.[1] ?? '';
  const verb = named(program, argv);
  const group = verb !== undefined && verb.commands.length > 0 ? verb : program;
  if (code === 'commander.unknownCommand')
    return meant(
      nearest(
        given,
        group.commands.map((one) => one.name()),
      ),
    );
  if (code !== 'commander.unknownOption') return '';
  const known = [
    ...((group === verb ? named(group, argv) : verb) ?? group).options.flatMap(({ long }) => long ?? []),
    '--help',
  ].map((flag) => flag.slice(2));
  return meant(nearest(given.replace(/^-+/, '').replace(/=.*$/, ''), known).map((name) => `--${name}`));
}

function named(group: Command, argv: readonly string[]): Command | undefined {
  return group.commands.find((one) => argv.includes(one.name()));
}

/** A line that names what was probably meant; empty without names. */
export function meant(names: readonly string[]): string {
  return names.length === 0 ? '' : `Did you mean ${names.join(' or ')}?`;
}
