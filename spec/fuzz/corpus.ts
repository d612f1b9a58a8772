/** The kept inputs of each target: one JSON string a line, each character a byte. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../support/command.js'

const folder = join(root, 'spec/fuzz/corpus')
const fileOf = (name: string): string => join(folder, `${name}.jsonl`)

/** The corpus of a target; empty if none was kept. */
export const readCorpus = (name: string): readonly string[] => {
  const file = fileOf(name)
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.filter(line => line !== '').map(line => JSON.parse(line) as string)
}

/** Replaces the corpus of a target. */
export const writeCorpus = (name: string, corpus: readonly string[]): void => {
  mkdirSync(folder, { recursive: true })
  writeFileSync(fileOf(name), corpus.map(input => `${JSON.stringify(input)}\n`).join(''))
}
