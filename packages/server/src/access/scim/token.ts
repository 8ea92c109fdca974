import type { ProvenPerson } from '../../kernel/approvals.ts';
import { rfc3339 } from '../../kernel/clock.ts';
import { scimPath } from '../../kernel/directory.ts';
import { RecordUnavailable } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { mustAdminister } from '../people/act.ts';
import { change, type TokenParts } from '../tokens/change.ts';
import { checkExpiry } from '../tokens/may.ts';
import { insertTokens } from '../tokens/store.ts';
import { hashToken, mintToken } from '../tokens/token.ts';

/** A credential for an identity provider, shown once. */
export interface ScimToken {
  readonly id: string;
  readonly token: string;
  readonly expiresAtMs: number;
}

const nowhere = { plugin: 'scim', version: '-', connector: 'scim' };

/** Issues a credential that keeps people and groups, and does nothing else. Administrators alone: it decides who may what. */
export async function issueScim(
  { recorder, keys, clock }: Omit<TokenParts, 'database' | 'policy'>,
  request: { readonly by: ProvenPerson; readonly expiresMs?: number | undefined },
): Promise<ScimToken> {
  mustAdminister(request.by, 'Issuing a token for an identity provider');
  const atMs = clock();
  const expiresAtMs = atMs + checkExpiry(request.expiresMs);
  const [id, token, by] = [newId('AT'), mintToken(), request.by.person];
  // Nobody's: it outlives whoever had it issued.
  const person = 'scim';
  const committed = await recorder.commit({
    entries: [
      { ...change(atMs, 'token.issued', person, { person: by, proved: true }), detail: `${id} for scim expires ${rfc3339(expiresAtMs)}` },
    ],
    steps: (tx) =>
      insertTokens(tx, [
        {
          ...{ id, person, ...nowhere, profile: null, audience: scimPath, issued_by: by },
          ...{ hash: hashToken(keys.tokens, token), created_at_ms: atMs, expires_at_ms: expiresAtMs },
        },
      ]),
  });
  if (committed.status !== 'committed') throw new RecordUnavailable(committed.status);
  return { id, token, expiresAtMs };
}
