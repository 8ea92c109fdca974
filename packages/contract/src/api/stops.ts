import { z } from 'zod';

const count = z.number().int().nonnegative();

/** What a stop covers; `person` and `release` only for a run. */
export const stopScope = z.object({
  kind: z.enum(['everything', 'plugin', 'release', 'connector', 'credential', 'tool', 'effect', 'person', 'agent', 'run']),
  id: z.string().optional(),
  person: z.string().optional(),
  release: z.string().optional(),
});
export type StopScopeShown = z.output<typeof stopScope>;

/** A stop that is in force. */
export const stop = z.object({
  id: z.string(),
  scope: stopScope,
  mode: z.enum(['freeze', 'full']),
  by: z.string(),
  reason: z.string(),
  atMs: z.number(),
  untilMs: z.number().optional(),
  /** The stop in whose act it was engaged too. */
  act: z.string().optional(),
  /** Absent while it is in force. */
  released: z.object({ atMs: z.number(), by: z.string(), reason: z.string() }).optional(),
  tokensRevoked: count.optional(),
});
export type StopShown = z.output<typeof stop>;

/** Newest first; with `?state=all` the released ones too. `GET /api/stops` */
export const stopList = z.object({
  stops: z.array(stop),
  /** What is stopped cannot be read: every call is refused, and `stops` is what was known last. */
  unreadable: z.boolean(),
});
export type StopList = z.output<typeof stopList>;

/** One stop with what every node said. `GET /api/stops/:stop` */
export const stopDetail = stop.extend({
  also: z.array(stop),
  nodes: z.array(
    z.object({
      node: z.string(),
      host: z.string(),
      pid: z.number(),
      seenAtMs: z.number(),
      confirmedAtMs: z.number().optional(),
      afterMs: z.number().optional(),
      aborted: count,
    }),
  ),
  held: z.boolean(),
  mayRelease: z.string(),
  /** What it did to calls: those that it ended while they ran, and how many it refused. `more`: the record goes on beyond what was looked through. */
  brought: z.object({
    ended: z.array(
      z.object({
        call: z.string(),
        atMs: z.number(),
        release: z.string(),
        tool: z.string(),
        effect: z.string().optional(),
        outcome: z.string(),
      }),
    ),
    refused: count,
    more: z.boolean(),
  }),
});
export type StopDetailShown = z.output<typeof stopDetail>;

/** What a stop would hit now; lists are cut. `GET /api/stops/preview?scope=plugin:sales` */
export const stopPreview = z.object({
  scope: z.string(),
  wide: z.boolean(),
  people: z.array(z.string()),
  runs: z.array(z.string()),
  inFlight: count,
  tickets: z.array(z.string()),
  /** Batches that would wait, those that agents still add to among them. */
  batches: z.array(z.string()),
  connectors: z.array(z.string()),
  tools: z.array(z.string()),
  tokens: count,
  also: z.array(z.string()),
});
export type StopPreviewShown = z.output<typeof stopPreview>;

/** Fire drills of the stop, newest first. `GET /api/rehearsals` */
export const rehearsalList = z.object({
  rehearsals: z.array(
    z.object({
      id: z.string(),
      by: z.string(),
      state: z.string(),
      says: z.string(),
      startedAtMs: z.number(),
      finishedAtMs: z.number().optional(),
      paths: z.array(
        z.object({
          node: z.string(),
          path: z.string(),
          state: z.string(),
          refusedAfterMs: z.number().optional(),
          abortedAfterMs: z.number().optional(),
          backAfterMs: z.number().optional(),
          says: z.string(),
        }),
      ),
    }),
  ),
});
export type RehearsalShown = z.output<typeof rehearsalList>['rehearsals'][number];

/** `POST /api/stops/:stop/release` */
export const stopReleased = z.object({ released: z.array(stop) });

/** `POST /api/rehearsals` */
export const rehearsalBegun = z.object({ id: z.string() });
