import type { CatalogList } from '@trapkey/contract/api/catalog.ts';
import type { Json } from '@trapkey/contract/json.ts';
import { z } from 'zod';
import { blastReport, type Standing } from '../../inventory/blast/read.ts';
import type { CatalogDoor } from '../../kernel/catalog.ts';
import { type Asked, HttpRefusal, type Route, route, signedIn } from '../../kernel/http.ts';
import type { Releases } from '../../kernel/releases.ts';
import { isFresh } from '../../kernel/sessions.ts';
import { lookers } from '../../kernel/sight.ts';
import { subjectsOf } from './subjects.ts';

const definitionsMax = 200;
const looking = [...lookers, 'approver', 'owner'] as const;

/** What the addresses of the catalog work with. */
export interface CatalogDoors {
  readonly releases: Pick<Releases, 'list' | 'proposeConnector'>;
  readonly catalog: CatalogDoor;
  readonly standing: () => Promise<Standing>;
}

const accepting = z.strictObject({
  connection: z.string().max(100),
  /** Unset: all of the connection that wait. */
  name: z.string().max(2_000).optional(),
  /** `seen` of each that was looked at. */
  seen: z.array(z.string().max(100)).min(1).max(5_000),
});
const proposing = z.strictObject({ connector: z.string().max(100) });

/** Every plugin and connector as one list, and the definitions that wait for a look: the same functions as the commands'. */
export function catalogRoutes(doors: CatalogDoors): readonly Route[] {
  const { releases, catalog } = doors;
  return [
    route({
      method: 'GET',
      path: '/api/catalog',
      permission: looking,
      handle: async () => ({ json: plain(await listed(doors)) }),
    }),
    route({
      method: 'GET',
      path: '/api/catalog/definitions',
      permission: looking,
      async handle({ query }) {
        const found = await catalog.diff(query['connection'] || undefined);
        return { json: plain({ definitions: found.slice(0, definitionsMax) }) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/catalog/definitions/accept',
      permission: ['administrator'],
      body: accepting,
      async handle(asked) {
        const { connection, name, seen } = asked.body;
        const accepted = await catalog.accept({ connection, name, seen, by: stepped(asked) });
        return { json: { accepted: accepted.length } };
      },
    }),
    route({
      method: 'POST',
      path: '/api/catalog/releases',
      permission: ['approver', 'owner', 'administrator'],
      body: proposing,
      async handle(asked) {
        const proposed = await releases.proposeConnector({ connector: asked.body.connector, by: signedIn(asked).who });
        return { json: plain(proposed) };
      },
    }),
  ];
}

async function listed({ releases, catalog, standing }: CatalogDoors): Promise<CatalogList> {
  const [all, definitions, at] = await Promise.all([releases.list(), catalog.list(), standing()]);
  const waiting = definitions.filter(({ state }) => state === 'new' || state === 'changed' || state === 'gone');
  return {
    subjects: [...subjectsOf({ set: at.set, releases: all, waiting, blast: blastReport(at) })],
    definitionsWait: waiting.length,
  };
}

/** Accepting what a tool says from now on is for somebody who showed a credential, as at the terminal. */
function stepped(asked: Asked<unknown>) {
  const { who } = signedIn(asked);
  if (isFresh(who, asked.atMs)) return who;
  const says = `To accept a definition, ${who.person} must have shown a credential within the last 5 minutes. Nothing was changed.`;
  throw new HttpRefusal(403, 'step_up_needed', says, 'Show it at /prove, then send it again.');
}

/** As it is sent: without what is undefined. */
function plain(value: object): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
