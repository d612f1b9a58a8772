// Handlers that link to routes of the router which imports them.
import { text, type Conn } from '../../lib/index.js'
import { links, type Handler } from '../../router/index.js'
import { title, type app } from './links-router.js'

const path = links<typeof app>()

export const index: Handler<Conn> = c => text(`${title} ${path('/posts/:id', { id: 1 })}`)(c)
export const show: Handler<Conn, 'id'> = c =>
  text(path('/posts/:id/files/*path', { id: c.params.id, path: ['a', 'b'] }, { page: 2 }, 'top'))(c)
