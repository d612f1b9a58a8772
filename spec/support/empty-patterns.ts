/** Finds assertions that cannot fail: `t.match(value, {})` holds for every object, and `[]` for every array. */
import ts from 'typescript-5'

const matchers = /^(?:match|has|matchOnly|hasProps)$/

const bare = (node: ts.Node): ts.Node =>
  ts.isAsExpression(node) || ts.isParenthesizedExpression(node) || ts.isSatisfiesExpression(node)
    ? bare(node.expression)
    : node

/** Whether a pattern, or a part of it, is an empty object or array. */
const isEmpty = (pattern: ts.Node): boolean => {
  const node = bare(pattern)
  if (ts.isArrayLiteralExpression(node)) return node.elements.length === 0 || node.elements.some(isEmpty)
  return (
    ts.isObjectLiteralExpression(node) &&
    (node.properties.length === 0 ||
      node.properties.some(each => ts.isPropertyAssignment(each) && isEmpty(each.initializer)))
  )
}

/** The arrays that a loop in the same file goes through, as it writes them. */
const rowsOf = (file: ts.SourceFile, name: string): readonly ts.Node[] => {
  const found: ts.Node[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isForOfStatement(node) && node.initializer.getText(file).includes(name)) {
      const rows = bare(node.expression)
      if (ts.isIdentifier(rows)) found.push(...declared(file, rows.text))
      else found.push(rows)
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

const declared = (file: ts.SourceFile, name: string): readonly ts.Node[] => {
  const found: ts.Node[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && node.name.getText(file) === name && node.initializer !== undefined)
      found.push(bare(node.initializer))
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

/** Whether the last column of a table holds an empty object or array: that is where the expected values are. */
const hasEmptyRow = (rows: ts.Node): boolean =>
  ts.isArrayLiteralExpression(rows) &&
  rows.elements.some(row => {
    const columns = bare(row)
    const last = ts.isArrayLiteralExpression(columns) ? columns.elements.at(-1) : undefined
    return last !== undefined && isEmpty(last)
  })

/** The lines with such an assertion, written in place or over the rows of a table. */
export const emptyPatterns = (path: string, source: string): readonly string[] => {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true)
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const [, pattern] = node.arguments
      if (matchers.test(node.expression.name.text) && pattern !== undefined) {
        const given = bare(pattern)
        const isVacuous = ts.isIdentifier(given)
          ? rowsOf(file, given.text).some(hasEmptyRow) || declared(file, given.text).some(isEmpty)
          : isEmpty(given)
        const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1
        if (isVacuous) found.push(`${path}:${line}: ${node.getText(file).split('\n')[0]}`)
      }
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}
