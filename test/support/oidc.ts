import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { Provider } from 'oidc-provider';

/** A person whom the provider knows, with the claims that it puts into access tokens. */
export type Account = Readonly<Record<string, unknown>>;

/** A real OpenID provider on loopback, with one public client and resource indicators for any resource. */
export interface TestProvider {
  readonly issuer: string;
  /** Signs a person in (authorization code, PKCE) and returns the access token for the resource. */
  token(account: string, resource: string, scope?: string): Promise<string>;
  /** New signing key; the old one is no longer published. */
  rotate(): Promise<void>;
  /** How often its keys were fetched. */
  keyFetches(): number;
  /** Who sits at the browser when the provider asks. */
  seat(account: string): void;
  stop(): Promise<void>;
}

const clientId = 'test-client';
const redirectUri = 'https://client.example/back';

/** The client that people sign in with in a browser. */
export const webClient = { clientId: 'trapkey-web', clientSecret: 'a secret of the test' };

/** Starts it. `accounts` are by subject; `webRedirects` are where the web client may be sent back to. */
export async function startOidc(
  accounts: Readonly<Record<string, Account>>,
  { webRedirects = [] as readonly string[] } = {},
): Promise<TestProvider> {
  let seated = '';
  let answer: (req: IncomingMessage, res: ServerResponse) => unknown = (_, res) => res.end();
  let fetches = 0;
  const server = createServer((req, res) => {
    if (req.url === '/jwks') fetches++;
    answer(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let keys = 0;
  const rotate = async () => {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    const key: JWK = { ...(await exportJWK(privateKey)), kid: `key-${++keys}`, use: 'sig', alg: 'RS256' };
    answer = handler(providerOf(issuer, accounts, key, webRedirects), () => seated);
  };
  await rotate();
  return {
    issuer,
    token: (account, resource, scope = 'openid') => signIn(issuer, account, resource, scope),
    rotate,
    keyFetches: () => fetches,
    seat: (account) => {
      seated = account;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function providerOf(issuer: string, accounts: Readonly<Record<string, Account>>, key: JWK, webRedirects: readonly string[]): Provider {
  return new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        redirect_uris: [redirectUri],
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
      {
        client_id: webClient.clientId,
        client_secret: webClient.clientSecret,
        redirect_uris: webRedirects.length > 0 ? webRedirects : [redirectUri],
        grant_types: ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code'],
        response_types: ['code'],
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], groups: ['groups'] },
    scopes: ['openid', 'email', 'groups'],
    pkce: { required: () => true },
    jwks: { keys: [key as never] },
    ttl: { AccessToken: 3_600, AuthorizationCode: 60, Grant: 3_600, IdToken: 3_600, DeviceCode: 600, Interaction: 600, Session: 600 },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub, ...accounts[sub] }) }),
    extraTokenClaims: (_ctx, token) => ('accountId' in token ? accounts[token.accountId as string] : undefined),
    interactions: { url: (_ctx, interaction) => `/sign-in/${interaction.uid}` },
    async loadExistingGrant(ctx) {
      const { provider, session, client, params } = ctx.oidc;
      const grant = new provider.Grant({ clientId: client?.clientId, accountId: session?.accountId });
      grant.addOIDCScope('openid email groups');
      if (params?.['resource'] !== undefined) grant.addResourceScope(params['resource'] as string, 'plugin:sales plugin:other');
      await grant.save();
      return grant;
    },
    features: {
      devInteractions: { enabled: false },
      deviceFlow: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_ctx, resource) => ({
          audience: resource,
          scope: 'plugin:sales plugin:other',
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
        useGrantedResource: () => true,
      },
    },
  });
}

/** The provider itself, and the page where a person would type a password: here the hint is believed. */
function handler(provider: Provider, seated: () => string): (req: IncomingMessage, res: ServerResponse) => unknown {
  const itself = provider.callback();
  return async (req, res) => {
    if (!req.url?.startsWith('/sign-in/')) return itself(req, res);
    const { params } = await provider.interactionDetails(req, res);
    return provider.interactionFinished(req, res, { login: { accountId: (params['login_hint'] as string | undefined) ?? seated() } });
  };
}

async function signIn(issuer: string, account: string, resource: string, scope: string): Promise<string> {
  const verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope,
    resource,
    login_hint: account,
    code_challenge_method: 'S256',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  });
  const code = await followToCode(`${issuer}/auth?${query}`);
  const reply = await fetch(`${issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      client_id: clientId,
      redirect_uri: redirectUri,
      code_verifier: verifier,
      resource,
    }),
  });
  const body = (await reply.json()) as { access_token?: string };
  if (body.access_token === undefined) throw new Error(`no access token: ${JSON.stringify(body)}`);
  return body.access_token;
}

/** Plays the browser: keeps cookies and follows redirects until the client's own address. */
async function followToCode(start: string): Promise<string> {
  const cookies = new Map<string, string>();
  let at = start;
  for (let hops = 0; hops < 10; hops++) {
    const reply = await fetch(at, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const cookie of reply.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    const to = reply.headers.get('location');
    if (to === null) throw new Error(`no redirect from ${at}: ${reply.status} ${await reply.text()}`);
    at = new URL(to, at).href;
    const found = new URL(at);
    if (at.startsWith(redirectUri)) {
      const code = found.searchParams.get('code');
      if (code === null) throw new Error(`no code: ${found.search}`);
      return code;
    }
  }
  throw new Error('too many redirects');
}
