/** Parts that several pages share. */
import { markup as html, type Html } from 'plugboard/plugs'

/** The assigns of a page with a form: the CSRF token. */
export interface Protected {
  readonly csrfToken: string
}

/** The hidden fields of a form: the token, and a method that HTML forms do not support. */
export const hidden = ({ csrfToken }: Protected, method?: 'put' | 'delete'): Html =>
  html`<input type="hidden" name="_csrf_token" value="${csrfToken}" />${
      method === undefined ? undefined : html`<input type="hidden" name="_method" value="${method}" />`
    }`

/** A form with only a button. */
export const methodForm = (options: {
  readonly csrfToken: string
  readonly action: string
  readonly method: 'put' | 'delete'
  readonly label: string
  readonly style: 'link' | 'danger'
}): Html =>
  html`<form action="${options.action}" method="post">
    ${hidden(options, options.method)}<button class="${options.style}">${options.label}</button>
  </form>`

interface Field {
  readonly name: string
  readonly label: string
  readonly value: string
  /** The error message, as the end of a sentence that begins with the label. */
  readonly problem?: string | undefined
  readonly hint?: string
  readonly type?: 'text' | 'email' | 'password' | 'textarea'
  readonly autocomplete?: string
  readonly autofocus?: boolean
}

/** An attribute; omitted if its value is undefined. */
const attribute = (name: string, value: string | undefined): Html | undefined =>
  value === undefined ? undefined : html` ${name}="${value}"`

const control = (field: Field): Html => {
  const { name, value, type = 'text' } = field
  const notes = [field.problem && `${name}-problem`, field.hint && `${name}-hint`].filter(Boolean)
  const attributes = [
    attribute('autocomplete', field.autocomplete),
    attribute('aria-invalid', field.problem && 'true'),
    attribute('aria-describedby', notes.length === 0 ? undefined : notes.join(' ')),
    field.autofocus ? html` autofocus` : undefined,
  ]
  // browsers drop one line break after <textarea>, so the content gets another one in front
  return type === 'textarea'
    ? html`<textarea id="${name}" name="${name}" rows="12" required${attributes}>${`\n${value}`}</textarea>`
    : html`<input id="${name}" name="${name}" type="${type}" value="${value}" required${attributes} />`
}

/** A field with its label and its error message. */
export const field = (field: Field): Html => {
  const { name, label, problem, hint } = field
  return html`<div class="field">
    <label for="${name}">${label}</label>
    ${control(field)} ${problem && html`<p class="problem" id="${name}-problem">${label} ${problem}</p>`}
    ${hint && html`<p class="hint" id="${name}-hint">${hint}</p>`}
  </div>`
}

/** A time (milliseconds since the epoch) for people and machines: the day, or the day and the minute. */
export const moment = (milliseconds: number, precision: 'day' | 'minute' = 'day'): Html => {
  const iso = new Date(milliseconds).toISOString()
  const text = precision === 'day' ? iso.slice(0, 10) : `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`
  return html`<time datetime="${iso}">${text}</time>`
}
