// What stands for a secret by its name is masked wherever a conn is printed.
import t from 'tap'
import { isSecretName } from '../../lib/secret-names.js'
import { fetchQueryParams } from '../../lib/index.js'
import { conn, run } from '../../lib/testing/index.js'
import { inspect } from 'node:util'

t.test('names are compared by their letters and digits', async t => {
  for (const name of [
    'api_key',
    'apiKey',
    'X-API-Key',
    'x-auth-token',
    'resetToken',
    'client_secret',
    'Password',
  ])
    t.ok(isSecretName(name), name)
  for (const name of ['page', 'accept', 'user-agent', 'key', 'pass']) t.notOk(isSecretName(name), name)
})

t.test('a printed conn holds no value of a header or parameter whose name stands for a secret', async t => {
  const secret = 's3cr3t'
  const request = conn(
    'GET',
    `/reset?token=${secret}&user[password]=${secret}&page=2&reset%5Ftoken=${secret}`,
    {
      headers: {
        'x-api-key': secret,
        'x-auth-token': secret,
        'x-request-id': 'r1',
        authorization: `Bearer ${secret}`,
      },
    },
  )
  for (const one of [request, run(fetchQueryParams)(request)])
    for (const text of [inspect(one, { depth: 9 }), JSON.stringify(one)]) {
      t.notMatch(text, secret)
      t.match(text, /page/)
      t.match(text, /r1/)
    }
})
