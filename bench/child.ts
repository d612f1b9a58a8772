/**
 * The side of a server in a benchmark: it tells its port, answers `usage` with its CPU time so far and its memory, and `collected` with
 * the same after its garbage has been collected; and it ends with its parent.
 */

/** Collects all garbage. What that takes is loaded here, so that no server starts slower for it. */
const collect = (): void => {
  process.getBuiltinModule('node:v8').setFlagsFromString('--expose-gc')
  const gc = process.getBuiltinModule('node:vm').runInNewContext('gc') as () => void
  for (let i = 0; i < 3; i++) gc()
}

/** Bytes on the heap and outside of it. */
const heapUsed = (): number => {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Says where the server listens. */
export const ready = (port: number): void => {
  process.on('message', message => {
    if (message === 'collected') collect()
    if (message === 'usage' || message === 'collected')
      process.send?.({ cpu: process.cpuUsage(), memory: process.memoryUsage.rss(), heap: heapUsed() })
  })
  process.on('disconnect', () => process.exit(0))
  process.send?.({ port })
}
