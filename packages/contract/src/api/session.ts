import { z } from 'zod';

/** One's own session, and the deployment that it is with. `GET /api/session` */
export const session = z.object({
  id: z.string(),
  person: z.string(),
  roles: z.array(z.string()),
  via: z.string(),
  /** A credential was shown within the last minutes, and not only a session. */
  fresh: z.boolean(),
  created_at_ms: z.number(),
  seen_at_ms: z.number(),
  expires_at_ms: z.number(),
  /** Goes back as `x-csrf-token` with everything that changes something. */
  csrf: z.string(),
  organization: z.string(),
  /** Of the build that answers; a page of another one loads itself anew. */
  version: z.string(),
  now_ms: z.number(),
  /** Name of the identity provider, where there is one. */
  provider: z.string().nullable(),
});
export type Session = z.output<typeof session>;

/** `POST /api/prove/code`: a credential shown again, for what a session alone is not enough for. */
export const proved = z.object({ proved: z.literal(true) });

/** Open sessions, newest first. `GET /api/sessions`, with `?of=all` everybody's for administrators and auditors */
export const sessionList = z.object({
  sessions: z.array(session.omit({ csrf: true, organization: true, version: true, now_ms: true, provider: true })),
});
export type SessionList = z.output<typeof sessionList>;

/** `POST /api/sessions/:session/revoke`: one's own, anybody's by an administrator. */
export const sessionEnded = z.object({ ended: z.string() });
export type SessionEnded = z.output<typeof sessionEnded>;
