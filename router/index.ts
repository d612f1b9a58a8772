/** `plugboard/router`: scopes, resources, typed handlers, and paths that the compiler checks. */
export { links, type Links, type PathQuery } from './links.js'
export { pipelines, router, scope, type Router, type TopScope } from './router.js'
export { routeInfo, routes, type FoundRoute, type RouteInfo } from './route-table.js'
export {
  controller,
  type ActionChoice,
  type ActionConn,
  type Controller,
  type ControllerOptions,
} from './controller.js'
export { int, orBadRequest, uuid, type Codec, type Codecs, type Decoded } from './codec.js'
export type { Join, Names, Param, ParamsFor, PathParams, ResourceName } from './pattern-types.js'
export type {
  ActionName,
  Actions,
  FallbackOptions,
  Handler,
  Match,
  Methods,
  Nested,
  ResourceOptions,
  Resources,
  Route,
  RouteConn,
  RouteOptions,
  ScopeFn,
  ScopeOptions,
  Verb,
  Verbs,
} from './types.js'
