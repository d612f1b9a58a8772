/** What the site's own code fails with: each kind with its status and the sentence that people see. */
import { failure } from 'plugboard'

export const noSuchSnippet = failure(404, 'NoSuchSnippet', { message: 'There is nothing at this address.' })

export const notYours = failure(403, 'NotYours', {
  message: 'Only the one who wrote a snippet can change it.',
})
