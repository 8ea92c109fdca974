import type { CredentialRules } from '../../kernel/credential-rules.ts';
import type { Valid } from '../validate.ts';
import { type CompileContext, wrong } from './context.ts';
import { resolveEnv } from './environment.ts';

type ConnectionDocument = Extract<Valid, { kind: 'connection' }>;

/** How people's own rights reach an upstream; undefined where a service account stands for all. */
export function compileCredentials(context: CompileContext, document: ConnectionDocument): CredentialRules | undefined {
  const { credentials: kind, oauth, upstream, sharing, network } = document.body;
  if (kind === 'service') {
    if (oauth) wrong(context, document, ['oauth'], '`oauth` belongs to `credentials: per_person` or `exchange`');
    return undefined;
  }
  if (!upstream.url)
    wrong(context, document, ['credentials'], `\`${kind}\` is for an upstream with \`url\`: nothing else takes a token with each request`);
  if (sharing === 'all') wrong(context, document, ['sharing'], 'What carries the rights of one person is not shared with others');
  if (!oauth) {
    wrong(context, document, ['credentials'], `\`${kind}\` needs \`oauth: { issuer, client_id, scopes }\`: who gives the tokens`);
    return undefined;
  }
  const privateNetwork = network === 'private';
  const issuer = URL.canParse(oauth.issuer) ? new URL(oauth.issuer) : undefined;
  if (!issuer || (issuer.protocol !== 'https:' && !(issuer.protocol === 'http:' && privateNetwork)))
    wrong(context, document, ['oauth', 'issuer'], 'An issuer is an https address; plain http needs `network: private`');
  if (issuer && (issuer.username || issuer.password))
    wrong(context, document, ['oauth', 'issuer'], 'An issuer has no password in its address');
  return {
    kind,
    vendor: oauth.vendor ?? issuer?.host ?? oauth.issuer,
    issuer: oauth.issuer,
    clientId: oauth.client_id,
    clientSecret:
      oauth.client_secret === undefined ? undefined : resolveEnv(context, document, ['oauth', 'client_secret'], oauth.client_secret),
    scopes: oauth.scopes,
    resource: oauth.resource,
    privateNetwork,
  };
}
