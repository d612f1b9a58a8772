/** A contender in a process of its own: `node dist/bench/server.js FILE WORK…`, FILE being one of `contenders/`. */
import { ready } from './child.js'

const [, , file = '', ...work] = process.argv
const { begin } = (await import(`./contenders/${file}.js`)) as {
  readonly begin: (...work: readonly string[]) => Promise<number>
}
ready(await begin(...work))
