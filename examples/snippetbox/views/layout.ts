/**
 * The page around every page. It needs nothing, so that it can go around a page that says what went wrong as well:
 * what is not known by then is left out. (The router needs this file to load, so links are not made by its `path` here.)
 */
import { markup as html, type Html } from 'plugboard/plugs'
import type { User } from '../data/repository.js'
import type { Theme } from '../forms.js'
import { methodForm } from './parts.js'

/** What the pipelines and pages assign. */
export interface Site {
  readonly title?: string
  /** Null for nobody; absent while it is not known. */
  readonly currentUser?: User | null
  /** There for those who are logged in, whose menu holds a form. */
  readonly csrfToken?: string
  readonly theme?: Theme
  readonly flash?: { readonly info?: string; readonly error?: string }
}

const accountMenu = ({ currentUser, csrfToken = '' }: Site): Html | undefined => {
  if (currentUser === undefined) return undefined
  if (currentUser === null)
    return html`<li><a href="/login">Log in</a></li>
      <li><a href="/signup">Sign up</a></li>`
  return html`<li><a class="who" href="/account" title="Your account">${currentUser.email}</a></li>
    <li>
      ${methodForm({ csrfToken, action: '/logout', method: 'delete', label: 'Log out', style: 'link' })}
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
            <a class="brand" href="/">Snippetbox</a>
            <ul>
              <li><a href="/snippets">Snippets</a></li>
              <li><a href="/settings">Settings</a></li>
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
