import type { Credential } from './call.ts';

/** What the gateway needs of a refusal to say it before the body is read. */
export interface NotLetIn {
  readonly status: 401 | 403 | 429 | 503;
  readonly wwwAuthenticate: string;
  readonly says: string;
  readonly retryAfterMs: number | undefined;
}

/** Checks the Authorization header against the endpoint path that it is used on, and who sent it. Never throws for a bad credential. */
export type Authenticate = (
  authorization: string | undefined,
  audiencePath: string,
  atMs: number,
  source: string,
) => Credential | NotLetIn | Promise<Credential | NotLetIn>;
