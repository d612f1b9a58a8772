// Formats the page as the project formats Markdown.
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { root } from '../support/command.js'
import { pagePath } from './page.js'

/** The page as Prettier writes it. */
export const formatPage = async (page: string): Promise<string> => {
  const filepath = join(root, pagePath)
  return format(page, { ...(await resolveConfig(filepath)), filepath })
}
