import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Entry } from '@trapkey/contract/entry.ts';
import { type OidcInput, readOidc } from '../../packages/server/src/access/jwt/settings.ts';
import { openLinks } from '../../packages/server/src/access/links/act.ts';
import { openOidcLogin } from '../../packages/server/src/access/oidc-login/act.ts';
import { openPasskeys } from '../../packages/server/src/access/passkeys/act.ts';
import { openPeople } from '../../packages/server/src/access/people/act.ts';
import { accessRoutes } from '../../packages/server/src/access/routes.ts';
import { openSessions } from '../../packages/server/src/access/sessions/act.ts';
import { formTokens } from '../../packages/server/src/access/sessions/forms.ts';
import { openApi } from '../../packages/server/src/api/app.ts';
import type { ApiParts } from '../../packages/server/src/api/visit.ts';
import { openRecorder } from '../../packages/server/src/effects/record/effect.ts';
import { openPayloads } from '../../packages/server/src/effects/record/payload-read.ts';
import type { Route } from '../../packages/server/src/kernel/http.ts';
import type { Enrolled } from '../../packages/server/src/kernel/people.ts';
import type { DirectoryPerson, PolicySet } from '../../packages/server/src/kernel/rules.ts';
import type { Database } from '../../packages/server/src/storage/database.ts';
import type { databases } from '../support/databases.ts';
import { type Browser, browser } from './browser.ts';

export const startMs = Date.parse('2026-06-06T14:22:08Z');
export const minuteMs = 60_000;

const plenty = { burst: 10_000, perSecond: 1_000 };

const one = (id: string, groups: readonly string[], aliases: readonly string[] = []): DirectoryPerson => ({
  id,
  groups,
  region: 'eu',
  manager: undefined,
  aliases,
});
const people = [
  one('ada@corp.example', ['sales', 'managers'], ['al@corp.example']),
  one('max@corp.example', ['managers']),
  one('joe@corp.example', ['sales']),
];

/** A directory of three, and roles by group. */
const policy = {
  digest: 'sha256:p1',
  directory: new Map(people.flatMap((each) => [each.id, ...each.aliases].map((name) => [name, each] as const))),
  organization: { owner: 'ops@corp.example', solo: false, roles: new Map([['operator', ['group:desk']]]) },
} as unknown as PolicySet;

/** What one process of a test serves: the real frame on a real port. */
export interface Desk {
  readonly url: string;
  readonly database: Database;
  readonly admin: Enrolled;
  readonly signIn: ReturnType<typeof signInOf>;
  readonly parts: Parts;
  readonly alarms: string[];
  readonly logged: unknown[];
  clock(): number;
  setTime(atMs: number): void;
  browser(): Browser;
  enroll(person: string, roles: readonly string[]): Promise<Enrolled>;
  entries(): Promise<readonly Entry[]>;
  close(): Promise<void>;
}

/** What pages are built from. */
export interface Parts {
  readonly database: Database;
  readonly recorder: ReturnType<typeof openRecorder>;
  readonly keys: { readonly tokens: Uint8Array; readonly names: Uint8Array; readonly master: Uint8Array };
  readonly unseal: ReturnType<typeof openPayloads>['unseal'];
  readonly clock: () => number;
}

export interface DeskOptions {
  readonly oidc?: OidcInput;
  readonly login?: { readonly clientId: string; readonly clientSecret?: string };
  readonly routes?: (parts: Parts) => readonly Route[];
  readonly limits?: ApiParts['limits'];
  readonly publicUrl?: string;
  readonly port?: number;
}

function signInOf(parts: Parts, { oidc: given, login }: DeskOptions) {
  const sessions = openSessions({ ...parts, policy: () => policy });
  const links = openLinks({ ...parts, sessions });
  const passkeys = openPasskeys({ ...parts, sessions });
  const oidc = given && login && openOidcLogin({ settings: readOidc(given), login, keys: parts.keys, clock: parts.clock });
  return { people: openPeople(parts), sessions, links, passkeys, oidc };
}

/** Opens it on either database. */
export async function openDesk(kind: (typeof databases)[number], options: DeskOptions = {}): Promise<Desk> {
  const { database, drop } = await kind.fresh();
  const keys = { master: randomBytes(32), names: randomBytes(32), tokens: randomBytes(32) };
  const recorder = openRecorder({ database, keys });
  let nowMs = startMs;
  const clock = () => nowMs;
  const parts: Parts = { database, recorder, keys, clock, unseal: openPayloads({ database, master: keys.master }).unseal };
  const signIn = signInOf(parts, options);
  const admin = await signIn.people.enrollFirst('boss@corp.example');
  const logged: unknown[] = [];
  let url = options.publicUrl ?? '';
  const listener = openApi({
    routes: [...(options.routes?.(parts) ?? []), ...accessRoutes(signIn)],
    sessions: signIn.sessions,
    forms: formTokens(keys),
    clock,
    publicUrl: () => url,
    log: (_, detail) => logged.push(detail),
    limits: options.limits ?? { source: plenty, person: plenty, guess: plenty },
  });
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const at = `http://localhost:${(server.address() as AddressInfo).port}`;
  url ||= at;
  return {
    url: at,
    database,
    admin,
    signIn,
    parts,
    alarms: [],
    logged,
    clock,
    setTime: (atMs) => {
      nowMs = atMs;
    },
    browser: () => browser(at),
    async enroll(person, roles) {
      const verified = await signIn.people.verifyCode(admin.person, admin.code);
      if (!verified.ok) throw new Error(verified.says);
      return await signIn.people.enroll(person, roles, verified.who);
    },
    async entries() {
      const rows = await database.read.selectFrom('ledger').select('bytes').orderBy('entry').execute();
      return rows.map(({ bytes }) => JSON.parse(bytes) as Entry);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await recorder.close();
      await drop();
    },
  };
}
