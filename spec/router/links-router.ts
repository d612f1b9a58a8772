// A router and its handlers that import each other: the router the handlers, the handlers the router's type and a value.
import { router, scope } from '../../router/index.js'
import { index, show } from './links-handlers.js'

export const title = 'Posts'

export const app = router(
  scope('/posts', ({ get }) => [get('/', index), get('/:id', show), get('/:id/files/*path', show)]),
)
