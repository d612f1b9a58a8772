// The rule `no-wide-plug`: a type that a plug is annotated with must not hide from the compiler that the plug responds.
import { call, freshConn, reader, statesOf } from './outcomes.js'
import { bare, exportOf } from './syntax.js'

/** @typedef {import('./syntax.js').Node} Node */
/** @typedef {import('./syntax.js').Context} Context */
/** @typedef {import('./outcomes.js').Value} Value */

/** Types whose last argument is what comes of them. */
const containers = /^(Effect|Result|Work|Outcome|Promise|Task|IO|TaskEither|IOEither|Either)$/

/** The name that a type is written with: `Plug` of `Plug<Conn>` and of `P.Plug`. @param {Node} type @returns {string | undefined} */
const writtenName = type =>
  type.typeName?.type === 'TSQualifiedName' ? type.typeName.right.name : type.typeName?.name

/** @param {Node} type @returns {readonly Node[]} */
const argumentsOf = type => (type.typeArguments ?? type.typeParameters)?.params ?? []

/** The functions around a node, innermost first. @param {Node} node */
const typeParameterNames = node => {
  const names = new Set()
  for (let at = node; at; at = at.parent)
    for (const parameter of at.typeParameters?.params ?? []) names.add(parameter.name?.name ?? parameter.name)
  return names
}

/**
 * `plugboard/no-wide-plug`
 *
 * `pipeline` and `scope` refuse a plug that responds without `halt`, because its type says `Responded`. An annotation
 * such as `Plug`, `Conn` or `C` is wider, so that only the running app refuses it (a 500).
 *
 *     const guard: Plug = c => (allowed(c) ? c : text('no')(c))                  // reported
 *     const guard = (c: Conn): Conn => (allowed(c) ? c : text('no')(c))          // reported
 *     const guard: Plug = c => (allowed(c) ? c : pipe(c, text('no'), halt))      // not reported
 *     const page = ((c) => text('a page')(c)) satisfies Plug                     // not reported: its own type stays
 *     const page: Handler = c => text('a page')(c)                               // not reported
 */
export const noWidePlug = {
  meta: {
    type: 'problem',
    docs: { description: 'an annotation must not hide that a plug responds without halt' },
  },
  /** @param {Context} context */
  create(context) {
    const { read } = reader(context)
    const source = context.sourceCode

    /** @param {Node} type @returns {Node | undefined} */
    const aliased = type => {
      const name = type.typeName?.type === 'Identifier' ? type.typeName.name : undefined
      for (const statement of source.ast.body) {
        const declared = statement.declaration ?? statement
        if (declared.type === 'TSTypeAliasDeclaration' && declared.id.name === name)
          return declared.typeAnnotation
      }
      return undefined
    }

    /** Whether a type is that of a conn that may or may not have been responded to. @param {Node} type @param {number} depth @returns {boolean} */
    const isOpenConn = (type, depth = 0) => {
      if (!type || depth > 5) return false
      if (type.type === 'TSUnionType')
        return (
          type.types.some((/** @type {Node} */ each) => isOpenConn(each, depth + 1)) &&
          !type.types.some((/** @type {Node} */ each) => saysResponded(each))
        )
      if (type.type === 'TSIntersectionType')
        return (
          type.types.some((/** @type {Node} */ each) => isOpenConn(each, depth + 1)) &&
          !type.types.some((/** @type {Node} */ each) => saysResponded(each))
        )
      if (type.type !== 'TSTypeReference') return false
      const name = exportOf(context, type.typeName)
      if (name === 'Conn' || name === 'After' || name === 'Next') return true
      if (name !== undefined) return false
      if (type.typeName.type === 'Identifier' && typeParameterNames(type).has(type.typeName.name)) return true
      const alias = aliased(type)
      return alias ? isOpenConn(alias, depth + 1) : false
    }

    /** Whether a type mentions that there is a response. @param {Node} type */
    const saysResponded = type => /\bResponded\b/.test(source.getText(type))

    /** Whether a function returns the very type that it takes: `(conn: Browser): Browser`. @param {Node} type */
    const isTypeOfConn = type => {
      const around = type.parent?.type === 'TSTypeAnnotation' ? type.parent.parent : undefined
      const taken = around?.params?.[0]?.typeAnnotation?.typeAnnotation
      return taken?.type === 'TSTypeReference' && source.getText(taken) === source.getText(type)
    }

    /**
     * The call that responds, and that a type hides.
     *
     * @param {Value} value
     * @param {Node} type
     * @returns {string | undefined}
     */
    const hidden = (value, type, depth = 0) => {
      if (value === undefined || !type || depth > 5) return undefined
      const responds = (/** @type {Value} */ made) =>
        statesOf(made).find(({ answer, halted }) => answer?.responds && !halted)?.answer?.name
      if (type.type === 'TSFunctionType') return hidden(call(value, [freshConn]), returned(type), depth + 1)
      if (type.type === 'TSUnionType' && saysResponded(type)) return undefined
      if (isOpenConn(type) || isTypeOfConn(type)) return responds(value)
      if (type.type === 'TSUnionType') {
        for (const each of type.types) {
          const found = hidden(value, each, depth + 1)
          if (found) return found
        }
        return undefined
      }
      if (type.type !== 'TSTypeReference') return undefined
      if (exportOf(context, type.typeName) === 'Plug')
        return saysResponded(type) ? undefined : responds(call(value, [freshConn]))
      const last = argumentsOf(type).at(-1)
      if (last && containers.test(writtenName(type) ?? '')) return hidden(value, last, depth + 1)
      const alias = aliased(type)
      return alias ? hidden(value, alias, depth + 1) : undefined
    }

    /** @param {Node} type */
    const returned = type => type.returnType?.typeAnnotation

    /** @param {Node} value @param {Node | undefined} annotation */
    const check = (value, annotation) => {
      if (!annotation || !value) return
      const element =
        annotation.type === 'TSTypeOperator' && annotation.operator === 'readonly'
          ? annotation.typeAnnotation?.elementType
          : annotation.elementType
      if (element) {
        const list = bare(value)
        if (list.type !== 'ArrayExpression') return
        for (const each of list.elements) if (each && each.type !== 'SpreadElement') compare(each, element)
        return
      }
      compare(value, annotation)
    }

    /** @param {Node} value @param {Node} annotation */
    const compare = (value, annotation) => report(hidden(read(value), annotation), annotation)

    /** @param {string | undefined} responder @param {Node} annotation */
    const report = (responder, annotation) => {
      if (!responder) return
      const written = source.getText(annotation).replace(/\s+/g, ' ')
      const type = written.length > 40 ? `${written.slice(0, 39)}…` : written
      context.report({
        node: annotation,
        message:
          `This plug responds by ${responder} without halt, and the type ${type} hides that from the compiler: ` +
          'end it with halt, as in pipe(conn, text(…), halt), or leave the type out (a handler returns Responded)',
      })
    }

    /** @param {Node} node a function */
    const checkFunction = node => {
      const annotation = returned(node)
      if (annotation) report(hidden(call(read(node), [freshConn]), annotation), annotation)
    }

    return {
      ArrowFunctionExpression: checkFunction,
      FunctionExpression: checkFunction,
      FunctionDeclaration: checkFunction,
      VariableDeclarator: (/** @type {Node} */ node) =>
        check(node.init, node.id.typeAnnotation?.typeAnnotation),
      PropertyDefinition: (/** @type {Node} */ node) =>
        check(node.value, node.typeAnnotation?.typeAnnotation),
      TSAsExpression: (/** @type {Node} */ node) => check(node.expression, node.typeAnnotation),
    }
  },
}
