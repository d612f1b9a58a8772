// The runner of the specs (tools/specs.js) decides what counts as passed; here it runs small specs, good and bad.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { node, root, type Finished } from '../support/command.js'

/** Runs the runner on specs given as text. Below dist, so that they find tap. */
const runner = async (
  specs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<Finished & { readonly last: string }> => {
  mkdirSync(join(root, 'dist'), { recursive: true })
  const folder = mkdtempSync(join(root, 'dist/.runner-'))
  try {
    mkdirSync(join(folder, 'spec'))
    for (const [name, text] of Object.entries(specs))
      writeFileSync(join(folder, 'spec', `${name}.spec.js`), `import t from 'tap'\n${text}\n`)
    const finished = await node([join(root, 'tools/specs.js')], {
      env: { PLUGBOARD_SPECS: join(folder, 'spec'), PLUGBOARD_NO_BUILD: '1', CI: undefined, ...env },
    })
    return { ...finished, last: finished.stdout.trimEnd().split('\n').at(-1) ?? '' }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const good = "t.test('a', async t => { t.ok(1); await t.test('b', async t => { t.equal(1, 1) }) })"

t.test('assertions are counted, those of subtests once', async t => {
  const { code, last, stdout } = await runner({ good, more: 't.ok(1)' })
  t.equal(last, '3 passed, 0 failed')
  t.match(stdout, /^ok good\.spec\.js \(2 assertions/m)
  t.equal(code, 0)
})

t.test('what fails is shown and counted', async t => {
  const bad = "t.test('a', async t => { t.ok(1); t.equal(1, 2, 'one is two') })"
  const { code, last, stdout } = await runner({ good, bad })
  t.equal(last, '3 passed, 1 failed')
  t.match(stdout, /^not ok bad\.spec\.js/m)
  t.match(stdout, 'not ok a > one is two')
  t.equal(code, 1)
})

t.test('a spec that breaks off has failed, however many assertions held before', async t => {
  const broken = {
    throws: "t.ok(1)\nthrow new Error('broken')",
    rejects: "t.ok(1)\nPromise.reject(new Error('broken'))\nawait new Promise(r => setTimeout(r, 50))",
    exits: 't.ok(1)\nprocess.exit(3)',
    stops: "t.test('a', async t => { t.ok(1); process.exit(0) })",
    dies: "t.ok(1)\nprocess.kill(process.pid, 'SIGKILL')",
    plans: "t.test('a', t => { t.plan(2); t.ok(1); t.end() })",
    silent: '',
    syntax: 'const',
  }
  const { code, stdout, last } = await runner(broken)
  for (const name of Object.keys(broken))
    t.match(stdout, new RegExp(`^not ok ${name}\\.spec\\.js`, 'm'), name)
  t.match(last, /^\d+ passed, [1-9]\d* failed$/)
  t.equal(code, 1)
})

t.test('what is skipped is said loudly, and fails in CI', async t => {
  const skips =
    "t.test('the story', { skip: 'no browser' }, async () => {})\nt.test('later', { todo: 'soon' }, async () => {})"
  const here = await runner({ good, skips })
  t.match(here.stdout, /^SKIPPED: skips\.spec\.js: the story: no browser$/m)
  t.match(here.stdout, /^SKIPPED: skips\.spec\.js: later: soon$/m)
  t.equal(here.last, '2 passed, 0 failed, 2 skipped')
  t.equal(here.code, 0)
  const inCi = await runner({ good, skips }, { CI: 'true' })
  t.match(inCi.stdout, /^SKIPPED: skips\.spec\.js: the story: no browser$/m)
  t.equal(inCi.last, '2 passed, 2 failed')
  t.equal(inCi.code, 1)
})
