import type { IncomingHttpHeaders } from 'node:http';
import type { UpstreamMethod } from '@trapkey/contract/upstream.ts';
import type { Caller } from './doors.ts';
import { metaOf } from './era.ts';
import type { Line } from './line.ts';
import type { Client } from './params.ts';
import type { RpcRequest } from './rpc.ts';
import type { Session } from './sessions.ts';

/** One request that proposes a call, with the way back to its client. */
export interface Running {
  readonly request: RpcRequest;
  readonly method: UpstreamMethod;
  readonly caller: Caller;
  readonly client: Client;
  readonly line: Line;
  /** Undefined for the stateless revision. */
  readonly session: Session | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** Where progress of this request is to be reported. */
export function progressToken(request: RpcRequest): string | number | undefined {
  const token = metaOf(request.params)['progressToken'];
  return typeof token === 'string' || typeof token === 'number' ? token : undefined;
}
