/**
 * Load by autocannon, where wrk is not installed: `node load.js PORT SECONDS FILE`, with a visitor's cookie in each line of
 * the file. Says how many requests were answered.
 */
import { readFileSync } from 'node:fs'

interface Autocannon {
  (options: object): Promise<{ readonly requests: { readonly total: number }; readonly non2xx: number }>
}

const [, , port, seconds, file = ''] = process.argv
// The package brings no types.
const { default: autocannon } = (await import('autocannon' as string)) as { readonly default: Autocannon }
const cookies = readFileSync(file, 'utf8').trimEnd().split('\n')
const { requests, non2xx } = await autocannon({
  url: `http://127.0.0.1:${port}/`,
  connections: 32,
  duration: Number(seconds),
  requests: cookies.map(cookie => (cookie === '' ? {} : { headers: { cookie } })),
})
console.log(`${requests.total} requests in ${seconds} s${non2xx > 0 ? `, Non-2xx: ${non2xx}` : ''}`)
