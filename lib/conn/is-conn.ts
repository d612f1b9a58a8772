/** Tells a conn from anything else. */
import type { Conn } from '../conn.js'
import { ConnRecord } from './record.js'

/** Whether a value is a conn. */
export const isConn = (value: unknown): value is Conn => ConnRecord.is(value)
