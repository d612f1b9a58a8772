/** Pages about snippets. */
import { link, markup as html, type Html } from 'plugboard/plugs'
import type { Page, Snippet, User } from '../data/repository.js'
import type { SnippetForm } from '../forms.js'
import { path } from '../links.js'
import { field, hidden, methodForm, moment, type Protected } from './parts.js'

/** The author's name: the email address without its domain, since the page is public. */
const nameOf = ({ author }: Snippet): string => author.replace(/@.*$/s, '')

// --- lists

const headed = (title: string): Html =>
  html`<div class="head">
    <h1>${title}</h1>
    ${link(path('/snippets/new'), 'New snippet', { class: 'button' })}
  </div>`

const list = (snippets: readonly Snippet[]): Html =>
  snippets.length === 0
    ? html`<p class="empty">Nothing here yet. ${link(path('/snippets/new'), 'Write the first snippet')}.</p>`
    : html`<ul class="snippets">
        ${snippets.map(
          snippet =>
            html`<li>
              ${link(path('/snippets/:id', { id: snippet.id }), snippet.title)}
              <p class="quiet">by ${nameOf(snippet)}, ${moment(snippet.insertedAt)}</p>
            </li>`,
        )}
      </ul>`

/** A link to a page of the list; an empty element if that page does not exist. */
const pageLink = (rel: 'prev' | 'next', page: number, pages: number, label: string): Html =>
  page < 1 || page > pages ? html`<span></span>` : link(path('/snippets', {}, { page }), label, { rel })

const pager = ({ page, pages }: Page<Snippet>): Html | undefined =>
  pages === 1
    ? undefined
    : html`<nav class="pages" aria-label="Pages">
        ${pageLink('prev', page - 1, pages, 'Newer')}
        <span class="quiet">Page ${page} of ${pages}</span>
        ${pageLink('next', page + 1, pages, 'Older')}
      </nav>`

export const latest = (assigns: { readonly snippets: readonly Snippet[] }): Html =>
  html`${headed('Latest snippets')} ${list(assigns.snippets)}`

export const index = (assigns: { readonly page: Page<Snippet> }): Html =>
  html`${headed('All snippets')} ${list(assigns.page.entries)} ${pager(assigns.page)}`

// --- one

const ownerActions = (id: number, csrfToken: string): Html => {
  const action = path('/snippets/:id', { id })
  return html`<div class="actions">
    ${link(path('/snippets/:id/edit', { id }), 'Edit', { class: 'button plain' })}
    ${methodForm({ csrfToken, action, method: 'delete', label: 'Delete', style: 'danger' })}
  </div>`
}

export const show = (
  assigns: Partial<Protected> & { readonly snippet: Snippet; readonly currentUser: User | null },
): Html => {
  const { snippet, currentUser, csrfToken = '' } = assigns
  const { id, userId, title, content, insertedAt, updatedAt } = snippet
  const changed = updatedAt > insertedAt ? html`, changed ${moment(updatedAt)}` : undefined
  return html`<h1>${title}</h1>
    <p class="quiet">by ${nameOf(snippet)}, ${moment(insertedAt)}${changed}</p>
    <pre class="content">${`\n${content}`}</pre>
    ${currentUser?.id === userId ? ownerActions(id, csrfToken) : undefined}`
}

// --- forms

const fields = ({ values, errors }: SnippetForm): readonly Html[] => [
  field({ name: 'title', label: 'Title', value: values.title, problem: errors.title, autofocus: true }),
  field({
    name: 'content',
    label: 'Content',
    value: values.content,
    problem: errors.content,
    type: 'textarea',
  }),
]

export const create = (assigns: Protected & { readonly form: SnippetForm }): Html =>
  html`<h1>New snippet</h1>
    <form class="stack" action="${path('/snippets')}" method="post" novalidate>
      ${hidden(assigns)} ${[...fields(assigns.form)]}
      <div class="actions"><button>Save</button>${link(path('/snippets'), 'Cancel')}</div>
    </form>`

export const edit = (assigns: Protected & { readonly form: SnippetForm; readonly id: number }): Html => {
  const action = path('/snippets/:id', { id: assigns.id })
  return html`<h1>Edit snippet</h1>
    <form class="stack" action="${action}" method="post" novalidate>
      ${hidden(assigns, 'put')} ${[...fields(assigns.form)]}
      <div class="actions"><button>Save</button>${link(action, 'Cancel')}</div>
    </form>`
}
