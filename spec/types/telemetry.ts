/** What the compiler knows of telemetry. Every line that compiles is a promise kept; every `@ts-expect-error` one too. */
import {
  endpoint,
  text,
  type Conn,
  type EndpointRequest,
  type EndpointResponse,
  type MatchedRoute,
  type PlugError,
  type DroppedWrite,
  type RenderedError,
  type RouterDispatch,
  type ServedEndpoint,
  type TelemetryEvent,
  type TelemetryPort,
} from '../../lib/index.js'
import { telemetryTo } from '../../lib/adapters/node.js'
import { recordTelemetry } from '../../lib/testing/index.js'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const is = <_T extends true>(): void => {}

type Named<N extends TelemetryEvent['name']> = Extract<TelemetryEvent, { readonly name: N }>

// --- events are told apart by their names

is<
  Equal<
    TelemetryEvent['name'],
    | 'plugboard.endpoint.init'
    | 'plugboard.endpoint.start'
    | 'plugboard.endpoint.stop'
    | 'plugboard.error_rendered'
    | 'plugboard.session.write_dropped'
    | 'plugboard.router_dispatch.start'
    | 'plugboard.router_dispatch.stop'
    | 'plugboard.router_dispatch.exception'
  >
>()
is<Equal<Named<'plugboard.endpoint.init'>['measurements'], { readonly systemTime: number }>>()
is<Equal<Named<'plugboard.endpoint.start'>['measurements'], { readonly systemTime: number }>>()
is<Equal<Named<'plugboard.endpoint.stop'>['measurements'], { readonly duration: number }>>()
is<Equal<Named<'plugboard.error_rendered'>['measurements'], { readonly duration: number }>>()
is<Equal<Named<'plugboard.router_dispatch.start'>['measurements'], { readonly systemTime: number }>>()
is<Equal<Named<'plugboard.router_dispatch.stop'>['measurements'], { readonly duration: number }>>()
is<Equal<Named<'plugboard.router_dispatch.exception'>['measurements'], { readonly duration: number }>>()

is<Equal<Named<'plugboard.session.write_dropped'>['measurements'], { readonly systemTime: number }>>()

// --- what each is about; a hover shows the names of these records

is<Equal<Named<'plugboard.endpoint.init'>['metadata'], ServedEndpoint>>()
is<Equal<ServedEndpoint, { readonly url: string; readonly port: number }>>()
is<Equal<Named<'plugboard.endpoint.start'>['metadata'], EndpointRequest>>()
is<Equal<EndpointRequest, { readonly conn: Conn; readonly span: object }>>()
is<Equal<Named<'plugboard.endpoint.stop'>['metadata'], EndpointResponse>>()
// a final conn has a status
is<Equal<EndpointResponse['conn']['status'], number>>()
is<Equal<EndpointResponse['span'], object>>()
is<Equal<Named<'plugboard.session.write_dropped'>['metadata'], DroppedWrite>>()
is<Equal<DroppedWrite, { readonly conn: Conn; readonly session: string }>>()
is<Equal<Named<'plugboard.error_rendered'>['metadata'], RenderedError>>()
is<Equal<RenderedError, { readonly conn: Conn; readonly status: number; readonly error: PlugError }>>()
is<Equal<Named<'plugboard.router_dispatch.start'>['metadata'], RouterDispatch>>()
is<Equal<Named<'plugboard.router_dispatch.stop'>['metadata'], RouterDispatch>>()
is<Equal<Named<'plugboard.router_dispatch.exception'>['metadata']['error'], PlugError>>()

export const port = telemetryTo(event => {
  const { name, measurements, metadata } = event
  // @ts-expect-error not every event is about a conn
  void metadata.conn
  // @ts-expect-error nor does every one have a duration
  void measurements.duration
  // names, measurements and metadata of one event go together, also taken apart
  if (name === 'plugboard.endpoint.init') {
    is<Equal<typeof metadata.url, string>>()
    is<Equal<typeof measurements.systemTime, number>>()
    // @ts-expect-error no request is concerned
    void metadata.conn
  } else if (name === 'plugboard.endpoint.start') {
    is<Equal<typeof metadata.conn, Conn>>()
    // @ts-expect-error no router has found a route yet
    void metadata.route
  } else if (name === 'plugboard.endpoint.stop') {
    is<Equal<typeof metadata.conn.status, number>>()
    is<Equal<typeof measurements.duration, number>>()
    // @ts-expect-error its failure is on the conn, if it has one
    void metadata.error
  } else if (name === 'plugboard.error_rendered') {
    is<Equal<typeof metadata.error, PlugError>>()
    // @ts-expect-error it has no start that it would belong to
    void metadata.span
  } else if (name === 'plugboard.session.write_dropped') {
    is<Equal<typeof metadata.session, string>>()
    // @ts-expect-error nothing is measured but when it was
    void measurements.duration
  } else {
    is<Equal<typeof metadata.route, string>>()
    is<Equal<typeof metadata.conn, Conn & { readonly route: MatchedRoute }>>()
    is<Equal<typeof metadata.pathParams, Conn['pathParams']>>()
    is<Equal<typeof metadata.pipeThrough, readonly string[]>>()
    // @ts-expect-error events are for reading
    metadata.route = '/'
    if (name === 'plugboard.router_dispatch.start') {
      is<Equal<typeof measurements.systemTime, number>>()
      // @ts-expect-error a start has no duration
      void measurements.duration
      // @ts-expect-error nor a failure
      void metadata.error
    } else is<Equal<typeof measurements.duration, number>>()
    if (name === 'plugboard.router_dispatch.stop') {
      // @ts-expect-error nor has a stop one
      void metadata.error
    }
  }
  // what all dispatches have, whichever of their events it is
  if ('route' in metadata) is<Equal<typeof metadata.plug, string>>()
  // @ts-expect-error no such event
  void (name === 'plugboard.router_dispatch.end')
})
is<Equal<typeof port, TelemetryPort>>()

// --- where a port goes

endpoint({ telemetry: port }, text('hello'))
endpoint({ telemetry: recordTelemetry() }, text('hello'))
// an option that depends on the environment may come out as undefined
endpoint({ telemetry: undefined }, text('hello'))
// @ts-expect-error a function is no port
endpoint({ telemetry: (event: TelemetryEvent) => void event }, text('hello'))
// @ts-expect-error a port has clocks
endpoint({ telemetry: { execute: () => () => undefined } }, text('hello'))
declare const clocks: Pick<TelemetryPort, 'systemTime' | 'monotonicTime'>
// @ts-expect-error what a port does is an effect
endpoint({ telemetry: { ...clocks, execute: () => undefined } }, text('hello'))
// @ts-expect-error it is told of events
telemetryTo((count: number) => void count)
// @ts-expect-error a recorder's events are for reading
recordTelemetry().events.push({} as TelemetryEvent)
