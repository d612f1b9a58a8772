/** The routes of the site. */
import { int, router, scope } from 'plugboard/router'
import * as accounts from './controllers/accounts.js'
import { health } from './controllers/health.js'
import * as pages from './controllers/pages.js'
import { ownSnippets, snippets } from './controllers/snippets.js'
import type { AtRouter } from './endpoint.js'
import { anonymous, authenticated, browser, confirmed } from './pipelines.js'

export const app = router(
  scope.from<AtRouter>()('/', ({ get }) => [get('/healthz', health)]),
  scope.from<AtRouter>()('/', browser, ({ get, match, delete: del, scope, resources, fallback }) => [
    get('/', pages.home),
    get('/settings', pages.settings),
    match(['PUT', 'POST'], '/settings', pages.updateSettings),
    del('/logout', accounts.logout),
    get('/dev/session', pages.session),
    scope('/', anonymous, ({ get, post }) => [
      get('/signup', accounts.newSignup),
      post('/signup', accounts.createSignup),
      get('/login', accounts.newLogin),
      post('/login', accounts.createLogin),
    ]),
    scope('/', authenticated, ({ get, post, match, resources }) => [
      get('/account', accounts.account),
      get('/account/confirm', accounts.newConfirmation),
      post('/account/confirm', accounts.createConfirmation),
      match(['DELETE', 'POST'], '/account', confirmed, accounts.logoutEverywhere),
      resources('/snippets', ownSnippets, { codec: int }),
    ]),
    resources('/snippets', snippets, { codec: int }),
    fallback(pages.notFound),
  ]),
)
