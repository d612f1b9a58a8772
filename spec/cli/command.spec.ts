import { left, right } from 'fp-ts/lib/Either.js'
import t from 'tap'
import { commandOf } from '../../cli/command.js'

const command = (line: string) => commandOf(line.split(' ').filter(Boolean))
const list = { kind: 'routes', method: undefined, text: undefined, json: false }
const match = { kind: 'match', method: 'GET', path: '/x', host: undefined, json: false }

t.test('what can be asked for', async t => {
  t.strictSame(command('--help'), right({ kind: 'help' }))
  t.strictSame(command('help'), right({ kind: 'help' }))
  t.strictSame(command('routes -h'), right({ kind: 'help' }))
  t.strictSame(command('--version'), right({ kind: 'version' }))
  t.strictSame(command('-v'), right({ kind: 'version' }))
  t.strictSame(command('routes'), right(list))
  t.strictSame(
    command('routes snippets --method get --json'),
    right({ ...list, text: 'snippets', method: 'GET', json: true }),
  )
  t.strictSame(command('routes --match GET /x'), right(match))
  t.strictSame(command('--match get routes /x?q=1#f'), right(match))
  t.strictSame(commandOf(['routes', '--match', ' GET  /x ']), right(match), 'in one word, too')
  t.strictSame(
    command('routes --match POST /x --host api.test --json'),
    right({ ...match, method: 'POST', host: 'api.test', json: true }),
  )
})

t.test('what cannot be understood is said in a sentence', async t => {
  const cases: readonly (readonly [line: string, message: string | RegExp])[] = [
    ['', 'a command is missing'],
    ['--json', 'a command is missing'],
    ['route', 'there is no command "route"'],
    ['routes --metod GET', "Unknown option '--metod'"],
    ['routes --method', /^Option '--method <value>' argument missing$/],
    ['routes --json=yes', /^Option '--json' does not take an argument$/],
    ['routes a b', 'one text at most: quote it if it has spaces'],
    ['routes --host x', '--host belongs to --match'],
    ['routes --match GET', '--match takes a method and a path that starts with "/"'],
    ['routes --match GET x', '--match takes a method and a path that starts with "/"'],
    ['routes --match GET /x /y', '--match takes a method and a path that starts with "/"'],
    ['routes --match GET /x --method GET', '--match has a method of its own: leave out --method'],
  ]
  for (const [line, message] of cases) {
    const result = command(line)
    t.match(result, left(message), line)
  }
})
