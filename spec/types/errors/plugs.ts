/** The mistakes a user of the shipped plugs will meet, each with what the compiler must say. */
import { assign, pipeline } from '../../../lib/index.js'
import { head, markup, methodOverride, parsers, putRootLayout, render, type Html } from '../../../plugs/index.js'

const show = ({ title }: { readonly title: string }): Html => markup`<h1>${title}</h1>`
const layout = (inner: Html, { user }: { readonly user: string; readonly title?: string }): Html =>
  markup`${user}${inner}`

export const e1 = pipeline(
  head,
  methodOverride, // error: put parsers() earlier in the pipeline
)
export const e2 = pipeline(
  parsers(),
  render(show), // error: nothing earlier assigns 'title'
)
export const e3 = pipeline(
  assign('title', 1),
  render(show), // error: assigns.title has another type here
)
export const e4 = pipeline(
  assign('other', 1),
  putRootLayout(layout), // error: nothing earlier assigns 'user'
)
export const e5 = pipeline(
  assign('user', 'Ada'),
  assign('title', 1),
  putRootLayout(layout), // error: assigns.title has another type here
)
export const e6 = render(show, { title: 1 }) // error: Type 'number' is not assignable to type 'string'
export const e7 = pipeline(
  assign('title', 'x'),
  render(({ titel }: { readonly titel: string }) => markup`${titel}`), // error, first line: nothing earlier assigns 'titel': did you mean 'title'?
)
export const e8 = render(show, { titel: 'x' }) // error, first line: did you mean 'title'?
