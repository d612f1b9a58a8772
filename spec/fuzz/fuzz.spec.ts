// The fuzzer in short: every law holds for the kept corpus and for some thousand inputs more, work and memory stay in
// proportion, and the fuzzer finds the fault that is planted for each target.
import t from 'tap'
import { readCorpus } from './corpus.js'
import { growsTooFast, search, startCoverage, takesTooMuch } from './engine.js'

// before the code that it counts is loaded
const coverage = startCoverage()
const { targets } = await import('./targets/index.js')

const seconds = process.env['CI'] === undefined ? 1 : 4

for (const target of targets)
  t.test(target.name, async t => {
    const end = performance.now() + seconds * 1_000
    const seed = Date.now() % 1_000_000
    const more = (runs: number): boolean => runs < 2_000 || performance.now() < end
    const { failure, corpus, covered } = search(target, coverage, {
      seed,
      corpus: readCorpus(target.name),
      more,
    })
    t.equal(
      failure === undefined ? '' : `${JSON.stringify(failure.input)}: ${String(failure.cause)}`,
      '',
      `the laws hold (seed ${seed})`,
    )
    t.ok(covered > 0.2, `its files are covered: ${covered}`)
    for (const input of corpus) {
      t.equal(growsTooFast(target, coverage, input), undefined, 'work grows with the input')
      t.equal(takesTooMuch(target, input, 400), undefined, 'memory grows with the input')
    }
    const planted = search(target, coverage, {
      seed: 7,
      corpus: [],
      more: runs => runs < 300_000,
      planted: true,
    })
    t.match(String(planted.failure?.cause), /planted/, `the planted fault is found (${planted.runs} runs)`)
  })
