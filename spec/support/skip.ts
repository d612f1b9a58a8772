// What a spec says when it needs something that this machine may lack: a browser, a database, a registry.

/**
 * Options for a test that can only run where something is available. Elsewhere it is skipped, the test runner says so
 * loudly, and in CI (the variable CI is set) it counts as failed.
 *
 * @param available is what the test needs there?
 * @param missing what is not covered without it, and how to get it
 * @example
 * t.test('the whole story', skipUnless(existsSync('/usr/bin/chromium'), 'no browser: apt-get install chromium'), story)
 */
export const skipUnless = (available: boolean, missing: string): { readonly skip: string | false } => ({
  skip: available ? false : missing,
})
