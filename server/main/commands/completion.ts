/** `spillcheck completion`: a script that completes commands, options and their values in a shell. */
import { Argument, Command } from "commander";
import { type Context, exit } from "./context.js";

interface Described {
  name: string;
  summary: string;
  options: { flag: string; description: string; takesValue: boolean; choices: readonly string[] }[];
  /** Words that the first argument may be. */
  words: readonly string[];
}

export function completionCommand(context: Context, program: () => Command, done: (code: number) => void): Command {
  return new Command("completion")
    .summary("print a completion script for a shell")
    .description("Print a script that completes commands and options.")
    .addArgument(new Argument("<shell>", "which shell").choices(["bash", "zsh", "fish"]))
    .addHelpText(
      "after",
      `
Examples:
  $ spillcheck completion bash > ~/.local/share/bash-completion/completions/spillcheck
  $ spillcheck completion zsh > "\${fpath[1]}/_spillcheck"
  $ spillcheck completion fish > ~/.config/fish/completions/spillcheck.fish`,
    )
    .action((shell: string) => {
      const commands = describe(program(), context);
      const script = shell === "bash" ? bash(commands) : shell === "zsh" ? zsh(commands) : fish(commands);
      context.stdout.write(script);
      done(exit.ok);
    });
}

function describe(program: Command, context: Context): Described[] {
  return program.commands.map((command) => ({
    name: command.name(),
    summary: command.summary() || command.description(),
    options: command.options.map((option) => ({
      flag: option.long ?? option.short ?? "",
      description: option.description,
      takesValue: option.required || option.optional,
      choices: option.argChoices ?? [],
    })),
    words:
      command.name() === "explain"
        ? context.rules.map((rule) => rule.id)
        : command.registeredArguments.flatMap((argument) => argument.argChoices ?? []),
  }));
}

function bash(commands: readonly Described[]): string {
  const cases = commands.map((command) => {
    const choices = command.options
      .filter((option) => option.choices.length > 0)
      .map(
        (option) =>
          `        ${option.flag}) COMPREPLY=($(compgen -W "${option.choices.join(" ")}" -- "$current")); return ;;`,
      );
    const files = command.options
      .filter((option) => option.takesValue && option.choices.length === 0)
      .map((option) => option.flag);
    const before = [
      ...choices,
      ...(files.length > 0 ? [`        ${files.join("|")}) compopt -o default; return ;;`] : []),
    ];
    return [
      `    ${command.name})`,
      ...(before.length > 0 ? ['      case "$previous" in', ...before, "      esac"] : []),
      `      words="${[...command.options.map((option) => option.flag), "--help"].join(" ")}"`,
      `      if [[ "$current" != -* ]]; then words="${command.words.join(" ")}"; compopt -o default; fi`,
      "      ;;",
    ].join("\n");
  });
  return `# bash completion for spillcheck
_spillcheck() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" words=""
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then
    COMPREPLY=($(compgen -W "${commands.map((command) => command.name).join(" ")} --help --version" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _spillcheck spillcheck
`;
}

/** Single quotes for zsh and fish; colons and brackets part zsh's specifications. */
function quoted(text: string): string {
  return text.replaceAll("'", "").replace(/[[\]:\\]/g, "\\$&");
}

function zsh(commands: readonly Described[]): string {
  const list = commands.map((command) => `    '${command.name}:${quoted(command.summary)}'`);
  const cases = commands.map((command) => {
    const options = command.options.map((option) => {
      const value = option.takesValue
        ? `:value:${option.choices.length > 0 ? `(${option.choices.join(" ")})` : "_files"}`
        : "";
      return `        '*${option.flag}[${quoted(option.description)}]${value}' \\`;
    });
    const rest = command.words.length > 0 ? `'*:word:(${command.words.join(" ")})'` : "'*:file:_files'";
    return [`      ${command.name})`, "        _arguments \\", ...options, `        ${rest} ;;`].join("\n");
  });
  return `#compdef spillcheck
_spillcheck() {
  local -a commands=(
${list.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command="\${words[2]}"
  shift words
  (( CURRENT-- ))
  case "$command" in
${cases.join("\n")}
  esac
}
_spillcheck "$@"
`;
}

function fish(commands: readonly Described[]): string {
  const text = (words: string): string => `'${words.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const lines = ["# fish completion for spillcheck"];
  for (const command of commands) {
    lines.push(`complete -c spillcheck -n __fish_use_subcommand -f -a ${command.name} -d ${text(command.summary)}`);
    const inside = `-n '__fish_seen_subcommand_from ${command.name}'`;
    for (const option of command.options) {
      const value = option.choices.length > 0 ? ` -x -a '${option.choices.join(" ")}'` : option.takesValue ? " -r" : "";
      lines.push(
        `complete -c spillcheck ${inside} -l ${option.flag.replace(/^--/, "")}${value} -d ${text(option.description)}`,
      );
    }
    if (command.words.length > 0) lines.push(`complete -c spillcheck ${inside} -f -a '${command.words.join(" ")}'`);
  }
  return `${lines.join("\n")}\n`;
}
