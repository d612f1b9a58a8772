// Content negotiation (RFC 9110 §12): Accept with weights, Accept-Encoding over files, Vary.
import { each, get, ok, rule, type Case } from '../case.js'

/** The page has two formats, html first. */
const page = (value: string, format: string): Omit<Case, 'id' | 'rule'> =>
  ok(get('/site/page', `Accept: ${value}`), { body: format })
const none = (value: string): Omit<Case, 'id' | 'rule'> => ({
  send: get('/site/page', `Accept: ${value}`),
  status: 406,
  connection: 'open',
})
const coded = (value: string, coding: string | false): Omit<Case, 'id' | 'rule'> =>
  ok(get('/plain/page.html', `Accept-Encoding: ${value}`), {
    headers: { 'content-encoding': coding, vary: 'Accept-Encoding' },
  })

/** The cases of negotiation. */
export const negotiation: readonly Case[] = [
  ...rule('accept', {
    html: page('text/html', 'html'),
    json: page('application/json', 'json'),
    anything: page('*/*', 'html'),
    'upper case': page('APPLICATION/JSON', 'json'),
    'a range': page('application/*', 'json'),
    'another range': page('text/*', 'html'),
    'unknown and known': page('image/png, application/json', 'json'),
    parameters: page('application/json;charset=utf-8', 'json'),
    'empty members': page(', ,application/json,', 'json'),
    missing: ok(get('/site/page'), { body: 'html' }),
  }),
  ...rule('accept-weights', {
    'json first': page('text/html;q=0.5, application/json', 'json'),
    'html first': page('application/json;q=0.5, text/html', 'html'),
    'three digits': page('text/html;q=0.499, application/json;q=0.500', 'json'),
    'spaces around': page('text/html ; q=0.1 , application/json ; q=0.2', 'json'),
    'upper case': page('text/html;Q=0.1, application/json;Q=0.2', 'json'),
    'anything of less weight': page('*/*;q=0.1, application/json', 'json'),
    'one with a dot': page('text/html;q=0.9, application/json;q=1.', 'json'),
  }),
  ...rule('accept-weights', {
    'tabs around': page('text/html\t;\tq=0.1\t,\tapplication/json', 'json'),
  }),
  ...each(
    'accept-refused',
    {
      html: 'text/html;q=0',
      'three zeros': 'text/html;q=0.000',
      'another type': 'image/png',
      'another range': 'image/*',
      'a long list': 'image/png, image/gif;q=0.5',
      'all refused': '*/*;q=0',
    },
    none,
  ),
  ...rule('accept-refused', {
    'html refused': page('text/html;q=0, */*', 'json'),
    'a range refused': page('text/*;q=0, */*', 'json'),
    'json refused': page('application/json;q=0, */*;q=0.1', 'html'),
  }),
  ...rule('accept-lines', {
    'the second line': ok(get('/site/page', 'Accept: image/png', 'Accept: application/json'), {
      body: 'json',
    }),
    'weights in two lines': ok(get('/site/page', 'Accept: text/html;q=0.1', 'Accept: application/json'), {
      body: 'json',
    }),
    'an empty first line': ok(get('/site/page', 'Accept:', 'Accept: application/json'), { body: 'json' }),
    'three lines': ok(get('/site/page', 'Accept: a/b', 'Accept: c/d', 'Accept: application/json'), {
      body: 'json',
    }),
  }),
  ...rule('accept-encoding', {
    gzip: coded('gzip', 'gzip'),
    'upper case': coded('GZIP', 'gzip'),
    'another name': coded('x-gzip', 'gzip'),
    anything: coded('*', 'gzip'),
    'a list': coded('br, gzip', 'gzip'),
    weight: coded('gzip;q=0.5', 'gzip'),
    'spaces around': coded('deflate , gzip ; q=0.1', 'gzip'),
    'two lines': ok(get('/plain/page.html', 'Accept-Encoding: br', 'Accept-Encoding: gzip'), {
      headers: { 'content-encoding': 'gzip' },
    }),
    'tab in the list': coded('br,\tgzip', 'gzip'),
  }),
  ...rule('accept-encoding-refused', {
    'gzip refused': coded('gzip;q=0', false),
    'three zeros': coded('gzip;q=0.000', false),
    'anything but gzip': coded('gzip;q=0, *', false),
    empty: coded('', false),
    'another coding': coded('br', false),
    identity: coded('identity', false),
    'identity preferred': coded('gzip;q=0.5, identity', false),
    'anything refused': coded('*;q=0', false),
    missing: ok(get('/plain/page.html'), { headers: { 'content-encoding': false, vary: 'Accept-Encoding' } }),
  }),
  ...rule('vary', {
    'a compressed file': ok(get('/plain/page.html', 'Accept-Encoding: gzip'), {
      headers: { vary: 'Accept-Encoding', 'content-encoding': 'gzip' },
    }),
    'a file without a coding': ok(get('/plain/digits.txt', 'Accept-Encoding: gzip'), {
      headers: { vary: 'Accept-Encoding', 'content-encoding': false },
    }),
    'files that are never compressed': ok(get('/files/page.html', 'Accept-Encoding: gzip'), {
      headers: { vary: false },
    }),
    'the app varies, too': ok(get('/dated/page.html', 'Accept-Encoding: gzip'), {
      headers: { vary: /accept-encoding/i },
    }),
  }),
]
