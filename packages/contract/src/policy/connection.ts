import { z } from 'zod';
import { duration, id, sentence } from './words.ts';

const header = z.string().max(8192);

const upstream = z
  .strictObject({
    url: z.string().min(1).optional().describe('Streamable HTTP endpoint'),
    headers: z
      .record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/), header)
      .optional()
      .describe('Sent with every request of this connection'),
    command: z.array(z.string().max(8192)).min(1).max(100).optional().describe('Program and arguments of a stdio server'),
    postgres: z.string().min(1).optional(),
    sqlite: z.string().min(1).optional(),
    hook: z.literal('claude').optional().describe('Built-in tools of the client: its hook asks for them, and the client runs them'),
  })
  .check((context) => {
    const kinds = (['url', 'command', 'postgres', 'sqlite', 'hook'] as const).filter((kind) => context.value[kind] !== undefined);
    if (kinds.length !== 1) issue(context, 'An upstream is one of url, command, postgres, sqlite, hook');
    if (context.value.headers && !context.value.url) issue(context, '`headers` belong to an upstream with `url`');
  });

function issue(context: { issues: unknown[]; value: unknown }, message: string): void {
  context.issues.push({ code: 'custom', message, input: context.value, path: [] });
}

/** Who gives the tokens of people for an upstream. */
const oauth = z.strictObject({
  issuer: z.string().min(1).max(2_048).describe('As in its metadata'),
  client_id: z.string().min(1).max(512),
  client_secret: z.string().min(1).max(8192).optional(),
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/, 'A scope is one word'))
    .max(50)
    .default([]),
  resource: z.url().optional().describe('The upstream as the issuer knows it (RFC 8707)'),
  vendor: z.string().min(1).max(128).optional().describe('Grants of one vendor are revoked together; without it the host of the issuer'),
});

/** A connector's plumbing: upstream, credentials, environment, owner. `${env:NAME}` works in every text of `upstream` and `env`. */
export const connection = z.strictObject({
  connection: id,
  owner: sentence,
  upstream,
  credentials: z
    .enum(['service', 'per_person', 'exchange'])
    .default('service')
    .describe('Whose rights reach the upstream: one account, tokens that each person gave, or tokens exchanged for theirs (RFC 8693)'),
  oauth: oauth.optional(),
  environment: z.string().min(1).max(64).default('production'),
  sharing: z.enum(['none', 'all']).default('none'),
  sampling: z.boolean().default(false).describe('Whether the upstream may ask the client for model output'),
  elicitation_hosts: z.array(z.string().min(1).max(253)).max(100).default([]).describe('Hosts that the upstream may send a person to'),
  network: z.literal('private').optional().describe('Allows addresses in private ranges, and http'),
  call_timeout: duration.default('30s'),
  env: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string().max(8192))
    .default({})
    .describe('The variables that a stdio upstream gets; it gets no others'),
});
export type ConnectionDocument = z.output<typeof connection>;
