/** The shells' scripts: each hands the line to `bbf complete`, and where that has nothing to say the shell completes files. */

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

const bash = `# bash completion for bbf: source <(bbf completion bash)
_bbf() {
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
complete -o default -F _bbf bbf
`;

const zsh = `#compdef bbf
# zsh completion for bbf: source <(bbf completion zsh), or a file _bbf in a folder of fpath
_bbf() {
  local -a found
  found=(\${(f)"$(bbf complete -- "\${words[CURRENT]}" "\${(@)words[2,CURRENT-1]}" 2>/dev/null)"})
  if (( \${#found} )); then
    compadd -Q -S '' -- \${(M)found:#*=}
    compadd -Q -- \${found:#*=}
  else
    _files
  fi
}
if [[ $funcstack[1] == _bbf ]]; then _bbf; else compdef _bbf bbf; fi
`;

const fish = `# fish completion for bbf: bbf completion fish > ~/.config/fish/completions/bbf.fish
function __bbf_complete
  set -l words (commandline -opc)
  set -l found (bbf complete -- (commandline -ct) $words[2..-1] 2>/dev/null)
  if test (count $found) -gt 0
    printf '%s\\n' $found
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c bbf -f -a '(__bbf_complete)'
`;

export const scripts: Record<Shell, string> = { bash, zsh, fish };
