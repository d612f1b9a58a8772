// The whole story in a real browser, against the real server on a database in a file.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isLeft } from 'fp-ts/lib/Either.js'
import { chromium, type Browser, type BrowserContext, type Page, type Response } from 'playwright-core'
import { directory, serve } from 'plugboard/node'
import t from 'tap'
import { makeAttempts } from '../../../examples/snippetbox/attempts.js'
import { readConfig } from '../../../examples/snippetbox/config.js'
import { openRepository } from '../../../examples/snippetbox/data/open-repository.js'
import { openSessionStore } from '../../../examples/snippetbox/data/session-store.js'
import { makeEndpoint } from '../../../examples/snippetbox/endpoint.js'
import { skipUnless } from '../../support/skip.js'
import { password, secret } from './support.js'

const executablePath = process.env['CHROMIUM'] || '/usr/bin/chromium'
const needsChromium = skipUnless(
  existsSync(executablePath),
  'no browser is driven: apt-get install chromium, or say where one is in the variable CHROMIUM',
)
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const assets = fileURLToPath(new URL('../../../../examples/snippetbox/public', import.meta.url))

/** Snippetbox at an address of its own, and how to end it. */
const startSite = async (
  folder: string,
): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> => {
  const config = readConfig({ NODE_ENV: 'development', SECRET_KEY_BASE: secret })
  if (isLeft(config)) throw new TypeError(config.left.join('\n'))
  const opened = await openRepository({ file: join(folder, 'snippetbox.db') })()
  if (isLeft(opened)) throw new TypeError(opened.left.message)
  const { repository, tokens, database, close } = opened.right
  const sessions = await openSessionStore(config.right.session, () => database)()
  if (isLeft(sessions)) throw new TypeError(sessions.left.message)
  const services = { repository, tokens, attempts: makeAttempts(), mode: config.right.mode }
  const ports = {
    assets: directory(assets),
    log: { write: () => () => undefined },
    sessions: sessions.right.store,
  }
  const served = await serve(makeEndpoint(config.right, services, ports), {
    host: '127.0.0.1',
    port: 0,
    stopOn: [],
  })()
  if (isLeft(served)) throw new TypeError(served.left.message)
  const { url, stop } = served.right
  return {
    url,
    stop: async () => {
      await stop()
      await close()
    },
  }
}

const sessionCookie = async (context: BrowserContext) =>
  (await context.cookies()).find(({ name }) => name === '_snippetbox_key')

/** Clicks a button that sends a form, and waits for the answer to it. */
const send = async (page: Page, label: string): Promise<Response> => {
  const [answer] = await Promise.all([
    page.waitForResponse(response => response.request().method() === 'POST'),
    page.waitForEvent('load'),
    page.getByRole('button', { name: label, exact: true }).click(),
  ])
  return answer
}

const pathOf = (page: Page): string => new URL(page.url()).pathname

const fillIn = async (page: Page, fields: Readonly<Record<string, string>>): Promise<void> => {
  for (const [label, value] of Object.entries(fields))
    await page.getByLabel(label, { exact: true }).fill(value)
}

const signUp = async (page: Page, email: string): Promise<void> => {
  await page.goto('/signup')
  await fillIn(page, { Email: email, Password: password })
  await send(page, 'Create an account')
}

t.test('in a browser', needsChromium, async t => {
  const folder = mkdtempSync(join(tmpdir(), 'snippetbox-'))
  const site = await startSite(folder)
  const browser: Browser = await chromium.launch({ executablePath, args: flags })
  t.teardown(async () => {
    await browser.close()
    await site.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  const open = async (options: Parameters<Browser['newContext']>[0] = {}) => {
    const context = await browser.newContext({ baseURL: site.url, ...options })
    context.setDefaultTimeout(15_000)
    return { context, page: await context.newPage() }
  }

  await t.test(
    'the whole story: sign up, log out, log in, write, edit, delete, choose a theme, log out',
    async t => {
      const { context, page } = await open()
      const problems: string[] = []
      page.on('console', message => message.type() === 'error' && problems.push(message.text()))
      page.on('pageerror', error => problems.push(error.message))

      await page.goto('/')
      t.strictSame(await context.cookies(), [], 'the front page sets no cookie')

      await signUp(page, 'ada@example.com')
      t.equal(pathOf(page), '/')
      t.equal(await page.getByRole('status').textContent(), 'Your account has been created.')
      t.match(await sessionCookie(context), {
        httpOnly: true,
        sameSite: 'Lax',
        secure: false,
        path: '/',
        expires: -1,
        domain: '127.0.0.1',
      })
      t.equal(await page.evaluate('document.cookie'), '', 'no script can read it')
      await page.reload()
      t.equal(await page.getByRole('status').count(), 0, 'the flash is shown once')
      await send(page, 'Log out')

      await page.goto('/snippets/new')
      t.equal(pathOf(page), '/login')
      t.equal(await page.getByRole('alert').textContent(), 'You must log in to access this page.')
      await fillIn(page, { Email: 'ada@example.com', Password: 'wrong password' })
      t.equal((await send(page, 'Log in')).status(), 422)
      t.equal(await page.getByRole('alert').textContent(), 'Invalid email or password')
      t.equal(await page.getByLabel('Email').inputValue(), 'ada@example.com')
      t.equal(await page.getByLabel('Password').inputValue(), '')
      await fillIn(page, { Password: password })
      t.equal((await send(page, 'Log in')).status(), 302)
      t.equal(pathOf(page), '/snippets/new', 'back to the page that was asked for')
      t.equal(await page.getByRole('status').textContent(), 'Welcome back!')
      await page.reload()
      t.equal(await page.getByRole('status').count(), 0)

      await fillIn(page, { Title: '', Content: '\n  <b>old</b> pond' })
      t.equal((await send(page, 'Save')).status(), 422)
      t.equal(await page.locator('#title-problem').textContent(), "Title can't be blank")
      t.equal(await page.getByLabel('Content').inputValue(), '\n  <b>old</b> pond', 'what was typed is there')
      await fillIn(page, { Title: '<script>alert(1)</script>' })
      await send(page, 'Save')
      t.equal(await page.getByRole('status').textContent(), 'Snippet created.')
      t.equal(await page.getByRole('heading', { level: 1 }).textContent(), '<script>alert(1)</script>')
      t.equal(await page.locator('pre').textContent(), '\n  <b>old</b> pond', 'to the last space')
      const snippet = pathOf(page)

      await page.getByRole('link', { name: 'Edit' }).click()
      t.equal(await page.getByLabel('Content').inputValue(), '\n  <b>old</b> pond')
      await fillIn(page, { Title: 'Haiku' })
      await send(page, 'Save')
      t.equal(pathOf(page), snippet)
      t.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'Haiku')

      await page.getByRole('link', { name: 'Settings' }).click()
      await page.getByLabel('Theme').selectOption('dark')
      await send(page, 'Save')
      t.equal(await page.locator('html').getAttribute('data-theme'), 'dark')
      t.match(
        await page.evaluate('getComputedStyle(document.body).backgroundColor'),
        /^rgb\(\d\d, \d\d, \d\d\)$/,
      )

      await page.goto(snippet)
      await send(page, 'Delete')
      t.equal(pathOf(page), '/snippets')
      t.equal(await page.getByText('Haiku').count(), 0)
      t.equal((await page.goto(snippet))?.status(), 404)

      const old = await sessionCookie(context)
      await send(page, 'Log out')
      t.equal(await page.getByRole('status').textContent(), 'Logged out successfully.')
      t.equal(await page.getByRole('link', { name: 'Log in' }).count(), 1)

      const thief = await open()
      await thief.context.addCookies(old === undefined ? [] : [old])
      await thief.page.goto('/account')
      t.equal(pathOf(thief.page), '/login', 'the old cookie is of no use')
      await thief.context.close()

      t.strictSame(
        problems.filter(problem => !/status of (?:403|404|422)/.test(problem)),
        [],
        'the browser has nothing to complain about',
      )
      await context.close()
    },
  )

  await t.test('a form without its token is refused', async t => {
    const { context, page } = await open()
    await signUp(page, 'bob@example.com')
    await page.goto('/snippets/new')
    await fillIn(page, { Title: 'forged', Content: 'forged' })
    await page.evaluate('document.querySelectorAll("[name=_csrf_token]").forEach(input => input.remove())')
    t.equal((await send(page, 'Save')).status(), 403)
    t.match(await page.getByRole('main').textContent(), 'Go back, reload the page and send it again.')
    await page.goto('/snippets')
    t.equal(await page.getByText('forged').count(), 0)
    await context.close()
  })

  await t.test('the keyboard is enough to log in, and shows where it is', async t => {
    const { context, page } = await open()
    await signUp(page, 'keys@example.com')
    await send(page, 'Log out')

    await page.goto('/')
    await page.keyboard.press('Tab')
    t.equal(await page.evaluate('document.activeElement.textContent'), 'Skip to the content')
    const inView =
      '(() => { const box = document.activeElement.getBoundingClientRect(); return box.left >= 0 && box.top >= 0 })()'
    t.ok(await page.evaluate(inView), 'the link that skips the menu is seen when it is reached')
    for (let i = 0; i < 10; i++) {
      if ((await page.evaluate('document.activeElement.textContent')) === 'Log in') break
      await page.keyboard.press('Tab')
    }
    t.equal(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle'), 'solid')
    await Promise.all([page.waitForURL('**/login'), page.keyboard.press('Enter')])
    t.equal(await page.evaluate('document.activeElement.id'), 'email', 'the first field has the focus')
    await page.keyboard.type('keys@example.com')
    await page.keyboard.press('Tab')
    await page.keyboard.type(password)
    await Promise.all([page.waitForURL(`${site.url}/`), page.keyboard.press('Enter')])
    t.equal(await page.getByRole('status').textContent(), 'Welcome back!')
    await context.close()
  })

  await t.test('on a phone nothing has to be scrolled sideways', async t => {
    const { context, page } = await open({ viewport: { width: 390, height: 844 }, hasTouch: true })
    await signUp(page, 'somebody.with.quite.a.long.address.indeed@mail.department.example.com')
    await page.goto('/snippets/new')
    await fillIn(page, { Title: 'x'.repeat(100), Content: `${'y'.repeat(400)}\n${'word '.repeat(100)}` })
    await send(page, 'Save')
    const snippet = pathOf(page)
    for (const path of [
      '/',
      '/snippets',
      snippet,
      `${snippet}/edit`,
      '/snippets/new',
      '/settings',
      '/account',
      '/dev/session',
      '/nowhere',
    ]) {
      await page.goto(path)
      t.ok(
        await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth'),
        path,
      )
    }
    await send(page, 'Log out')
    for (const path of ['/login', '/signup', snippet]) {
      await page.goto(path)
      t.ok(
        await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth'),
        path,
      )
    }
    await context.close()
  })
})
