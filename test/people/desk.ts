import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EntryFields } from '@trapkey/contract/entry.ts';

import { type Config, readConfig } from '../../packages/server/src/config.ts';
import type { ProvenPerson } from '../../packages/server/src/kernel/approvals.ts';
import { accessDoor } from '../../packages/server/src/wire-doors.ts';
import { credentialsDoor, scimDoor } from '../../packages/server/src/wire-people-doors.ts';
import { serve } from '../../packages/server/src/wire-serve.ts';
import { type databases, freshSqlite } from '../support/databases.ts';
import { post } from '../support/e2e-client.ts';

export const administrator: ProvenPerson = { person: 'root@corp.example', roles: ['administrator'] };

/** What came back over HTTP. */
export interface Said {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a body of any shape, which the test looks into.
  readonly body: any;
}

/** What a model would see of an answer. */
export interface Heard {
  readonly text: string;
  readonly isError: boolean;
  readonly structured: unknown;
  readonly status: number;
}

interface Opening {
  readonly policy: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly oidc?: NonNullable<Config['oidc']>;
  readonly port?: number;
  readonly database?: (typeof databases)[number];
}

/** The whole gateway as it ships, on either database, with an identity provider's credential for it. */
export async function openDesk({ policy, env = {}, oidc, port = 0, database }: Opening) {
  const folder = mkdtempSync(join(tmpdir(), 'trapkey-people-'));
  mkdirSync(join(folder, 'policy'));
  writeFileSync(join(folder, 'policy', 'policy.yaml'), policy);
  const fresh = await database?.fresh();
  const own = fresh ? undefined : freshSqlite();
  const address = fresh?.address ?? own?.address;
  const config = {
    ...readConfig({ data: join(folder, 'data'), policy: join(folder, 'policy'), port: String(port) }, {}),
    heldWaitMs: { '*': 0 },
    ...(address && { database: address }),
    ...(oidc && { oidc }),
  };
  const written: EntryFields[] = [];
  const serving = await serve({
    config,
    env,
    administrator: administrator.person,
    onWritten: (entries) => void written.push(...entries),
    alarm: () => undefined,
  });
  const access = await accessDoor(config, env);
  const scim = await scimDoor(config);
  const { token } = await scim.issue({ by: administrator });
  return {
    config,
    env,
    url: serving.url,
    written,
    access,
    async scim(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Said> {
      const reply = await fetch(`${serving.url}/scim/v2${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json', ...headers },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await reply.text();
      return { status: reply.status, headers: reply.headers, body: text === '' ? undefined : JSON.parse(text) };
    },
    /** A token of Trapkey's own for a person and connector, as `trapkey connect` gives it. */
    async connect(person: string, connector: string): Promise<string> {
      // A door of its own: it knows the directory as it is now.
      const door = await accessDoor(config, env);
      const issued = await door.tokens.issue({ plugin: 'desk', person, by: administrator });
      await door.close();
      const found = issued.find((one) => one.connector === connector);
      if (!found) throw new Error(`the plugin has no connector ${connector}`);
      return found.token;
    },
    async call(bearer: string, connector: string, tool: string, args: Record<string, unknown> = {}): Promise<Heard> {
      const server = { url: `${serving.url}/p/desk/1.0.0/${connector}`, headers: { Authorization: `Bearer ${bearer}` } };
      const reply = await post(server, 'tools/call', { name: tool, arguments: args });
      const text = await reply.text();
      const line = text.startsWith('{') ? text : (/^data: (\{.*)$/m.exec(text)?.[1] ?? '{}');
      const { result, error } = JSON.parse(line);
      const said = result?.content?.flatMap((block: { text?: string }) => block.text ?? []).join('\n') ?? error?.message ?? text;
      return {
        text: said,
        isError: result?.isError === true || result === undefined,
        structured: result?.structuredContent,
        status: reply.status,
      };
    },
    credentials: () => credentialsDoor(config, env),
    async close() {
      await scim.close();
      await access.close();
      await serving.close();
      rmSync(folder, { recursive: true, force: true });
      await fresh?.drop();
      await own?.remove();
    },
  };
}
export type Desk = Awaited<ReturnType<typeof openDesk>>;
