import { openBadge } from './effects/record/desk/badge.ts';
import { openLooking } from './effects/record/desk/looking.ts';
import { recordTable } from './effects/record/desk/table.ts';
import { openRecordHouse } from './effects/record/house.ts';
import { readPayload } from './effects/record/payload.ts';
import { matcherOf } from './effects/record/query/match.ts';
import { parseQuery } from './effects/record/query/parse.ts';
import { openRecordReader } from './effects/record/read.ts';
import { recordRoutes } from './effects/record/routes.ts';
import { signerOf } from './effects/record/signer.ts';
import { verifyLedger } from './effects/record/verify-ledger.ts';
import { checkpointNow } from './effects/record/worker.ts';
import type { Acting } from './kernel/approvals.ts';
import { rfc3339 } from './kernel/clock.ts';
import { UserError } from './kernel/errors.ts';
import type { Route } from './kernel/http.ts';
import { compileSet } from './policy/compile/set.ts';
import { readSet } from './policy/read.ts';
import type { Store } from './wire.ts';

/** The record for whoever is signed in: the same house as the commands', under their names. */
export function recordDesk(store: Store, env: Readonly<Record<string, string | undefined>>): readonly Route[] {
  const { database, recorder, clock, keys, payloads } = store;
  const reader = openRecordReader({ database });
  const { publicKey } = signerOf(keys);
  const house = (by: Acting) =>
    openRecordHouse({
      ...{ reader, recorder, clock, by, publicKey },
      sign: async () => {
        const note = (await checkpointNow({ recorder, keys, clock })) ?? (await reader.ledger.latestCheckpoint())?.note;
        if (note === undefined) throw new UserError('The record is empty; there is nothing to sign yet.');
        return note;
      },
      policyAt: async (digest) => {
        const stored = await readSet(database, digest);
        const compiled = stored && compileSet(stored.files, env);
        return compiled?.ok ? compiled.set : undefined;
      },
      close: async () => undefined,
    });
  return recordRoutes({
    looking: openLooking({ reader, clock }),
    badge: openBadge({ ledger: reader.ledger, clock, verify: () => verifyLedger(reader.ledger, { publicKey, checkpoints: [] }) }),
    house,
    payload: (digest, by, reason) => readPayload({ recorder, payloads, clock }, { digest, by, reason }),
    async *table(query, by, reason) {
      const matches = matcherOf(parseQuery(query, clock()));
      await recordExported(store, query, by, reason);
      yield* recordTable(reader.ledger, matches, (await reader.ledger.head())?.size ?? 0);
    },
  });
}

async function recordExported({ recorder, clock }: Store, query: string, by: Acting, reason: string | undefined): Promise<void> {
  await recorder.commit({
    entries: [
      {
        timestamp: rfc3339(clock()),
        kind: 'admin',
        action: 'record.export',
        on_behalf_of: by.person,
        subject: 'record',
        assurance: { on_behalf_of: by.assurance },
        detail: `csv ${query}`.trim().slice(0, 500),
        ...(reason !== undefined && { reason: reason.slice(0, 500) }),
      },
    ],
  });
}
