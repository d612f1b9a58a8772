/** Pages of the site itself: settings, errors, and the session in development. */
import { link, markup as html, type Html } from 'plugboard/plugs'
import type { Theme } from '../forms.js'
import { path } from '../links.js'
import { hidden, type Protected } from './parts.js'

const themes: readonly (readonly [Theme, string])[] = [
  ['', 'As my device says'],
  ['light', 'Light'],
  ['dark', 'Dark'],
]

export const settings = (assigns: Protected & { readonly theme: Theme }): Html =>
  html`<h1>Settings</h1>
    <form class="stack" action="${path('/settings')}" method="post">
      ${hidden(assigns, 'put')}
      <div class="field">
        <label for="theme">Theme</label>
        <select id="theme" name="theme">
          ${themes.map(
            ([value, label]) =>
              html`<option value="${value}" ${value === assigns.theme ? html` selected` : undefined}>
                ${label}
              </option>`,
          )}
        </select>
      </div>
      <div class="actions"><button>Save</button></div>
    </form>`

/** An error page: a heading and a sentence. */
export const problem = (assigns: { readonly title: string; readonly message: string }): Html =>
  html`<h1>${assigns.title}</h1>
    <p>${assigns.message}</p>
    <p>${link(path('/'), 'To the front page')}</p>`

/** A term of the session as a string. JSON has no bigint. */
const shown = (term: unknown): string =>
  JSON.stringify(term, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))

export const session = (assigns: { readonly session: Readonly<Record<string, unknown>> }): Html => {
  const rows = Object.entries(assigns.session).map(
    ([key, term]) =>
      html`<tr>
        <th scope="row">${key}</th>
        <td>${shown(term)}</td>
      </tr>`,
  )
  return html`<h1>This session</h1>
    <p class="quiet">Shown in development only.</p>
    ${
      rows.length === 0
        ? html`<p class="empty">The session is empty.</p>`
        : html`<table>
            <thead>
              <tr>
                <th scope="col">Key</th>
                <th scope="col">Term</th>
              </tr>
            </thead>
            <tbody>
              ${rows}
            </tbody>
          </table>`
    }`
}
