import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider } from 'oidc-provider';
import type { Browser } from '../sign-in/browser.ts';

const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';
export const vendorClient = { id: 'trapkey', secret: 'a secret of the test' };

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A real OAuth 2.1 provider: authorization code with PKCE, rotating refresh tokens, revocation, token exchange (RFC 8693). */
export async function startVendor(redirect: string, { accessTokenS = 3_600 } = {}) {
  let down = false;
  let itself: (req: IncomingMessage, res: ServerResponse) => unknown = (_, res) => res.end();
  const asked: { readonly path: string; readonly body: string }[] = [];
  const server = createServer((req, res) => {
    if (down) return void req.socket.destroy();
    return void itself(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const revoked: string[] = [];
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: vendorClient.id,
        client_secret: vendorClient.secret,
        redirect_uris: [redirect],
        grant_types: ['authorization_code', 'refresh_token', exchangeGrant],
        response_types: ['code'],
      },
    ],
    scopes: ['openid', 'offline_access', 'crm'],
    pkce: { required: () => true },
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'one', use: 'sig', alg: 'RS256' }] },
    ttl: {
      AccessToken: accessTokenS,
      AuthorizationCode: 60,
      Grant: 3_600,
      IdToken: 3_600,
      Interaction: 600,
      Session: 600,
      RefreshToken: 3_600,
    },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
    extraTokenClaims: () => undefined,
    interactions: { url: (_ctx, interaction) => `/sign-in/${interaction.uid}` },
    async loadExistingGrant(ctx) {
      const { provider: of, session, client } = ctx.oidc;
      const grant = new of.Grant({ clientId: client?.clientId, accountId: session?.accountId });
      grant.addOIDCScope('openid offline_access crm');
      await grant.save();
      return grant;
    },
    features: {
      devInteractions: { enabled: false },
      deviceFlow: { enabled: false },
      ...({ revocation: { enabled: true } } as object),
      resourceIndicators: { enabled: false, getResourceServerInfo: () => undefined, useGrantedResource: () => true },
    },
  });
  // biome-ignore lint/suspicious/noExplicitAny: the library ships no types of its own.
  const inner = provider as any;
  for (const kind of ['access_token.destroyed', 'refresh_token.destroyed', 'grant.revoked']) inner.on(kind, () => void revoked.push(kind));
  inner.registerGrantType(
    exchangeGrant,
    // biome-ignore lint/suspicious/noExplicitAny: as above.
    async (ctx: any) => {
      const { subject_token: subject, subject_token_type: type } = ctx.oidc.params;
      asked.push({ path: 'exchange', body: String(subject) });
      const payload = JSON.parse(Buffer.from(String(subject).split('.')[1] ?? '', 'base64url').toString() || '{}') as { sub?: string };
      if (type !== 'urn:ietf:params:oauth:token-type:access_token' || payload.sub === undefined || payload.sub === 'stranger') {
        ctx.status = 400;
        ctx.body = { error: 'invalid_grant', error_description: 'not for you' };
        return;
      }
      const grant = new inner.Grant({ clientId: ctx.oidc.client.clientId, accountId: payload.sub });
      grant.addOIDCScope('crm');
      const token = new inner.AccessToken({
        client: ctx.oidc.client,
        accountId: payload.sub,
        grantId: await grant.save(),
        gty: 'exchange',
        scope: 'crm',
      });
      ctx.body = { access_token: await token.save(), issued_token_type: type, token_type: 'Bearer', expires_in: token.expiration };
    },
    ['subject_token', 'subject_token_type', 'requested_token_type', 'audience'],
  );
  const callback = provider.callback();
  itself = async (req, res) => {
    if (!req.url?.startsWith('/sign-in/')) return callback(req, res);
    return provider.interactionFinished(req, res, { login: { accountId: 'ann-at-vendor' }, consent: {} });
  };
  return {
    issuer,
    asked,
    revoked,
    /** Whom an opaque access token of this provider is for; nobody when it is not, or no more, one of its own. */
    async holder(token: string): Promise<string | undefined> {
      return (await inner.AccessToken.find(token))?.accountId;
    },
    /** Takes back everything that it gave, as a vendor does that was breached. */
    async takeBack(token: string): Promise<void> {
      const found = await inner.AccessToken.find(token);
      await inner.RefreshToken.revokeByGrantId(found?.grantId);
      await found?.destroy();
    },
    setDown(is: boolean) {
      down = is;
      if (is) server.closeAllConnections();
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
export type Vendor = Awaited<ReturnType<typeof startVendor>>;

/** Signs in at the vendor in a browser of its own for it, up to where it sends back. */
export async function throughVendor(mine: Browser, path: string, site: string): Promise<URL> {
  const began = await mine.get(path);
  if (began.location === undefined) throw new Error(`${began.status} ${began.text}`);
  const elsewhere = new Map<string, string>();
  let next = began.location;
  for (let hops = 0; hops < 10 && !next.startsWith(site); hops++) {
    const cookie = [...elsewhere].map(([name, value]) => `${name}=${value}`).join('; ');
    const reply = await fetch(next, { redirect: 'manual', headers: { cookie } });
    for (const set of reply.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      elsewhere.set(name, value);
    }
    const to = reply.headers.get('location');
    if (to === null) throw new Error(`no redirect: ${reply.status} ${await reply.text()}`);
    next = new URL(to, next).href;
  }
  return new URL(next);
}
