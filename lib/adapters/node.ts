/** The adapter over node:http, and Node's ports: the only entry point, besides the stores', that touches the world. */
export { serve } from './node/serve.js'
export type { Server } from './node/running.js'
export type { WorkerExit } from './node/cluster.js'
export type { ServeOptions } from './node/options.js'
export type { ServeError } from './node/serve-error.js'
export { directory, type DirectoryOptions } from './node/directory.js'
export { httpClient, type HttpClientOptions } from './node/http-client.js'
export { logTo, stdout, type LogStream } from './node/log.js'
