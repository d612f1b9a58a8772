/** How types read where they are hovered: a conn is one flat record. Each line prints a type by refusing it. */
import {
  assign,
  pipe,
  pipeline,
  putRespHeader,
  rescue,
  text,
  when,
  type After,
  type Conn,
  type Params,
} from '../../../lib/index.js'
import { named as nameOf } from '../../../lib/index.js'
import { conn } from '../../../lib/testing/index.js'
import { pipelines, scope } from '../../../router/index.js'

const site = pipeline(assign('site', 'x'), putRespHeader('a', 'b'))
const user = nameOf('user', pipeline.from<After<typeof site>>()(assign('user', 1)))
const isGet = (c: Conn): boolean => c.method === 'GET'
declare const after: After<typeof user>
// error, first line: Type 'Conn & { readonly assigns: { readonly site: string; readonly user: number; }; }' is not
export const h1: 7 = after
// error, first line: Type 'Pipeline<Conn, Conn & { readonly assigns: { readonly site: string; }; }, never, never>' is not
export const h2: 7 = site
// error, first line: Type 'Pipeline<Conn, Responded, Responded, never>' is not
export const h3: 7 = pipeline(text('x'))
// error, first line: Type 'Pipeline<Conn, Responded & { readonly assigns: { readonly a: number; }; }, Responded, never>' is not
export const h4: 7 = pipeline(assign('a', 1), text('x'))
const mended = pipe(
  site,
  rescue(() => text('x')),
)
const some = pipeline(when(isGet, assign('w', 1)), mended, assign('b', 2))
declare const afterSome: After<typeof some>
// error 7, first line: Type 'Conn & { readonly assigns: { readonly b: number; readonly site: string; readonly w: number; } | { readonly b: number; readonly site: string; }; }' is not
// error 5.9, first line: Type 'Conn & { readonly assigns: { readonly site: string; readonly b: number; } | { readonly w: number; readonly site: string; readonly b: number; }; }' is not
export const h5: 7 = afterSome
const load = <C extends Conn & Params<{ readonly id: string }>>(c: C) => assign('post', c.params.id)(c)
export const deep = pipelines({ site, user }).scope('/', 'site', ({ scope }) => [
  scope('/a', 'user', ({ scope }) => [
    scope('/:id', assign('deep', true), ({ get }) => [
      get('/', c => {
        // error 7, first line: Type 'Conn & { readonly params: { readonly id: string; }; readonly assigns: { readonly deep: boolean; readonly site: string; readonly user: number; }; }' is not
        // error 5.9, first line: Type 'Conn & { readonly assigns: { readonly site: string; readonly user: number; readonly deep: boolean; }; readonly params: { readonly id: string; }; }' is not
        const print: 7 = c
        return text(String(print))(c)
      }),
      get('/x', [load, assign('z', 1)], c => {
        // error 7, first line: Type 'Conn & { readonly params: { readonly id: string; }; readonly assigns: { readonly deep: boolean; readonly post: string; readonly site: string; readonly user: number; readonly z: number; }; }' is not
        // error 5.9, first line: Type 'Conn & { readonly assigns: { readonly site: string; readonly user: number; readonly deep: boolean; readonly post: string; readonly z: number; }; readonly params: { readonly id: string; }; }' is not
        const print: 7 = c
        return text(String(print))(c)
      }),
    ]),
  ]),
])
export const plain = scope('/', ({ get }) => [
  get('/:id', load, c => {
    // error 7, first line: Type 'Conn & { readonly params: { readonly id: string; }; readonly assigns: { readonly post: string; }; }' is not
    // error 5.9, first line: Type 'Conn & { readonly assigns: { readonly post: string; }; readonly params: { readonly id: string; }; }' is not
    const print: 7 = c
    return text(String(print))(c)
  }),
])
// error 7, first line: Type 'Conn & { readonly params: { readonly id: string; }; readonly assigns: { readonly user: { name: string; }; }; }' is not
// error 5.9, first line: Type 'Conn & { readonly assigns: { readonly user: { name: string; }; }; readonly params: { readonly id: string; }; }' is not
export const h6: 7 = conn('GET', '/', { assigns: { user: { name: 'Ada' } }, params: { id: '7' } })
