import type { Command } from 'commander';

/** The shells that can be served. */
export const shells = ['bash', 'zsh', 'fish'] as const;
/** One of them. */
export type Shell = (typeof shells)[number];

interface Word {
  readonly name: string;
  readonly description: string;
}

interface VerbWords extends Word {
  readonly options: readonly (Word & { readonly choices: readonly string[] })[];
  /** What may follow the verb where it is a group, or takes one of a few words. */
  readonly words: readonly string[];
}

/** A script that completes verbs, options and their choices; files elsewhere. Made from the commands themselves. */
export function completionScript(program: Command, shell: Shell): string {
  const verbs = [
    ...program.commands.map(verbWords),
    { name: 'help', description: 'help for a verb', options: [], words: [] },
  ];
  return { bash, zsh, fish }[shell](verbs);
}

function verbWords(command: Command): VerbWords {
  const parts = [command, ...command.commands];
  const given = new Map(parts.flatMap((one) => one.options).map((option) => [option.flags, option]));
  const options = [...given.values()].flatMap(({ long, short, description, argChoices }) =>
    [long, short].flatMap((name) => (name == null ? [] : [{ name, description, choices: argChoices ?? [] }])),
  );
  const help = { name: '--help', description: 'help for this verb', choices: [] };
  const words = command.commands.map((one) => one.name()).concat(command.registeredArguments[0]?.argChoices ?? []);
  return { name: command.name(), description: command.description(), options: [...options, help], words };
}

function bash(verbs: readonly VerbWords[]): string {
  const choices = verbs.flatMap(({ name, options }) =>
    options
      .filter((option) => option.choices.length > 0)
      .map(
        (option) =>
          `    ${name}:${option.name}) COMPREPLY=($(compgen -W '${option.choices.join(' ')}' -- "$word")); return ;;`,
      ),
  );
  const words = withWords(verbs).map(
    ({ name, words }) => `    ${name}:${name}) COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$word")); return ;;`,
  );
  return `# bash completion of athanor:  source <(athanor completion bash)
_athanor() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" verb="\${COMP_WORDS[1]}"
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${verbs.map(({ name }) => name).join(' ')}' -- "$word"))
    return
  fi
  case "$verb:$before" in
${[...choices, ...words].join('\n')}
  esac
  case "$word" in
    -*)
      case "$verb" in
${verbs.map(({ name, options }) => `        ${name}) COMPREPLY=($(compgen -W '${options.map((one) => one.name).join(' ')}' -- "$word")) ;;`).join('\n')}
      esac ;;
    *) COMPREPLY=($(compgen -f -- "$word")) ;;
  esac
}
complete -o filenames -F _athanor athanor
`;
}

function zsh(verbs: readonly VerbWords[]): string {
  const described = ({ name, description }: Word) => quoted(`${name.replaceAll(':', '\\:')}:${description}`);
  return `#compdef athanor
# zsh completion of athanor:  source <(athanor completion zsh)
_athanor() {
  local -a words_here
  if (( CURRENT == 2 )); then
    words_here=(${verbs.map(described).join(' ')})
    _describe verb words_here
    return
  fi
  case "$words[2]:$words[CURRENT-1]" in
${verbs
  .flatMap(({ name, options }) =>
    options
      .filter(({ choices }) => choices.length > 0)
      .map((option) => `    ${name}:${option.name}) compadd ${option.choices.join(' ')}; return ;;`),
  )
  .concat(withWords(verbs).map(({ name, words }) => `    ${name}:${name}) compadd ${words.join(' ')}; return ;;`))
  .join('\n')}
  esac
  if [[ "$words[CURRENT]" == -* ]]; then
    case "$words[2]" in
${verbs.map(({ name, options }) => `      ${name}) words_here=(${options.map(described).join(' ')}) ;;`).join('\n')}
    esac
    _describe option words_here
  else
    _files
  fi
}
if [ "$funcstack[1]" = _athanor ]; then _athanor "$@"; else compdef _athanor athanor; fi
`;
}

function fish(verbs: readonly VerbWords[]): string {
  const lines = verbs.flatMap(({ name, description, options }) => [
    `complete -c athanor -n __fish_use_subcommand -f -a ${name} -d ${fishQuoted(description)}`,
    ...options.map((option) => {
      const flag = option.name.startsWith('--') ? `-l ${option.name.slice(2)}` : `-s ${option.name.slice(1)}`;
      const choices = option.choices.length === 0 ? '' : ` -x -a ${fishQuoted(option.choices.join(' '))}`;
      return `complete -c athanor -n '__fish_seen_subcommand_from ${name}' ${flag}${choices} -d ${fishQuoted(option.description)}`;
    }),
  ]);
  return `# fish completion of athanor:  athanor completion fish | source
${lines.join('\n')}
${withWords(verbs)
  .map(({ name, words }) => `complete -c athanor -n '__fish_seen_subcommand_from ${name}' -f -a '${words.join(' ')}'`)
  .join('\n')}
`;
}

function withWords(verbs: readonly VerbWords[]): readonly VerbWords[] {
  return verbs.filter(({ words }) => words.length > 0);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
