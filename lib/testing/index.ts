/** The test kit: requests as values, apps run without a socket, seeded entropy and a clock that is a number. */
export { bodyOf, brokenBody, conn, testSecretKeyBase, type ConnOptions } from './conn.js'
export { deepFreeze } from './deep-freeze.js'
export { seededEntropy } from './entropy.js'
export { expectStatus } from './expect-status.js'
export { recycle, run, runAsync } from './run.js'
export { recordTelemetry, type TelemetryRecorder } from './telemetry.js'
