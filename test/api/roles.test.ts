import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { type RouteList, routeList } from '@trapkey/contract/api/routes.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { roles } from '../../packages/server/src/kernel/people.ts';
import { type Browser, browser } from '../sign-in/browser.ts';
import { asked } from './asking.ts';
import { type House, openHouse } from './house.ts';

/** Everybody who asks: nobody signed in, somebody without a role, and each role alone. */
const askers = ['nobody', 'employee', ...Object.keys(roles)] as const;
type Asker = (typeof askers)[number];
type One = RouteList['routes'][number];

const guide = new URL('../../docs/guides/api.md', import.meta.url);
const [begins, ends] = ['<!-- routes -->\n', '<!-- /routes -->'] as const;

let at: House;
let list: readonly One[];
const who = new Map<Asker, Browser>();
beforeAll(async () => {
  at = await openHouse();
  who.set('nobody', browser(at.url));
  for (const asker of askers.slice(1)) who.set(asker, await at.browser(`${asker}@corp.example`, asker === 'employee' ? [] : [asker]));
  list = (await asked(who.get('employee') as Browser, '/api/routes', routeList)).routes;
});
afterAll(async () => await at?.close());

/** What somebody may do there: with anybody's (`all`), with what is theirs (`own`), what the act itself says (`yes`), or nothing. */
function mayDo({ who: { everybody, roles: some } }: One, asker: Asker): 'all' | 'own' | 'yes' | '' {
  if (everybody === 'anyone') return 'all';
  if (asker === 'nobody') return '';
  if (some.includes(asker)) return 'all';
  return everybody === 'own' ? 'own' : everybody === null ? '' : 'yes';
}

function table(routes: readonly One[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  const rows = routes
    .toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.method < b.method ? -1 : 1))
    .map((one) => line([one.method, `\`${one.path}\``, ...askers.map((asker) => mayDo(one, asker))]));
  return line(['', 'address', ...askers]) + line(['---', '---', ...askers.map(() => '---')]) + rows.join('');
}

it('has a decision on every address for every role, and the guide shows it', () => {
  const [before = '', rest = ''] = readFileSync(guide, 'utf8').split(begins);
  const [written = '', after = ''] = rest.split(ends);
  const now = table(list);
  if (process.env['TRAPKEY_WRITE_ROUTES'] === '1') writeFileSync(guide, `${before}${begins}${now}${ends}${after}`);
  else expect(written, 'look at who may ask, then run: TRAPKEY_WRITE_ROUTES=1 npx vitest run test/api/roles.test.ts').toBe(now);
});

interface Heard {
  readonly status: number;
  readonly location: string;
  readonly text: string;
}

/**
 * Asks without anything that could change something: a POST brings no token of a form, which is looked at after the role.
 * Each asker has an address of their own, so that they do not use up what one source may ask.
 */
function ask({ method, path }: One, asker: Asker): Promise<Heard> {
  const cookie = [...(who.get(asker) as Browser).cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const type = path.startsWith('/api/') ? 'application/json' : 'application/x-www-form-urlencoded';
  const headers = { cookie, ...(method === 'POST' && { 'content-type': type, origin: at.url }) };
  const url = new URL(path.replaceAll(/:(\w+)/g, 'none'), at.url);
  return new Promise((resolve, reject) => {
    const asking = request(url, { method, headers, localAddress: `127.0.0.${2 + askers.indexOf(asker)}` }, (reply) => {
      const heard = { status: reply.statusCode ?? 0, location: reply.headers.location ?? '' };
      // A stream never ends by itself: its head says enough.
      if (reply.headers['content-type']?.startsWith('text/event-stream')) {
        reply.destroy();
        resolve({ ...heard, text: '' });
      } else text(reply).then((words) => resolve({ ...heard, text: words }), reject);
    });
    asking.once('error', reject);
    asking.end(method === 'POST' ? (type === 'application/json' ? '{}' : '') : undefined);
  });
}

async function isLetIn(one: One, asker: Asker): Promise<boolean> {
  let heard = await ask(one, asker);
  for (; heard.status === 429; heard = await ask(one, asker)) await pause(300);
  if (heard.status === 303) return !heard.location.startsWith('/sign-in?to=') || one.path === '/';
  return heard.status !== 401 && !(heard.status === 403 && /role_missing|This needs the role/.test(heard.text));
}

it('lets everybody in where they may ask, and nobody where they may not', { timeout: 240_000 }, async () => {
  const wrong: string[] = [];
  const walk = async (asker: Asker) => {
    for (const one of list) {
      const may = mayDo(one, asker) !== '';
      if ((await isLetIn(one, asker)) !== may) wrong.push(`${one.method} ${one.path} ${asker}: ${may ? 'is kept out' : 'is let in'}`);
    }
  };
  const before = at.written.length;
  await Promise.all(askers.map(walk));
  expect(wrong).toEqual([]);
  expect(at.written.slice(before)).toEqual([]);
});
