/** Snippetbox's forms: decodes and checks the fields of a body, and keeps them as typed to show the form again. */
import { left, right, type Either } from 'fp-ts/lib/Either.js'
import type { Credentials, SnippetInput } from './data/repository.js'

/** Error messages by field. */
export type FieldErrors<Field extends string> = { readonly [F in Field]?: string }

/** A form as a view shows it: the values as typed, and their errors. */
export interface Form<Field extends string> {
  readonly values: { readonly [F in Field]: string }
  readonly errors: FieldErrors<Field>
}

type Body = { readonly [key: string]: unknown }

/** The string of a field; empty if the field is missing or not a string. */
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

/** Reads a snippet. Browsers send line breaks as CR LF; they are stored as LF. */
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

/** Reads a new account. The form never shows the password again. */
export const readSignup = (body: Body): Either<SignupForm, Credentials> => {
  const email = field(body, 'email').trim()
  const password = field(body, 'password')
  return check(
    { email, password: '' },
    { email: emailProblem(email), password: passwordProblem(password) },
    { email, password },
  )
}

/** Reads credentials. Only the database checks them, so that every rejection takes the same time and has the same message. */
export const readCredentials = (body: Body): Credentials => ({
  email: field(body, 'email').trim().slice(0, 160),
  password: readPassword(body),
})

/** Reads a password, of which only the first 1,000 characters count. */
export const readPassword = (body: Body): string => field(body, 'password').slice(0, 1000)

/** Whether the box "keep me logged in" is checked. */
export const readRememberMe = (body: Body): boolean => field(body, 'remember_me') === 'true'

// --- settings

export type Theme = 'light' | 'dark' | ''

/** Reads the theme of a form or a session; an unknown value is no preference. */
export const readTheme = (value: unknown): Theme => (value === 'light' || value === 'dark' ? value : '')
