import type { Entry } from '@trapkey/contract/entry.ts';
import { policyJsonSchema } from '@trapkey/contract/policy/documents.ts';
import { openPeople } from './access/people/act.ts';
import { openPinnedCatalog } from './catalog/read.ts';
import type { Config } from './config.ts';
import { ledgerOf } from './effects/record/ledger-read.ts';
import type { Payloads } from './effects/record/payload-read.ts';
import { systemClock } from './kernel/clock.ts';
import { compileBounds } from './policy/cel/bounds.ts';
import { checkPolicy, diffPolicy, replayPolicy } from './policy/desk.ts';
import type { RecordedDecision } from './policy/replay.ts';
import { canary } from './stages/contain/rehearsal/canary.ts';
import { recordedAutonomy } from './stages/gate/autonomy/read.ts';
import { recordedGrants } from './stages/gate/grants/read.ts';
import { recipientsDigest } from './stages/gate/recipients.ts';
import type { Database } from './storage/database.ts';
import { liveGrantsOf } from './wire-blast.ts';
import { door, publishedPolicy } from './wire-doors.ts';
import { decideAgain, decideCase, type SealedInputs } from './wire-redecide.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Commands that read only a folder. */
export function policyDesk(env: Environment) {
  return {
    check: (folder: string) => checkPolicy({ folder, env, decideCase, nowMs: systemClock() }),
    schema: policyJsonSchema,
  };
}

/** Commands that know the running set. */
export const policyDoor = (config: Config, env: Environment) =>
  door(config, async (store) => {
    const { database, recorder, clock, payloads, keys } = store;
    const digest = recipientsDigest(keys.names);
    const policy = await publishedPolicy(config, env, store);
    const pinned = await openPinnedCatalog({ database });
    const [grants, autonomy] = await Promise.all([recordedGrants(database, compileBounds), recordedAutonomy(database)]);
    return {
      people: openPeople({ database, recorder, clock }),
      diff: (folder: string) => diffPolicy({ database, env, folder, clock, grants: liveGrantsOf(store) }),
      replay: (folder: string) =>
        replayPolicy({
          folder,
          env,
          decisions: recordedDecisions(database, payloads),
          decideAgain: (set) => decideAgain(policy.over(set), { definitions: pinned, recipientsDigest: digest, grants, autonomy }),
        }),
      propose: policy.checkFolder,
      standing: policy.standing,
      apply: policy.apply,
      rollback: policy.rollback,
      sign: policy.sign,
    };
  });

const pageEntries = 1_000;
/** What stops, the record or a used ticket decided is no question of policy. */
const notOfPolicy = new Set(['stopped', 'record_unavailable', 'ticket_used', 'unauthenticated', 'internal']);

/** Every decision of the record, oldest first, with its inputs where they are still held. */
export async function* recordedDecisions(database: Database, payloads: Payloads): AsyncIterable<RecordedDecision<SealedInputs>> {
  const ledger = ledgerOf(database.read);
  let after = -1;
  for (;;) {
    const rows = await ledger.newer({ after, limit: pageEntries });
    if (rows.length === 0) return;
    for (const row of rows) {
      after = row.entry;
      const decision = await recordedDecision(payloads, JSON.parse(row.bytes) as Entry);
      if (decision) yield decision;
    }
  }
}

/** One decision with its inputs; nothing where policy did not decide. */
export async function recordedDecision(payloads: Payloads, entry: Entry): Promise<RecordedDecision<SealedInputs> | undefined> {
  const { kind, plugin, connector, tool, code, verdict, call } = entry;
  if (kind !== 'decided' || plugin?.startsWith(`${canary.plugin}@`) || entry.arguments === undefined || notOfPolicy.has(String(code)))
    return undefined;
  const found = await payloads.find(entry.arguments);
  return {
    call: String(call),
    was: verdict as RecordedDecision<SealedInputs>['was'],
    says: `${plugin} ${connector}.${tool} (${code})`,
    inputs: found && { ...(found.payload as unknown as SealedInputs), grant: grantOf(entry) },
  };
}

/** A decision by a grant names it as its rule. */
function grantOf({ code, rule }: Entry): string | undefined {
  return code === 'granted' && typeof rule === 'string' ? rule.slice('grant/'.length) : undefined;
}
