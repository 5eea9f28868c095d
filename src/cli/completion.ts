import { type Command, UsageError } from './command.ts'
import { commands } from './commands.ts'
import { say } from './output.ts'

export const completion: Command = {
  positionalsMax: 1,
  help: `Usage: chatdash completion bash | zsh | fish

Prints what completes commands and options in the shell. In ~/.bashrc:

  source <(chatdash completion bash)

In ~/.zshrc:

  source <(chatdash completion zsh)

In ~/.config/fish/config.fish:

  chatdash completion fish | source`,
  async run({ positionals: [shell] }) {
    if (shell === 'bash') return say(bashScript(await candidates()))
    // zsh runs bash's completions itself.
    if (shell === 'zsh') return say(`${zshStart}\n${bashScript(await candidates())}`)
    if (shell === 'fish') return say(fishScript(await candidates()))
    throw new UsageError('Give the shell: bash, zsh or fish.')
  },
}

const zshStart = 'autoload -U +X compinit && compinit && autoload -U +X bashcompinit && bashcompinit'

/** What may follow the words before it: commands, or the options of one. */
type Candidates = Map<string, { words: string[]; isCommand: boolean }>

async function candidates(): Promise<Candidates> {
  const found: Candidates = new Map()
  const names = Object.keys(commands)
  found.set('', { words: [...new Set(names.map((name) => name.split(' ')[0] ?? ''))], isCommand: false })
  for (const [group, members] of Map.groupBy(names, (name) => name.split(' ')[0] ?? '')) {
    const words = members.flatMap((name) => name.split(' ').slice(1))
    if (words.length > 0) found.set(group, { words, isCommand: false })
  }
  for (const [name, { load }] of Object.entries(commands)) {
    const options = Object.keys((await load()).options ?? {})
    found.set(name, { words: [...options, 'json', 'help'].map((option) => `--${option}`), isCommand: true })
  }
  return found
}

function bashScript(found: Candidates): string {
  const cases = [...found].map(
    ([before, { words, isCommand }]) =>
      `    ${isCommand ? `"${before}" | "${before} "*` : `"${before}"`}) candidates="${words.join(' ')}" ;;`,
  )
  return `_chatdash() {
  local before="\${COMP_WORDS[*]:1:$((COMP_CWORD - 1))}" candidates=""
  case "$before" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$candidates" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _chatdash chatdash`
}

function fishScript(found: Candidates): string {
  const lines = [...found].map(([before, { words, isCommand }]) => {
    const pattern = `^chatdash${before === '' ? '' : ` ${before}`}${isCommand ? '( |\\$)' : '\\$'}`
    return `complete -c chatdash ${isCommand ? '' : '-f '}-n "__chatdash_after '${pattern}'" -a "${words.join(' ')}"`
  })
  return `function __chatdash_after
  string match -qr -- $argv[1] (string join ' ' (commandline -opc))
end
${lines.join('\n')}`
}
