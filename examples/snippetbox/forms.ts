/** What people type into Snippetbox's forms: decoded from the body, checked, and kept as typed when it must be shown again. */
import { left, right, type Either } from 'fp-ts/lib/Either.js'
import type { Credentials, SnippetInput } from './data/repository.js'

/** What is wrong, by field. */
export type FieldErrors<Field extends string> = { readonly [F in Field]?: string }

/** A form as a view shows it: what was typed, and what is wrong with it. */
export interface Form<Field extends string> {
  readonly values: { readonly [F in Field]: string }
  readonly errors: FieldErrors<Field>
}

type Body = { readonly [key: string]: unknown }

/** The text of a field; a field that is missing, or holds something other than text, is empty. */
const field = (body: Body, name: string): string => {
  const value = body[name]
  return typeof value === 'string' ? value : ''
}

const check = <Field extends string, A>(
  values: { readonly [F in Field]: string },
  errors: { readonly [F in Field]: string | undefined },
  value: A,
): Either<Form<Field>, A> => {
  const found: { [F in Field]?: string } = {}
  for (const name in errors) {
    const problem = errors[name]
    if (problem !== undefined) found[name] = problem
  }
  return Object.keys(found).length === 0 ? right(value) : left({ values, errors: found })
}

const characters = (text: string): number => [...text].length

// --- snippets

export type SnippetForm = Form<'title' | 'content'>

export const emptySnippet: SnippetForm = { values: { title: '', content: '' }, errors: {} }

export const snippetForm = (snippet: SnippetInput): SnippetForm => ({
  values: { title: snippet.title, content: snippet.content },
  errors: {},
})

const lengthProblem = (text: string, most: number): string | undefined =>
  text.trim() === ''
    ? "can't be blank"
    : characters(text) > most
      ? `should be at most ${most} characters`
      : undefined

/** What a snippet is made of. Browsers send line breaks as CR LF; one of them is kept. */
export const readSnippet = (body: Body): Either<SnippetForm, SnippetInput> => {
  const values = { title: field(body, 'title'), content: field(body, 'content') }
  return check(
    values,
    { title: lengthProblem(values.title, 100), content: lengthProblem(values.content, 10_000) },
    { title: values.title.trim(), content: values.content.replaceAll('\r\n', '\n') },
  )
}

// --- accounts

export type SignupForm = Form<'email' | 'password'>

export const emptySignup: SignupForm = { values: { email: '', password: '' }, errors: {} }

const emailProblem = (email: string): string | undefined =>
  !/^[^@,;\s]+@[^@,;\s]+$/.test(email)
    ? 'must have the @ sign and no spaces'
    : email.length > 160
      ? 'should be at most 160 characters'
      : undefined

const passwordProblem = (password: string): string | undefined => {
  const length = characters(password)
  return length < 8
    ? 'should be at least 8 characters'
    : length > 72
      ? 'should be at most 72 characters'
      : undefined
}

/** A new account. The password is never shown again, not even to who typed it. */
export const readSignup = (body: Body): Either<SignupForm, Credentials> => {
  const email = field(body, 'email').trim()
  const password = field(body, 'password')
  return check(
    { email, password: '' },
    { email: emailProblem(email), password: passwordProblem(password) },
    { email, password },
  )
}

/** Who wants in. Nothing is checked here: that is for the database to say, in the same time and words for all. */
export const readCredentials = (body: Body): Credentials => ({
  email: field(body, 'email').trim().slice(0, 160),
  password: readPassword(body),
})

/** A password, as far as it is looked at. */
export const readPassword = (body: Body): string => field(body, 'password').slice(0, 1000)

/** Whether somebody wants to stay logged in: the box is ticked. */
export const readRememberMe = (body: Body): boolean => field(body, 'remember_me') === 'true'

// --- settings

export type Theme = 'light' | 'dark' | ''

/** The theme of a form or a session; anything else is none. */
export const readTheme = (value: unknown): Theme => (value === 'light' || value === 'dark' ? value : '')
