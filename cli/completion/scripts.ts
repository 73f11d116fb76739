/** The shells' scripts: each hands the line to `bbf complete`, and where that has nothing to say the shell completes files. */
import { Failure } from '../failure.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

const bash = (name: string, own: string) => `# bash completion for ${name}
${own}() {
  local line words current
  # Words as they were typed: bash itself would break them at = and :.
  line=\${COMP_LINE:0:COMP_POINT}
  read -ra words <<< "$line"
  current=""
  [[ $line == *[[:space:]] ]] || { current=\${words[-1]}; unset 'words[-1]'; }
  local IFS=$'\\n'
  COMPREPLY=($(bbf complete -- "$current" "\${words[@]:1}" 2>/dev/null))
  # What bash takes for the current word begins behind the last = or :.
  local behind=\${current%"\${COMP_WORDS[COMP_CWORD]#[=:]}"}
  [[ -n $behind ]] && COMPREPLY=("\${COMPREPLY[@]#"$behind"}")
  [[ \${COMPREPLY[0]} == *= ]] && compopt -o nospace
}
complete -o default -F ${own} ${name}
`;

const zsh = (name: string, own: string) => `#compdef ${name}
# zsh completion for ${name}: to be sourced, or a file ${own} in a folder of fpath
${own}() {
  local -a found
  found=(\${(f)"$(bbf complete -- "\${words[CURRENT]}" "\${(@)words[2,CURRENT-1]}" 2>/dev/null)"})
  if (( \${#found} )); then
    compadd -Q -S '' -- \${(M)found:#*=}
    compadd -Q -- \${found:#*=}
  else
    _files
  fi
}
if [[ $funcstack[1] == ${own} ]]; then ${own}; else compdef ${own} ${name}; fi
`;

const fish = (
  name: string,
  own: string,
) => `# fish completion for ${name}: a file ${name}.fish in ~/.config/fish/completions
function _${own}_complete
  set -l words (commandline -opc)
  set -l found (bbf complete -- (commandline -ct) $words[2..-1] 2>/dev/null)
  if test (count $found) -gt 0
    printf '%s\\n' $found
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c ${name} -f -a '(_${own}_complete)'
`;

const templates = { bash, zsh, fish };

/** What a shell may call a program or an alias, and take as part of a function's name. */
const PROGRAM_NAME = /^[A-Za-z0-9][\w.-]*$/;

/**
 * @param name what bbf is typed as: `bbf`, or an alias of it
 * @throws Failure (usage) for what can't be the name of an alias
 */
export function completionScript(shell: Shell, name = 'bbf'): string {
  if (!PROGRAM_NAME.test(name))
    throw new Failure('usage', `${JSON.stringify(name)} is no name of an alias: expected letters, digits, _, . and -`, {
      next: `bbf completion ${shell} --for=bazel`,
    });
  // Of its own, so that one shell may have both.
  return templates[shell](name, name === 'bbf' ? '_bbf' : `_bbf_${name}`);
}
