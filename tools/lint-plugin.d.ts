/** `plugboard/lint`: two rules for apps, as a plugin of oxlint or ESLint. */

/** A rule as linters load it. */
interface Rule {
  readonly meta: { readonly type: 'problem'; readonly docs: { readonly description: string } }
  readonly create: (context: never) => object
}

/** The plugin. */
declare const plugin: {
  readonly meta: { readonly name: 'plugboard' }
  readonly rules: {
    /** fp-ts and io-ts are imported by file: their folders compile and then fail in Node's ESM. */
    readonly 'no-fp-ts-folder-import': Rule
    /** A function that links to a route (`app.path`, `app.url`) writes its return type, or the compiler meets a cycle. */
    readonly 'annotate-linking-functions': Rule
  }
}
export default plugin
