/** `plugboard/router`: scopes, resources, typed handlers, and paths that the compiler checks. */
export { router, scope, type PathQuery, type RouteInfo, type Router } from './router.js'
export { int, orBadRequest, uuid, type Codec, type Codecs, type Decoded } from './codec.js'
export type { Join, Names, Param, ParamsFor, PathParams, ResourceName } from './pattern-types.js'
export type {
  ActionName,
  Actions,
  FallbackOptions,
  Handler,
  Match,
  Methods,
  ResourceOptions,
  Resources,
  Route,
  RouteConn,
  ScopeFn,
  ScopeOptions,
  Verb,
  Verbs,
} from './types.js'
