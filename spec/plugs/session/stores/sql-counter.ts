// A process that counts in a session of a SQLite file: how often, and by what name, its arguments say.
import Database from 'libsql'
import { conn, run } from '../../../../lib/testing/index.js'
import { putSession, updateSession } from '../../../../plugs/session/index.js'
import { sqlStore } from '../../../../plugs/session/stores/sql.js'
import { app } from '../kit.js'

const [file = '', cookie = '', name = '', times = ''] = process.argv.slice(2)
const key = '_my_app_session'
const database = new Database(file, { timeout: 10_000 })
const store = sqlStore(database)
const request = conn('GET', '/', { cookies: { [key]: cookie } })
const count = updateSession('n', n => Number(n ?? 0) + 1)
for (let i = 0; i < Number(times); i++) {
  const { status } = run(app({ store, key }, count, putSession(`${name} ${i}`, i)))(request)
  if (status !== 200) throw new Error(`status ${status}`)
}
database.close()
