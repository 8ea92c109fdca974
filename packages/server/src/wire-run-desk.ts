import type { CallReplay } from '@trapkey/contract/api/runs.ts';
import { identityOf } from './access/sessions/identity.ts';
import { openRecordReader } from './effects/record/read.ts';
import type { Route } from './kernel/http.ts';
import type { PolicySet } from './kernel/rules.ts';
import { openRunLists } from './runs/lists/read.ts';
import { runRoutes } from './runs/routes.ts';
import type { Store } from './wire.ts';
import { recordedDecision } from './wire-policy.ts';
import { recordedReaders } from './wire-recorded.ts';
import { decideAgain } from './wire-redecide.ts';

/** The clock of a call and that of its entry may be this far apart. */
const slackMs = 60_000;

/** Runs for whoever is signed in: their calls come from the record, and each can be decided again under the policy of now. */
export function runDesk(store: Store, policy: () => PolicySet): readonly Route[] {
  const { database } = store;
  const reader = openRecordReader({ database });
  return runRoutes({
    runs: openRunLists({ database }),
    entries: async ({ id, release, startedAtMs, lastAtMs }, { after, max }) =>
      await reader.ofRun({ run: id, plugin: release, fromMs: startedAtMs - slackMs, toMs: lastAtMs + slackMs, after }, max),
    owned(person) {
      const set = policy();
      return [...set.plugins.values()].filter(({ owner }) => identityOf(set, owner) === person).map(({ id }) => id);
    },
    untrusted(connector, tool) {
      const rules = policy().connectors.get(connector);
      const said = rules?.tools.get(tool)?.outsiders ?? rules?.outsiders;
      return said !== undefined && said.kind !== 'none';
    },
    replay: (call) => replay(store, policy(), call),
  });
}

async function replay(
  store: Store,
  set: PolicySet,
  call: string,
): Promise<(CallReplay & { readonly person: string | undefined }) | undefined> {
  const { database, payloads, keys } = store;
  const entries = (await openRecordReader({ database }).call(call))?.entries ?? [];
  const entry = entries.filter(({ kind }) => kind === 'decided').at(-1);
  if (!entry) return undefined;
  const was = { verdict: entry.verdict ?? '', code: entry.code ?? '', rule: entry.rule ?? null };
  const about = { call, was, person: entries[0]?.on_behalf_of };
  const { inputs } = (await recordedDecision(payloads, entry)) ?? { inputs: undefined };
  const none = { ...about, now: null, same: null };
  if (!inputs)
    return { ...none, says: 'Its inputs are not held any more, or nothing of policy decided it, so it cannot be decided again.' };
  const now = decideAgain(set, await recordedReaders({ database, keys }))(inputs);
  if (!now) return { ...none, says: 'The policy of now asks for a fact that was not read then, so it cannot be decided again.' };
  const same = now.verdict === was.verdict;
  const { verdict, code, rule, says } = now;
  const words = same ? `It would be the same today: ${verdict}.` : `It was ${was.verdict}; today it would be ${verdict}: ${says}`;
  return { ...about, now: { verdict, code, rule, says }, same, says: words };
}
