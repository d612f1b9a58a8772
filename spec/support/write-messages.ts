// Writes what the compiler says into the documents, behind each block that must not compile: `npm run docs:errors`.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './command.js'
import { markdownBlocks, modules } from './doc-blocks.js'
import { shownMessage, withMessages } from './messages.js'
import { compile, projectConfig, writeFiles } from './typescript.js'

const documents = [
  'README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.md'))
    .map(path => `docs/${path.replaceAll('\\', '/')}`),
]
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const made = modules(documents.flatMap(path => markdownBlocks(path, read(path)).blocks)).modules
const folder = join(root, 'dist/docs-messages')
writeFiles(folder, {
  ...Object.fromEntries(made.map(({ path, text }) => [path, text])),
  'shows.ts': read('spec/support/shows.ts'),
  'tsconfig.json': projectConfig(folder, { moduleDetection: 'force' }),
})
const diagnostics = await compile(folder)
for (const document of documents) {
  const before = read(document)
  const after = withMessages(before, line => {
    const found = made.find(({ block }) => block.document === document && block.line === line)
    const errors = diagnostics.filter(({ file }) => file === found?.path)
    if (errors.length === 0)
      console.error(`${document}:${line} compiles, where the document says that it does not`)
    return errors.length === 0 ? undefined : shownMessage(errors)
  })
  if (after === before) continue
  writeFileSync(join(root, document), after)
  console.log(`${document} is written`)
}
