/** `plugboard/eslint`: rules for apps, as a plugin of ESLint or oxlint. */

/** A rule as linters load it. */
interface Rule {
  readonly meta: {
    readonly type: 'problem'
    readonly fixable?: 'code'
    readonly docs: { readonly description: string }
  }
  readonly create: (context: never) => object
}

/** The plugin. */
declare const plugin: {
  readonly meta: { readonly name: 'plugboard' }
  readonly rules: {
    /** fp-ts and io-ts must be imported by file: their folders compile, but fail in Node's ESM. */
    readonly 'no-fp-ts-folder-import': Rule
    /** A function that links to a route (`app.path`, `app.url`) must write its return type, or the compiler meets a cycle. */
    readonly 'annotate-linking-functions': Rule
    /** An annotation such as `Plug` or `Conn` must not hide from the compiler that a plug responds without `halt`. */
    readonly 'no-wide-plug': Rule
    /** A plug that others follow must not return after `resp(…)` or an error status without `halt`. */
    readonly 'halt-after-response': Rule
    /** An effect of plugboard must be executed: `yield* ensure(…)`, not `ensure(…)` or `yield ensure(…)`. */
    readonly 'yield-star': Rule
  }
}
export default plugin
