import { closeSync, mkdirSync, openSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { directory, type DirectoryOptions } from '../../../../../lib/adapters/node.js'
import type { Directory, FileInfo } from '../../../../../lib/port-types.js'

const base = t.testdir({
  public: {
    'app.css': 'body{}',
    '.well-known': { 'security.txt': 'mail' },
    fonts: { 'a b.woff2': 'font' },
    inside: t.fixture('symlink', 'fonts'),
    'link.css': t.fixture('symlink', 'app.css'),
    'secret.txt': t.fixture('symlink', '../outside.txt'),
    outside: t.fixture('symlink', '..'),
    loop: t.fixture('symlink', 'loop'),
    dangling: t.fixture('symlink', 'nowhere'),
  },
  'outside.txt': 'secret',
  'public-too': { 'a.txt': 'a' },
  current: t.fixture('symlink', 'public'),
})

const stat = (
  path: string,
  segments: readonly string[],
  options?: DirectoryOptions,
): FileInfo | undefined => {
  const outcome = directory(path, options).stat(segments)()
  if (outcome instanceof Promise || outcome._tag === 'Left') throw new Error('it answers at once')
  return outcome.right
}
const inPublic = (...segments: string[]): FileInfo | undefined => stat(join(base, 'public'), segments)

t.test('a regular file is found, with its size and time of change', async t => {
  utimesSync(join(base, 'public/app.css'), 1000, 1000)
  t.strictSame(inPublic('app.css'), { file: join(base, 'public/app.css'), size: 6, mtimeMs: 1_000_000 })
  t.match(inPublic('fonts', 'a b.woff2'), { size: 4 })
  t.match(inPublic('.well-known', 'security.txt'), { size: 4 })
})

t.test('nothing else is', async t => {
  const others = [['missing.css'], ['fonts'], [], ['app.css', 'x'], ['loop'], ['dangling'], ['x'.repeat(300)]]
  for (const segments of others) t.equal(inPublic(...segments), undefined, segments.join('/'))
})

t.test('no path leaves the folder', async t => {
  const outwards = [
    ['..', 'outside.txt'],
    ['..', 'public-too', 'a.txt'],
    ['../outside.txt'],
    ['fonts', '..', '..', 'outside.txt'],
    ['..\\outside.txt'],
    ['.', 'app.css'],
    ['', 'app.css'],
    ['app.css\0'],
    ['c:app.css'],
    [join(base, 'outside.txt')],
  ]
  for (const segments of outwards) t.equal(inPublic(...segments), undefined, segments.join('/'))
})

t.test('links are followed inside the folder, and not out of it', async t => {
  t.match(inPublic('link.css'), { file: join(base, 'public/app.css') })
  t.match(inPublic('inside', 'a b.woff2'), { file: join(base, 'public/fonts/a b.woff2') })
  t.equal(inPublic('secret.txt'), undefined)
  t.equal(inPublic('outside', 'outside.txt'), undefined)
  t.equal(inPublic('outside', 'public-too', 'a.txt'), undefined, 'a folder whose name only begins alike')
})

t.test('unless all links are to be followed', async t => {
  const path = join(base, 'public')
  t.match(stat(path, ['secret.txt'], { followSymlinks: true }), { file: join(path, 'secret.txt'), size: 6 })
  t.match(stat(path, ['outside', 'outside.txt'], { followSymlinks: true }), { size: 6 })
  t.equal(stat(path, ['..', 'outside.txt'], { followSymlinks: true }), undefined)
})

t.test('the folder may itself be a link, and may come later', async t => {
  t.match(stat(join(base, 'current'), ['app.css']), { file: join(base, 'current/app.css') })
  t.match(stat(join(base, 'current'), ['link.css']), { file: join(base, 'public/app.css') })
  t.equal(stat(join(base, 'current'), ['secret.txt']), undefined)
  const late = directory(join(base, 'late'))
  t.match(late.stat(['a.txt'])(), { right: undefined })
  mkdirSync(join(base, 'late'))
  writeFileSync(join(base, 'late/a.txt'), 'a')
  t.match(late.stat(['a.txt'])(), { right: { size: 1 } })
})

t.test('a relative folder is seen from the current one', async t => {
  t.match(stat('.', ['package.json']), { file: join(process.cwd(), 'package.json') })
})

t.test('nothing is looked at before the effect is executed', async t => {
  const effect = directory(join(base, 'public')).stat(['new.txt'])
  writeFileSync(join(base, 'public/new.txt'), 'new')
  t.match(effect(), { right: { size: 3 } })
})

const deleted = process.platform === 'linux' ? {} : { skip: 'only Linux shows open files as paths' }
t.test('a file that goes in between is not there', deleted, async t => {
  const path = join(base, 'gone.txt')
  writeFileSync(path, 'gone')
  const fd = openSync(path, 'r')
  rmSync(path)
  t.equal(stat('/proc/self/fd', [String(fd)]), undefined)
  closeSync(fd)
})

t.test('a folder that goes while a link in it is followed is not there', async t => {
  symlinkSync(join(base, 'public/app.css'), join(base, 'public-too/far.css'))
  t.equal(stat(join(base, 'public-too'), ['far.css']), undefined)
})

t.test('a link anywhere on the path counts, however many folders lie before it', async t => {
  const root = t.testdir({
    public: {
      a: {
        b: {
          'far.txt': t.fixture('symlink', '../../../outside.txt'),
          'near.txt': t.fixture('symlink', '../c.txt'),
        },
        'c.txt': 'c',
      },
      z: t.fixture('symlink', '../z'),
    },
    z: { y: { 'x.txt': 'x' } },
    'outside.txt': 'secret',
  })
  const path = join(root, 'public')
  t.equal(stat(path, ['a', 'b', 'far.txt']), undefined)
  t.match(stat(path, ['a', 'b', 'near.txt']), { file: join(path, 'a/c.txt') })
  t.equal(stat(path, ['z', 'y', 'x.txt']), undefined)
  t.match(stat('/', path.split('/').slice(1).concat('a', 'c.txt')), { file: join(path, 'a/c.txt') })
})

t.test('a folder that is read once', async t => {
  const root = t.testdir({
    public: {
      'app.css': 'body{}',
      '.well-known': { 'security.txt': 'mail' },
      deep: { er: { 'x.txt': 'x' }, back: t.fixture('symlink', '..') },
      inside: t.fixture('symlink', 'deep/er'),
      'link.css': t.fixture('symlink', 'app.css'),
      'secret.txt': t.fixture('symlink', '../outside.txt'),
      outside: t.fixture('symlink', '..'),
      loop: t.fixture('symlink', 'loop'),
      dangling: t.fixture('symlink', 'nowhere'),
      'c:x.txt': 'no segment',
    },
    'outside.txt': 'secret',
  })
  const path = join(root, 'public')
  const found = (from: Directory, ...segments: string[]): FileInfo | undefined => {
    const outcome = from.stat(segments)()
    if (outcome instanceof Promise || outcome._tag === 'Left') throw new Error('it answers at once')
    return outcome.right
  }

  t.test('has the same files as one that is asked each time', async t => {
    const paths = [
      ['app.css'],
      ['.well-known', 'security.txt'],
      ['deep', 'er', 'x.txt'],
      ['inside', 'x.txt'],
      ['link.css'],
      ['secret.txt'],
      ['outside', 'outside.txt'],
      ['loop'],
      ['dangling'],
      ['missing'],
      ['deep'],
      [],
      ['deep/er/x.txt'],
      ['deep/er', 'x.txt'],
      ['app.css\0'],
      ['..', 'outside.txt'],
      ['c:x.txt'],
    ]
    for (const followSymlinks of [false, true]) {
      const once = directory(path, { readOnce: true, followSymlinks })
      for (const segments of paths)
        t.strictSame(found(once, ...segments), stat(path, segments, { followSymlinks }), segments.join(' / '))
    }
  })

  t.test('a link back to a folder that it is in leads nowhere', async t => {
    const once = directory(path, { readOnce: true })
    t.equal(found(once, 'deep', 'back', 'app.css'), undefined)
    t.match(stat(path, ['deep', 'back', 'app.css']), { size: 6 })
  })

  t.test('what changes later is not seen', async t => {
    const once = directory(path, { readOnce: true })
    writeFileSync(join(path, 'app.css'), 'body{margin:0}')
    writeFileSync(join(path, 'new.css'), '')
    rmSync(join(path, 'link.css'))
    t.match(found(once, 'app.css'), { size: 6 })
    t.equal(found(once, 'new.css'), undefined)
    t.match(found(once, 'link.css'), { size: 6 })
  })

  t.test('must be there', async t => {
    for (const wrong of ['none', 'public/app.css'])
      t.throws(() => directory(join(root, wrong), { readOnce: true }), {
        name: 'TypeError',
        message: `directory: with readOnce, the path must be a folder that can be read: ${join(root, wrong)}`,
      })
  })
})

t.test('arguments are checked when the port is made', async t => {
  for (const path of ['', 'a\0b', 7, undefined])
    t.throws(() => directory(path as string), { message: /^directory: path must be a non-empty string/ })
  t.throws(() => directory('.', { follow: true } as DirectoryOptions), {
    message: 'directory: unknown option follow',
  })
  t.throws(() => directory('.', { followSymlinks: 1 } as unknown as DirectoryOptions), {
    message: 'directory: followSymlinks must be a boolean',
  })
  t.throws(() => directory('.', { readOnce: 'yes' } as unknown as DirectoryOptions), {
    message: 'directory: readOnce must be a boolean',
  })
})
