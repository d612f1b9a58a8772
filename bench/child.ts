/** The side of a server in a benchmark: it tells its port, answers `usage` with its CPU time so far, and ends with its parent. */

/** Says where the server listens. */
export const ready = (port: number): void => {
  process.on('message', message => {
    if (message === 'usage') process.send?.({ cpu: process.cpuUsage(), memory: process.memoryUsage.rss() })
  })
  process.on('disconnect', () => process.exit(0))
  process.send?.({ port })
}
