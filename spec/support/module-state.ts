// The rule that pure modules hold no state: what stands at a module's top level is the same before and after every call. State
// belongs to what is built from options (a plug, an endpoint), in a closure that a factory makes.
import ts from 'typescript-5'

/** Methods that change what they are called on. */
const mutators =
  /^(?:set|add|delete|clear|push|pop|shift|unshift|splice|sort|reverse|fill|copyWithin|swap(?:16|32|64)|write\w*)$/

/** Functions of globals that change their first argument. */
const mutatingStatics: Readonly<Record<string, RegExp>> = {
  Object: /^(?:assign|defineProperty|defineProperties|setPrototypeOf)$/,
  Reflect: /^(?:set|defineProperty|deleteProperty|setPrototypeOf)$/,
}

/** Functions and classes of the project that hold what they have seen: one at a module's top level is state. */
const holders = /^(?:Lru|boundedMemo|CookieMemo)$/

const registry = 'a registry: entries are made when something is built, and never change'
const scratch = 'scratch memory, used up within one synchronous call'

/** State that stays, by file and name, each with its reason. */
export const allowedState: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // Registries: an object is entered once, when it is built, and never changes what it is.
  'lib/boot.ts': { checks: registry },
  'lib/declared.ts': { declarations: registry },
  'lib/endpoint.ts': { memos: registry, plugsByEndpoint: registry },
  'lib/fetched.ts': { standIns: registry },
  // Fields that plugs declare are getters of the class behind conns: each is defined once, when a module is loaded.
  'lib/conn/fetch.ts': {
    ConnRecord: 'a registry: a name is declared with one hint for good, and no value is kept there',
  },
  'lib/steps.ts': { stepsOf: registry },
  'router/dispatch.ts': { mounts: registry },
  'router/mounts.ts': { routers: registry },
  'router/call-site.ts': { incomplete: registry },
  'router/route-table.ts': { routers: registry },
  'lib/testing/deep-freeze.ts': { frozen: 'what is frozen already and for good, in the test kit only' },
  // Scratch memory: filled, read and left within one synchronous call, so that no call sees what another one wrote.
  'lib/crypto/base64url.ts': { scratch },
  // Without it, each encoded entry takes a buffer of its own: 100 ns, as long as the rest.
  'lib/crypto/term/encode.ts': { spare: scratch },
  'lib/crypto/xchacha.ts': { subkey: scratch, iv: scratch },
  'lib/http/query.ts': { shared: scratch },
  'plugs/csrf-token.ts': { scratch },
  // Which implementation of one function is in use: all return the same bytes, and an adapter chooses before it serves.
  'lib/crypto/cipher.ts': { cipher: 'chosen once for the process; nothing but time tells which one it is' },
  // `lint` notes the effects that one synchronous call makes; they are made by functions that receive no conn.
  'lib/iterable-effect.ts': {
    notes: 'set and reset within one synchronous call, in development and tests only',
  },
  // Caches of pure functions that are public and have no factory.
  'lib/crypto/key-generator.ts': {
    remembered:
      'generateCached promises a cache: a key takes half a millisecond; bounded, and no secret is in it',
  },
  'lib/crypto/term/raw-map.ts': {
    lately:
      'strings that decodeMapRaw read as keys: bounded, and each is compared with the bytes before it is used',
  },
}

/** A write to what a module holds. */
export interface Write {
  readonly node: ts.Node
  /** The name at the top level. */
  readonly name: string
  readonly message: string
}

const advice = 'keep it in a closure that a factory makes, or let the endpoint own it'

/** The identifier that a chain of property accesses begins with: `a` of `a.b[c]`, through `as` and `!`. */
const rootOf = (node: ts.Expression): ts.Expression => {
  let at = node
  for (;;)
    if (ts.isPropertyAccessExpression(at) || ts.isElementAccessExpression(at)) at = at.expression
    else if (
      ts.isParenthesizedExpression(at) ||
      ts.isAsExpression(at) ||
      ts.isNonNullExpression(at) ||
      ts.isSatisfiesExpression(at)
    )
      at = at.expression
    else return at
}

const isAccess = (node: ts.Node): node is ts.PropertyAccessExpression | ts.ElementAccessExpression =>
  ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)

const isAssignment = (kind: ts.SyntaxKind): boolean =>
  kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment

/** What is assigned to by a target, which may be a pattern: `[a.b, { c: d.e }] = …`. */
const targetsOf = (node: ts.Expression): readonly ts.Expression[] => {
  if (ts.isArrayLiteralExpression(node))
    return node.elements.flatMap(each => targetsOf(ts.isSpreadElement(each) ? each.expression : each))
  if (ts.isObjectLiteralExpression(node))
    return node.properties.flatMap(each =>
      ts.isPropertyAssignment(each)
        ? targetsOf(each.initializer)
        : ts.isSpreadAssignment(each)
          ? targetsOf(each.expression)
          : [],
    )
  if (ts.isBinaryExpression(node)) return targetsOf(node.left)
  return [node]
}

/** What a node writes to, and how that is called. */
const writtenBy = (node: ts.Node): readonly (readonly [target: ts.Expression, how: string])[] => {
  if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind))
    return targetsOf(node.left)
      .filter(isAccess)
      .map(target => [target, 'is assigned to'])
  if ((ts.isForOfStatement(node) || ts.isForInStatement(node)) && isAccess(node.initializer))
    return [[node.initializer, 'is assigned to']]
  if (
    (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) &&
    (node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken) &&
    isAccess(node.operand)
  )
    return [[node.operand, 'is counted']]
  if (ts.isDeleteExpression(node) && isAccess(node.expression))
    return [[node.expression, 'has properties deleted']]
  if (!ts.isCallExpression(node)) return []
  const { expression, arguments: given } = node
  if (!isAccess(expression)) return []
  const method = ts.isPropertyAccessExpression(expression)
    ? expression.name.text
    : ts.isStringLiteralLike(expression.argumentExpression)
      ? expression.argumentExpression.text
      : ''
  const object = expression.expression
  if (ts.isIdentifier(object) && mutatingStatics[object.text]?.test(method))
    return given[0] === undefined ? [] : [[given[0], `is changed by ${object.text}.${method}`]]
  if (method === 'copy') return given[0] === undefined ? [] : [[given[0], 'is changed by copy()']]
  return mutators.test(method) ? [[object, `is changed by ${method}()`]] : []
}

const isRegex = (node: ts.Node | undefined): node is ts.RegularExpressionLiteral =>
  node !== undefined && ts.isRegularExpressionLiteral(node)

const isHolder = (node: ts.Expression | undefined): boolean =>
  node !== undefined &&
  (ts.isCallExpression(node) || ts.isNewExpression(node)) &&
  ts.isIdentifier(node.expression) &&
  holders.test(node.expression.text)

/** Statements of a module's top level, those in its blocks included: not what is inside functions and classes. */
const isTopLevel = (node: ts.Node): boolean => {
  for (let at = node.parent; !ts.isSourceFile(at); at = at.parent)
    if (ts.isFunctionLike(at) || ts.isClassLike(at) || ts.isClassStaticBlockDeclaration(at)) return false
  return true
}

/** What is declared at the top level of a module: `const`, imports, and classes, whose static properties are state too. */
const declaredAtTop = (symbol: ts.Symbol | undefined): ts.Declaration | undefined =>
  symbol?.declarations?.find(
    each =>
      ((ts.isVariableDeclaration(each) || ts.isBindingElement(each)) && isTopLevel(each)) ||
      ts.isImportSpecifier(each) ||
      ts.isNamespaceImport(each) ||
      ((ts.isClassDeclaration(each) || ts.isFunctionDeclaration(each)) && isTopLevel(each)),
  )

/** The class whose static block, method or property a `this` stands in. */
const staticOwner = (node: ts.Node): ts.ClassLikeDeclaration | undefined => {
  for (let at = node.parent; !ts.isSourceFile(at); at = at.parent) {
    if (ts.isClassStaticBlockDeclaration(at)) return at.parent
    if (ts.isClassElement(at) && ts.isClassLike(at.parent))
      return ts.canHaveModifiers(at) &&
        ts.getModifiers(at)?.some(each => each.kind === ts.SyntaxKind.StaticKeyword)
        ? at.parent
        : undefined
    if (ts.isFunctionDeclaration(at) || ts.isFunctionExpression(at)) return undefined
  }
  return undefined
}

/** All writes to what a module holds at its top level. */
export const stateOf = (source: ts.SourceFile, checker: ts.TypeChecker): readonly Write[] => {
  const found: Write[] = []
  const add = (node: ts.Node, name: string, what: string): void => {
    found.push({ node, name, message: `${name} ${what}: ${advice}` })
  }
  const visit = (node: ts.Node): void => {
    if (
      ts.isVariableStatement(node) &&
      !(node.declarationList.flags & ts.NodeFlags.Const) &&
      !node.modifiers?.some(each => each.kind === ts.SyntaxKind.DeclareKeyword) &&
      isTopLevel(node)
    )
      for (const each of node.declarationList.declarations)
        add(each, each.name.getText(source), 'is a variable of the module')
    if (ts.isVariableDeclaration(node) && isTopLevel(node) && isHolder(node.initializer))
      add(node, node.name.getText(source), 'is a cache of the module')
    for (const [target, how] of writtenBy(node)) {
      const root = rootOf(target)
      if (root.kind === ts.SyntaxKind.ThisKeyword) {
        const owner = staticOwner(root)
        if (owner !== undefined) add(target, owner.name?.text ?? 'a class', how)
      } else if (ts.isIdentifier(root)) {
        const declared = declaredAtTop(checker.getSymbolAtLocation(root))
        // A static method may be called `write` and write elsewhere.
        const isMethod =
          declared !== undefined && ts.isClassDeclaration(declared) && target === root && how.endsWith('()')
        if (declared !== undefined && !isMethod) add(target, root.text, how)
      }
    }
    if (
      ts.isCallExpression(node) &&
      ts.isPropertyAccessExpression(node.expression) &&
      /^(?:exec|test)$/.test(node.expression.name.text) &&
      ts.isIdentifier(node.expression.expression)
    ) {
      const declared = declaredAtTop(checker.getSymbolAtLocation(node.expression.expression))
      if (
        declared !== undefined &&
        ts.isVariableDeclaration(declared) &&
        isRegex(declared.initializer) &&
        /[gy][a-z]*$/.test(declared.initializer.text)
      )
        add(node, node.expression.expression.text, 'is an expression that remembers where it stopped')
    }
    if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}
