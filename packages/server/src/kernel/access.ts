import type { Credential } from './call.ts';

/** Why a bearer was not let in; answered 401 before its body is read. */
export interface AccessRefusal {
  readonly refused: 'unauthenticated' | 'wrong_audience';
  readonly says: string;
}

/** Checks the Authorization header against the endpoint path that it is used on. Never throws for a bad credential. */
export type Authenticate = (
  authorization: string | undefined,
  audiencePath: string,
  atMs: number,
) => Credential | AccessRefusal | Promise<Credential | AccessRefusal>;
