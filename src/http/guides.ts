import { readFile } from 'node:fs/promises'
import { Marked } from 'marked'

const markdown = new Marked({
  renderer: {
    // Each code's row is what a link to the code leads to.
    tablerow: ({ text }) => {
      const code = /^<td><code>(\w+)/.exec(text)?.[1]
      return `<tr${code === undefined ? '' : ` id="${code}"`}>${text}</tr>`
    },
  },
  // Links between the files, as links between the pages.
  walkTokens: (token) => {
    if (token.type !== 'link') return
    const page = String(token['href']).replace(/^([\w-]+)(?:\.md|(\.json))/, '/docs/$1$2')
    token['href'] = page === '/docs/calling' ? '/docs' : page
  },
})

/** A file of docs/ as HTML. */
export async function guideHtml(name: string): Promise<string> {
  return await htmlOf(await guideText(name))
}

/** A file of docs/ as Markdown. */
export async function guideText(name: string): Promise<string> {
  return await readFile(new URL(`../../docs/${name}.md`, import.meta.url), 'utf8')
}

/** Markdown as HTML. */
export async function htmlOf(text: string): Promise<string> {
  return await markdown.parse(text)
}
