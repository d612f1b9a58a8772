/**
 * The layout of every page. It requires no assigns, because error pages use it too, and a request can fail before the
 * pipelines have run. It leaves out what is missing.
 */
import { markup as html, type Html } from 'plugboard/plugs'
import type { User } from '../data/repository.js'
import type { Theme } from '../forms.js'
import { path } from '../links.js'
import { methodForm } from './parts.js'

/** The assigns of the pipelines and pages. */
export interface Site {
  readonly title?: string
  /** Null for an anonymous user; absent until it is fetched. */
  readonly currentUser?: User | null
  /** Present for logged-in users: their menu contains a form. */
  readonly csrfToken?: string
  readonly theme?: Theme
  readonly flash?: { readonly info?: string; readonly error?: string }
}

const accountMenu = ({ currentUser, csrfToken = '' }: Site): Html | undefined => {
  if (currentUser === undefined) return undefined
  if (currentUser === null)
    return html`<li><a href="${path('/login')}">Log in</a></li>
      <li><a href="${path('/signup')}">Sign up</a></li>`
  return html`<li><a class="who" href="${path('/account')}" title="Your account">${currentUser.email}</a></li>
    <li>
      ${methodForm({ csrfToken, action: path('/logout'), method: 'delete', label: 'Log out', style: 'link' })}
    </li>`
}

const message = (
  kind: 'info' | 'error',
  role: 'status' | 'alert',
  text: string | undefined,
): Html | undefined =>
  text === undefined ? undefined : html`<p class="flash ${kind}" role="${role}">${text}</p>`

export const layout = (inner: Html, site: Site): Html =>
  html`<!DOCTYPE html>
    <html lang="en" ${site.theme ? html` data-theme="${site.theme}"` : undefined}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${site.title === undefined ? undefined : `${site.title} · `}Snippetbox</title>
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/app.css" />
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="top">
          <nav class="wrap" aria-label="Main">
            <a class="brand" href="${path('/')}">Snippetbox</a>
            <ul>
              <li><a href="${path('/snippets')}">Snippets</a></li>
              <li><a href="${path('/settings')}">Settings</a></li>
              ${accountMenu(site)}
            </ul>
          </nav>
        </header>
        <div class="wrap">
          ${message('info', 'status', site.flash?.info)} ${message('error', 'alert', site.flash?.error)}
        </div>
        <main id="main" class="wrap" tabindex="-1">${inner}</main>
        <footer><div class="wrap">An example of what Plugboard does.</div></footer>
      </body>
    </html> `
