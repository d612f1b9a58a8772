/**
 * Links to the routes of the site, checked by the compiler. Only the router's type is imported: views and controllers make
 * links without the router's module, which imports them.
 */
import { links } from 'plugboard/router'
import type { app } from './router.js'

export const path = links<typeof app>()
