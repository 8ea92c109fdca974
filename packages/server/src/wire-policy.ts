import type { Entry } from '@trapkey/contract/entry.ts';
import type { Json } from '@trapkey/contract/json.ts';
import { policyJsonSchema } from '@trapkey/contract/policy/documents.ts';
import { openPeople } from './access/people/act.ts';
import type { Config } from './config.ts';
import { ledgerOf } from './effects/record/ledger-read.ts';
import type { Payloads } from './effects/record/payload-read.ts';
import { systemClock } from './kernel/clock.ts';
import { checkPolicy, diffPolicy, replayPolicy } from './policy/desk.ts';
import type { RecordedDecision } from './policy/replay.ts';
import { canary } from './stages/contain/rehearsal/canary.ts';
import type { Database } from './storage/database.ts';
import { liveGrantsOf } from './wire-blast.ts';
import { door, publishedPolicy } from './wire-doors.ts';
import { recordedReaders } from './wire-recorded.ts';
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
    const { database, recorder, clock, payloads } = store;
    const policy = await publishedPolicy(config, env, store);
    const readers = await recordedReaders(store);
    return {
      people: openPeople({ database, recorder, clock }),
      diff: (folder: string) => diffPolicy({ database, env, folder, clock, grants: liveGrantsOf(store) }),
      replay: (folder: string) =>
        replayPolicy({
          folder,
          env,
          decisions: recordedDecisions(database, payloads),
          decideAgain: (set) => decideAgain(policy.over(set), readers),
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
    after = rows.at(-1)?.entry ?? after;
    yield* decisionsOf(
      payloads,
      rows.map((row) => JSON.parse(row.bytes) as Entry),
    );
  }
}

/** Decisions are opened so many at once: a payload may be large. */
const openedAtOnce = 100;

/** The decisions of policy among entries, in their order, with their inputs where they are still held. */
export async function* decisionsOf(payloads: Payloads, entries: readonly Entry[]): AsyncGenerator<RecordedDecision<SealedInputs>> {
  const decisions = entries.filter((entry) => sealedWith(entry) !== undefined);
  for (let from = 0; from < decisions.length; from += openedAtOnce) {
    const some = decisions.slice(from, from + openedAtOnce);
    const opened = await payloads.unsealMany(some.flatMap((entry) => sealedWith(entry) ?? []));
    for (const entry of some) yield decisionOf(entry, opened.get(sealedWith(entry) ?? ''));
  }
}

/** One decision with its inputs; nothing where policy did not decide. */
export async function recordedDecision(payloads: Payloads, entry: Entry): Promise<RecordedDecision<SealedInputs> | undefined> {
  const sealed = sealedWith(entry);
  return sealed === undefined ? undefined : decisionOf(entry, (await payloads.find(sealed))?.payload);
}

/** Under which digest the inputs of a decision of policy were sealed. */
function sealedWith({ kind, plugin, code, arguments: sealed }: Entry): string | undefined {
  const ofPolicy = kind === 'decided' && !plugin?.startsWith(`${canary.plugin}@`) && !notOfPolicy.has(String(code));
  return ofPolicy ? sealed : undefined;
}

function decisionOf(entry: Entry, payload: Json | undefined): RecordedDecision<SealedInputs> {
  const { plugin, connector, tool, code, verdict, call } = entry;
  return {
    call: String(call),
    was: verdict as RecordedDecision<SealedInputs>['was'],
    says: `${plugin} ${connector}.${tool} (${code})`,
    inputs: payload === undefined ? undefined : { ...(payload as unknown as SealedInputs), grant: grantOf(entry) },
  };
}

/** A decision by a grant names it as its rule. */
function grantOf({ code, rule }: Entry): string | undefined {
  return code === 'granted' && typeof rule === 'string' ? rule.slice('grant/'.length) : undefined;
}
