// Everything that is encrypted, once more by the cipher that a server brings into use.
import { useSodium } from '../../../../../lib/adapters/node/server/sodium.js'

await useSodium()
await import('../../../crypto/message-encryptor.spec.js')
await import('../../../crypto/sealed-term.spec.js')
await import('../../../crypto/token.spec.js')
