import { randomBytes } from 'node:crypto';
import type { RequestStateCodec } from '@modelcontextprotocol/server';
import { createRequestStateCodec } from '@modelcontextprotocol/server';

/** What the features of the conformance upstream may ask of the server that runs them. */
export interface Live {
  /** Seals what a client carries between rounds, so that a changed state is refused. */
  readonly state: RequestStateCodec<Record<string, unknown>>;
  /** Ends the SSE stream of one open request, as a proxy in between might. */
  closeStream(session: string | undefined, request: string | number): void;
  toolsChanged(): void;
  promptsChanged(): void;
}

/** The codec that every request of one running upstream shares. */
export function stateCodec(): Live['state'] {
  return createRequestStateCodec<Record<string, unknown>>({ key: randomBytes(32) });
}
