import { Argument, type Command } from 'commander';

/** The words that may follow the words of a command: its subcommands and flags. */
type Words = ReadonlyMap<string, readonly string[]>;

/** `pawl completion`: a script that lets a shell complete commands and flags. */
export function addCompletion(program: Command, write: (text: string) => void): void {
  program
    .command('completion')
    .description('print the completion of a shell')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh']))
    .addHelpText(
      'after',
      `
In ~/.bashrc:  source <(pawl completion bash)
In ~/.zshrc:   source <(pawl completion zsh)     after compinit`,
    )
    .action((shell: string) => {
      const words = wordsOf(program);
      write(shell === 'bash' ? bashScript(words) : zshScript(words));
    });
}

/** By the names of the commands with a space between them: `pawl jobs list`. */
function wordsOf(command: Command, parents = ''): Words {
  const path = `${parents}${command.name()}`;
  const flags = command.options.flatMap(({ long }) => (long === undefined ? [] : [long]));
  const names = command.commands.map((each) => each.name());
  const below = command.commands.flatMap((each) => [...wordsOf(each, `${path} `)]);
  return new Map([[path, [...names, ...flags, '--help']], ...below]);
}

/** Finds the command that is being typed: the longest run of its first words that is one. */
const findCommand = `
  local path=pawl word
  for word in "\${typed[@]}"; do
    case "$path $word" in
      CASES) path="$path $word" ;;
      *) break ;;
    esac
  done`;

function commonPart(words: Words): string {
  const commands = [...words.keys()].filter((path) => path !== 'pawl');
  const cases = commands.map((path) => `"${path}"`).join(' | ');
  const answers = [...words].map(([path, next]) => `    "${path}") next="${next.join(' ')}" ;;`);
  return `${findCommand.replace('CASES', cases)}
  local next=
  case "$path" in
${answers.join('\n')}
  esac`;
}

function bashScript(words: Words): string {
  return `# Completion of pawl for bash.
_pawl() {
  local typed=("\${COMP_WORDS[@]:1:COMP_CWORD-1}")
${commonPart(words)}
  COMPREPLY=($(compgen -W "$next" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _pawl pawl
`;
}

function zshScript(words: Words): string {
  return `# Completion of pawl for zsh.
_pawl() {
  local -a typed
  typed=("\${(@)words[2,CURRENT-1]}")
${commonPart(words)}
  compadd -- \${=next}
  _files
}
compdef _pawl pawl
`;
}
