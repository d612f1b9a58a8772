// `plugboard/eslint`: rules for apps, as a plugin of ESLint and of oxlint; this project is linted by them as well (.oxlintrc.json).
// Each rule is a file in tools/eslint, with what it reports in its docstring.
import { noFpTsFolderImport } from './eslint/fp-ts-imports.js'
import { haltAfterResponse } from './eslint/halt-after-response.js'
import { annotateLinkingFunctions } from './eslint/linking-functions.js'
import { noWidePlug } from './eslint/wide-plug.js'
import { yieldStar } from './eslint/yield-star.js'

export default {
  meta: { name: 'plugboard' },
  rules: {
    'no-fp-ts-folder-import': noFpTsFolderImport,
    'annotate-linking-functions': annotateLinkingFunctions,
    'no-wide-plug': noWidePlug,
    'halt-after-response': haltAfterResponse,
    'yield-star': yieldStar,
  },
}
