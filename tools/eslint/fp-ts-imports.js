// The rule `no-fp-ts-folder-import`: fp-ts and io-ts are imported by file. Their folders compile, and fail in Node's ESM.

/** @typedef {import('./syntax.js').Node} Node */

/** The specifier to import instead, or undefined if this one works in Node's ESM. @param {string} specifier */
export const workingImport = specifier => {
  const parts = /^(fp-ts|io-ts)\/(.+)$/.exec(specifier)
  if (!parts) return undefined
  const [, name, path] = parts
  if (path === 'package.json') return undefined
  const working = `${name}/lib/${String(path)
    .replace(/^(lib|es6)\//, '')
    .replace(/(\/index)?(\.js)?$/, '')}.js`
  return working === specifier ? undefined : working
}

/**
 * `plugboard/no-fp-ts-folder-import`
 *
 *     import { pipe } from 'fp-ts/function'          // reported
 *     import { pipe } from 'fp-ts/lib/function.js'   // not reported
 */
export const noFpTsFolderImport = {
  meta: {
    type: 'problem',
    fixable: 'code',
    docs: { description: 'import fp-ts and io-ts by file, so that Node can load them' },
  },
  /** @param {any} context */
  create(context) {
    /** @param {Node} source */
    const check = source => {
      if (source?.type !== 'Literal' || typeof source.value !== 'string') return
      const working = workingImport(source.value)
      if (!working) return
      context.report({
        node: source,
        message: `'${source.value}' compiles, but fails in Node's ESM: write '${working}'`,
        fix: (/** @type {any} */ fixer) => fixer.replaceText(source, `'${working}'`),
      })
    }
    return {
      ImportDeclaration: (/** @type {Node} */ node) => check(node.source),
      ExportNamedDeclaration: (/** @type {Node} */ node) => check(node.source),
      ExportAllDeclaration: (/** @type {Node} */ node) => check(node.source),
      ImportExpression: (/** @type {Node} */ node) => check(node.source),
      TSImportType: (/** @type {Node} */ node) =>
        check(node.source ?? node.argument?.literal ?? node.argument),
    }
  },
}
