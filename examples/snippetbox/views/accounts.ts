/** Pages about accounts: sign up, log in, the account itself. */
import { link, markup as html, type Html } from 'plugboard/plugs'
import type { User } from '../data/repository.js'
import type { SignupForm } from '../forms.js'
import { path } from '../links.js'
import { field, hidden, methodForm, moment, type Protected } from './parts.js'

export const signup = (
  assigns: Protected & { readonly form: SignupForm; readonly problem: string },
): Html => {
  const { values, errors } = assigns.form
  const email = field({
    name: 'email',
    label: 'Email',
    type: 'email',
    value: values.email,
    problem: errors.email,
    autocomplete: 'username',
    autofocus: true,
  })
  const password = field({
    name: 'password',
    label: 'Password',
    type: 'password',
    value: values.password,
    problem: errors.password,
    autocomplete: 'new-password',
    hint: 'At least 8 characters.',
  })
  return html`<h1>Sign up</h1>
    <form class="stack" action="${path('/signup')}" method="post" novalidate>
      ${assigns.problem && html`<p class="flash error" role="alert">${assigns.problem}</p>`}
      ${hidden(assigns)} ${email} ${password}
      <div class="actions"><button>Create an account</button>${link(path('/login'), 'Log in instead')}</div>
    </form>`
}

export const login = (assigns: Protected & { readonly email: string; readonly problem: string }): Html => {
  const email = field({
    name: 'email',
    label: 'Email',
    type: 'email',
    value: assigns.email,
    autocomplete: 'username',
    autofocus: true,
  })
  const password = field({
    name: 'password',
    label: 'Password',
    type: 'password',
    value: '',
    autocomplete: 'current-password',
  })
  return html`<h1>Log in</h1>
    <form class="stack" action="${path('/login')}" method="post" novalidate>
      ${assigns.problem && html`<p class="flash error" role="alert">${assigns.problem}</p>`}
      ${hidden(assigns)} ${email} ${password}
      <label><input type="checkbox" name="remember_me" value="true" /> Keep me logged in</label>
      <div class="actions"><button>Log in</button>${link(path('/signup'), 'Sign up')}</div>
    </form>`
}

/** Asks for the password again, before an action that must not be available on an unattended device. */
export const confirmation = (assigns: Protected & { readonly problem: string }): Html => {
  const password = field({
    name: 'password',
    label: 'Password',
    type: 'password',
    value: '',
    autocomplete: 'current-password',
    autofocus: true,
  })
  return html`<h1>Confirm your password</h1>
    <p>You logged in a while ago. Please enter your password again.</p>
    <form class="stack" action="${path('/account/confirm')}" method="post" novalidate>
      ${assigns.problem && html`<p class="flash error" role="alert">${assigns.problem}</p>`}
      ${hidden(assigns)} ${password}
      <div class="actions"><button>Go on</button>${link(path('/account'), 'Back')}</div>
    </form>`
}

export const account = (
  assigns: Protected & { readonly currentUser: User; readonly loggedInAt: number | undefined },
): Html => {
  const { currentUser, csrfToken, loggedInAt } = assigns
  const action = path('/account')
  return html`<h1>Your account</h1>
    <p>
      You are <strong>${currentUser.email}</strong>${
        loggedInAt === undefined ? undefined : html`, logged in since ${moment(loggedInAt, 'minute')}`
      }.
    </p>
    <h2>On every device</h2>
    <p>
      This ends all of your sessions, and this one too: wherever you are logged in, you will have to log in
      again.
    </p>
    ${methodForm({ csrfToken, action, method: 'delete', label: 'Log out everywhere', style: 'danger' })}`
}
