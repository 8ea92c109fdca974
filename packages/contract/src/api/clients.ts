import { z } from 'zod';

const count = z.number().int().nonnegative();
const seen = z.number().nullable();

/** One person with their clients, as far as anything of them was seen. */
export const clientRow = z.object({
  person: z.string(),
  /** Names of clients as they call themselves; a claim. */
  clients: z.array(z.string()),
  /** With tokens that are live, or runs. */
  plugins: z.array(z.object({ plugin: z.string(), version: z.string(), tokens: count, expiresAtMs: seen })),
  runs: count,
  calls: count,
  /** When a call last came through the gateway, a hook last announced, telemetry last came. */
  gatewayAtMs: seen,
  hookAtMs: seen,
  telemetryAtMs: seen,
  sessions: count,
  /** Installations of clients as telemetry names them, with the version that spoke last; a claim. */
  devices: z.array(z.object({ device: z.string(), client: z.string().nullable(), sessions: count, hookAtMs: seen, telemetryAtMs: seen })),
  /** Hooks or telemetry spoke before, and calls went on without them since. */
  silentSinceMs: seen,
  coverage: z.array(z.enum(['gateway', 'hook', 'reported'])),
});
export type ClientRow = z.output<typeof clientRow>;

/** Coverage of the last 30 days. `GET /api/clients?q=&silent=yes&max=&after=` */
export const clientList = z.object({
  people: z.array(clientRow),
  next: z.string().nullable(),
  total: count,
  /** What each way can do, and when the last rehearsal of the stop proved it. */
  ways: z.array(
    z.object({
      way: z.string(),
      says: z.string(),
      records: z.boolean(),
      blocks: z.boolean(),
      approves: z.boolean(),
      proved: z.object({ state: z.string(), atMs: z.number(), node: z.string() }).nullable(),
    }),
  ),
  /** What nobody here sees; always shown. */
  unseen: z.array(z.string()),
});
export type ClientList = z.output<typeof clientList>;
