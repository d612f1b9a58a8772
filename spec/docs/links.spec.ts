// The links between the documents lead somewhere.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { root } from '../support/command.js'

const documents = [
  ...readdirSync(root).filter(name => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.md'))
    .map(path => join('docs', path)),
]

/** The anchors of a document: its headings as GitHub names them. */
const anchors = (text: string): readonly string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )

t.test('every link between documents leads to a file, and to a heading in it', async t => {
  for (const document of documents) {
    const text = readFileSync(join(root, document), 'utf8').replaceAll(/^(\s*)(`{3,})[\s\S]*?^\s*\2$/gm, '')
    const broken = [...text.matchAll(/\]\((?![a-z]+:)([^)\s#]*)(?:#([^)\s]*))?\)/g)]
      .filter(([, path = '', anchor]) => {
        const file = path === '' ? join(root, document) : join(root, dirname(document), path)
        if (!existsSync(file)) return true
        return anchor !== undefined && !anchors(readFileSync(file, 'utf8')).includes(anchor)
      })
      .map(([link]) => link)
    t.strictSame(broken, [], document)
  }
})

t.test('every file that a document names is there', async t => {
  const named = /`((?:bench|docs|examples|lib|plugs|router|spec|tools)\/[\w./-]+\.(?:ts|js|md))`/g
  for (const document of documents) {
    const text = readFileSync(join(root, document), 'utf8').replaceAll(/^(\s*)(`{3,})[\s\S]*?^\s*\2$/gm, '')
    const missing = [...text.matchAll(named)]
      .map(([, path = '']) => path)
      .filter(path => !existsSync(join(root, path)))
    t.strictSame(missing, [], document)
  }
})
