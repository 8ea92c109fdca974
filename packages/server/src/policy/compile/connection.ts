import type { UpstreamAddress } from '@trapkey/contract/upstream.ts';
import type { ConnectionRules } from '../../kernel/rules.ts';
import type { Valid } from '../validate.ts';
import { type CompileContext, wrong } from './context.ts';
import { compileCredentials } from './credentials.ts';
import { tablesOf } from './database-tables.ts';
import { resolveEnv } from './environment.ts';
import { durationMs } from './values.ts';

type ConnectionDocument = Extract<Valid, { kind: 'connection' }>;

/** True when the upstream is a database. */
export function isSql(document: ConnectionDocument | undefined): boolean {
  return document?.body.upstream.postgres !== undefined || document?.body.upstream.sqlite !== undefined;
}

/** A connection as plumbing: its address with the environment filled in, and what it may ask of a client. */
export function compileConnection(context: CompileContext, document: ConnectionDocument): ConnectionRules {
  const { body } = document;
  const credentials = compileCredentials(context, document);
  return {
    id: body.connection,
    owner: body.owner,
    upstream: address(context, document),
    sharing: body.sharing,
    environment: body.environment,
    sampling: body.sampling,
    elicitationHosts: body.elicitation_hosts,
    callTimeoutMs: durationMs(body.call_timeout),
    ...(credentials && { credentials }),
    ...(body.upstream.hook && { hook: body.upstream.hook }),
  };
}

function address(context: CompileContext, document: ConnectionDocument): UpstreamAddress | undefined {
  const { upstream, env, network } = document.body;
  const [program, ...parts] = upstream.command ?? [];
  if (program !== undefined) {
    const fill = (text: string, path: readonly PropertyKey[]): string => resolveEnv(context, document, path, text);
    return {
      kind: 'stdio',
      command: [fill(program, ['upstream', 'command', 0]), ...parts.map((part, i) => fill(part, ['upstream', 'command', i + 1]))],
      env: Object.fromEntries(Object.entries(env).map(([name, text]) => [name, fill(text, ['env', name])])),
      // Belongs to the person and release that a process is started for; whoever starts it fills it in.
      home: '',
    };
  }
  if (Object.keys(env).length > 0) wrong(context, document, ['env'], '`env` belongs to an upstream with `command`');
  if (upstream.postgres !== undefined) return postgresAddress(context, document, upstream.postgres);
  if (upstream.sqlite !== undefined) {
    const file = resolveEnv(context, document, ['upstream', 'sqlite'], upstream.sqlite);
    return { kind: 'sqlite', file, tables: tablesOf(context, document.id) };
  }
  return upstream.url === undefined ? undefined : httpAddress(context, document, upstream.url, network === 'private');
}

function postgresAddress(context: CompileContext, document: ConnectionDocument, written: string): UpstreamAddress | undefined {
  const path = ['upstream', 'postgres'];
  const before = context.problems.length;
  const url = resolveEnv(context, document, path, written);
  if (context.problems.length > before) return undefined;
  if (URL.canParse(url) && /^postgres(?:ql)?:$/.test(new URL(url).protocol))
    return { kind: 'postgres', url, tables: tablesOf(context, document.id) };
  wrong(context, document, path, 'This is no postgres:// address');
  return undefined;
}

function httpAddress(
  context: CompileContext,
  document: ConnectionDocument,
  written: string,
  privateNetwork: boolean,
): UpstreamAddress | undefined {
  const path = ['upstream', 'url'];
  const before = context.problems.length;
  const text = resolveEnv(context, document, path, written);
  if (context.problems.length > before) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const refuse = (says: string): undefined => {
    wrong(context, document, path, says);
    return undefined;
  };
  if (!url || !['http:', 'https:'].includes(url.protocol)) return refuse('The url is no http or https address');
  if (url.protocol === 'http:' && !privateNetwork) return refuse('Plain http needs `network: private`; elsewhere use https');
  if (url.username || url.password) return refuse('Put credentials into `headers`, not into the url');
  const headers: Record<string, string> = {};
  for (const [name, raw] of Object.entries(document.body.upstream.headers ?? {})) {
    const value = resolveEnv(context, document, ['upstream', 'headers', name], raw);
    if (/[\r\n\0]/.test(value)) wrong(context, document, ['upstream', 'headers', name], 'A header is one line');
    headers[name] = value;
  }
  return { kind: 'http', url: url.href, ...(Object.keys(headers).length > 0 && { headers }), privateNetwork };
}
