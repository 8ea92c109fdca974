import { rfc3339 } from '../../kernel/clock.ts';
import { RecordUnavailable } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { telemetryPath } from '../../kernel/telemetry.ts';
import type { Issued, TelemetryTokenRequest } from '../../kernel/tokens.ts';
import { mustAdminister } from '../people/act.ts';
import { change, type TokenParts } from './change.ts';
import { checkExpiry, idOf } from './may.ts';
import { insertTokens } from './store.ts';
import { hashToken, mintToken } from './token.ts';

/** What stands in the place of plugin and connector: it is for no endpoint. */
const nowhere = { plugin: 'telemetry', version: '-', connector: 'otlp' };

/** Issues a token that delivers telemetry of one person. */
export async function issueTelemetry({ recorder, keys, policy, clock }: TokenParts, request: TelemetryTokenRequest): Promise<Issued> {
  const set = policy();
  const by = request.by.person;
  const person = idOf(set, request.person ?? by);
  if (person !== idOf(set, by)) mustAdminister(request.by, 'Issuing tokens for somebody else');
  const atMs = clock();
  const expiresAtMs = atMs + checkExpiry(request.expiresMs);
  const [id, token] = [newId('AT'), mintToken()];
  const committed = await recorder.commit({
    entries: [
      {
        ...change(atMs, 'token.issued', person, { person: by, proved: true }),
        detail: `${id} for telemetry expires ${rfc3339(expiresAtMs)}`,
      },
    ],
    steps: (tx) =>
      insertTokens(tx, [
        {
          ...{ id, person, ...nowhere, profile: null, audience: telemetryPath, issued_by: by },
          ...{ hash: hashToken(keys.tokens, token), created_at_ms: atMs, expires_at_ms: expiresAtMs },
        },
      ]),
  });
  if (committed.status !== 'committed') throw new RecordUnavailable(committed.status);
  return { id, token, person, ...nowhere, profile: undefined, audience: telemetryPath, expiresAtMs };
}
