import { z } from 'zod';

const count = z.number().int().nonnegative();
const kind = z.enum(['plugin', 'connector']);
const state = z.enum(['proposed', 'in review', 'canary', 'approved', 'deprecated', 'revoked']);
const named = { kind, id: z.string(), version: z.string() };
const amounts = z.object({ people: z.number().nullable(), records: z.number().nullable() });
const aspect = z.enum(['security', 'data', 'blast_radius']);
export type ReviewAspectShown = z.output<typeof aspect>;

/** A plugin or connector: how it stands, who looks after it, what it can alter. */
export const catalogSubject = z.object({
  kind,
  id: z.string(),
  owner: z.string(),
  /** `policy`: no release of it was ever decided on; it runs as policy names it. */
  state: z.enum([...state.options, 'policy']),
  /** What people have now; null where nobody has any of it. */
  version: z.string().nullable(),
  digest: z.string().nullable(),
  /** A release that is not for everybody yet. */
  waits: z.object({ version: z.string(), state }).nullable(),
  /** The highest tier of its tools; null where it has none. */
  tier: z.enum(['low', 'medium', 'high']).nullable(),
  /** What one run alters without a person; null of a connector. */
  blast: amounts.nullable(),
  over: z.boolean(),
  /** Of a plugin: for whom it is. Of a connector: the plugins that have it. */
  users: z.array(z.string()),
  coverage: z.array(z.enum(['gateway', 'hook'])),
  /** What it reaches systems through. */
  connections: z.array(z.string()),
  reviewedAtMs: z.number().nullable(),
  reviewDueMs: z.number().nullable(),
  /** Definitions of its connectors that wait for a look. */
  definitionsWait: count,
});
export type CatalogSubject = z.output<typeof catalogSubject>;

/** `GET /api/catalog` */
export const catalogList = z.object({ subjects: z.array(catalogSubject), definitionsWait: count });
export type CatalogList = z.output<typeof catalogList>;

const release = {
  ...named,
  state,
  owner: z.string(),
  current: z.boolean(),
  sourceDigest: z.string(),
  servedDigest: z.string().optional(),
  proposedBy: z.string(),
  proposedAtMs: z.number(),
  stateBy: z.string(),
  stateAtMs: z.number(),
  reviewDueMs: z.number().optional(),
};
export const releaseSummary = z.object(release);
export type ReleaseShown = z.output<typeof releaseSummary>;

/** `GET /api/catalog/releases` */
export const releaseList = z.object({ releases: z.array(releaseSummary) });

const change = z.object({ kind: z.string(), says: z.string(), weight: z.enum(['high', 'usual']) });
const connector = z.object({
  name: z.string(),
  transport: z.string(),
  url: z.string().optional(),
  command: z.array(z.string()).optional(),
  coverage: z.string(),
  because: z.string(),
});

/** One release with all that a reviewer needs. `GET /api/catalog/releases/:kind/:id/:version?against=` */
export const releaseDetail = z.object({
  ...release,
  source: z.string(),
  canary: z.object({ version: z.string(), people: z.array(z.string()), share: count }).optional(),
  manifest: z.object({
    files: z.array(z.object({ path: z.string(), digest: z.string(), bytes: count })),
    definitions: z.array(z.object({ connector: z.string(), kind: z.string(), name: z.string(), digest: z.string() })),
    plugin: z
      .object({
        counts: z.object({ skills: count, commands: count, agents: count, hooks: count, servers: count }),
        connectors: z.array(connector),
        secrets: z.array(z.string()),
        hosts: z.array(z.string()),
        sources: z.array(z.string()),
        scripts: z.array(z.string()),
      })
      .optional(),
    hooks: z.array(z.string()),
    findings: z.array(z.object({ rule: z.string(), severity: z.string(), says: z.string(), file: z.string().optional() })),
    paths: z.array(z.object({ severity: z.string(), says: z.string() })),
  }),
  checklist: z.array(z.object({ item: z.string(), state: z.enum(['passed', 'look', 'failed']), says: z.string() })),
  changes: z.array(change),
  against: z.string().optional(),
  signOffs: z.array(
    z.object({ aspect, person: z.string(), passed: z.boolean(), capabilities: z.array(z.string()), note: z.string(), atMs: z.number() }),
  ),
  capabilities: z.array(
    z.object({
      capability: z.string(),
      parts: z.array(z.string()),
      unknown: z.array(z.string()),
      seenBy: z.array(z.string()),
      approvedBy: z.array(z.object({ person: z.string(), aspect, atMs: z.number() })),
    }),
  ),
  over: z.object({ why: z.array(z.string()) }).optional(),
  missing: z.array(z.string()),
});
export type ReleaseDetailShown = z.output<typeof releaseDetail>;

/** What differs as it is written. `GET /api/catalog/releases/:kind/:id/:version/texts?against=` */
export const releaseTexts = z.object({
  against: z.string().nullable(),
  /** A side without text is null: the file is not there, is no text, or is too long. */
  texts: z.array(z.object({ path: z.string(), was: z.string().nullable(), now: z.string().nullable(), says: z.string().nullable() })),
  more: z.boolean(),
});
export type ReleaseTexts = z.output<typeof releaseTexts>;

/** Definitions that wait for somebody to look. `GET /api/catalog/definitions?connection=` */
export const definitionsWaiting = z.object({
  definitions: z.array(
    z.object({
      connection: z.string(),
      kind: z.string(),
      name: z.string(),
      state: z.string(),
      /** Goes back with the acceptance: what was looked at is what is accepted. */
      seen: z.string(),
      reviewed: z.string().optional(),
      now: z.string().optional(),
      changes: z.array(change),
      findings: z.array(z.object({ severity: z.string(), at: z.string(), says: z.string(), excerpt: z.string() })),
    }),
  ),
});
export type DefinitionWaiting = z.output<typeof definitionsWaiting>['definitions'][number];

/** `POST /api/catalog/definitions/accept` */
export const definitionsAccepted = z.object({ accepted: count });
