import type { Json } from '@trapkey/contract/json.ts';
import { z } from 'zod';
import { UserError } from '../../kernel/errors.ts';
import { type Answer, type Asked, HttpRefusal, type Route, route, signedIn } from '../../kernel/http.ts';
import type { ReleaseName } from '../../kernel/release-standing.ts';
import { type ReleaseDetail, type Releases, reviewAspects } from '../../kernel/releases.ts';
import { capabilities } from '../../kernel/scan.ts';
import { isFresh } from '../../kernel/sessions.ts';
import { listPage } from './list-page.ts';
import { releasePage } from './page.ts';

const reason = z.string().max(4_000).default('');
const acting = z.strictObject({
  act: z.enum(['review', 'sign', 'canary', 'approve', 'roll_back', 'deprecate', 'revoke']),
  reason,
  aspect: z.enum(reviewAspects).optional(),
  passed: z.union([z.boolean(), z.enum(['yes', 'no']).transform((word) => word === 'yes')]).optional(),
  capabilities: z.array(z.enum(capabilities)).optional(),
  /** In an array, or in one line as a form gives it. */
  people: z
    .union([
      z.array(z.string().min(1).max(256)).max(1_000),
      z
        .string()
        .max(20_000)
        .transform((line) => line.split(/[\s,]+/).filter(Boolean)),
    ])
    .default([]),
  /** In per cent. */
  share: z.coerce.number().min(0).max(100).default(0),
});
type Acting = z.output<typeof acting>;

/** The catalog of releases, as pages and as JSON. Who may do what is said by the acts themselves. */
export function releaseRoutes({ releases }: { readonly releases: Releases }): readonly Route[] {
  const found = async (asked: Asked<unknown>): Promise<ReleaseDetail> => {
    const release = await releases.show(nameOf(asked), asked.query['against']);
    if (release) return release;
    throw new HttpRefusal(404, 'not_found', 'There is no such release in the catalog.', 'See them all at /catalog.');
  };
  const page = async (asked: Asked<unknown>, problem?: UserError): Promise<Answer> => {
    const release = await found(asked);
    return { title: `${release.id}@${release.version}`, page: releasePage(release, asked, problem), ...(problem && { status: 409 }) };
  };
  return [
    route({
      method: 'GET',
      path: '/api/catalog/releases',
      permission: 'signed in',
      handle: async () => ({ json: { releases: (await releases.list()) as unknown as Json } }),
    }),
    route({
      method: 'GET',
      path: '/api/catalog/releases/:kind/:id/:version',
      permission: 'signed in',
      handle: async (asked) => ({ json: (await found(asked)) as unknown as Json }),
    }),
    route({
      method: 'GET',
      path: '/api/catalog/releases/:kind/:id/:version/texts',
      permission: 'signed in',
      async handle(asked) {
        const texts = await releases.texts(nameOf(asked), asked.query['against']);
        if (texts) return { json: texts satisfies Json };
        throw new HttpRefusal(404, 'not_found', 'There is no such release in the catalog.');
      },
    }),
    route({
      method: 'POST',
      path: '/api/catalog/releases/:kind/:id/:version',
      permission: 'signed in',
      body: acting,
      async handle(asked) {
        mustStepUp(asked);
        return { json: (await act(releases, asked)) as unknown as Json };
      },
    }),
    route({
      method: 'GET',
      path: '/catalog',
      permission: 'signed in',
      handle: async () => ({ title: 'Catalog', page: listPage(await releases.list()) }),
    }),
    route({ method: 'GET', path: '/catalog/:kind/:id/:version', permission: 'signed in', handle: (asked) => page(asked) }),
    route({
      method: 'POST',
      path: '/catalog/:kind/:id/:version',
      permission: 'signed in',
      body: acting,
      async handle(asked) {
        try {
          const { kind, id, version } = await act(releases, asked);
          return { location: `/catalog/${kind}/${id}/${version}` };
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          return await page(asked, error);
        }
      },
    }),
  ];
}

function nameOf({ params }: Pick<Asked<unknown>, 'params'>): ReleaseName {
  const kind = params['kind'] === 'connector' ? 'connector' : 'plugin';
  return { kind, id: params['id'] ?? '', version: params['version'] ?? '' };
}

/** What opens a release, and what a reviewer says of it, counts with a credential shown; a page asks for one and sends it again. */
function mustStepUp(asked: Asked<Acting>): void {
  const { who } = signedIn(asked);
  if (!['sign', 'canary', 'approve'].includes(asked.body.act) || isFresh(who, asked.atMs)) return;
  const says = `For this, ${who.person} must have shown a credential within the last 5 minutes. Nothing was changed.`;
  throw new HttpRefusal(403, 'step_up_needed', says, 'Show it at /prove, then send it again.');
}

function act(releases: Releases, asked: Asked<Acting>): Promise<ReleaseDetail> {
  const { act: what, aspect, passed, capabilities: chosen, people, share, reason: why } = asked.body;
  const common = { ...nameOf(asked), by: signedIn(asked).who, reason: why };
  switch (what) {
    case 'sign':
      if (aspect === undefined || passed === undefined)
        throw new UserError('Say which review it was, and whether it passed. Nothing was changed.');
      return releases.sign({ ...common, aspect, passed, ...(chosen && { capabilities: chosen }) });
    case 'canary':
      return releases.canary({ ...common, people, share: Math.round(share * 100) });
    case 'roll_back':
      return releases.rollBack(common);
    default:
      return releases[what](common);
  }
}
