import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { Json } from '@trapkey/contract/json.ts';
import { rfc3339 } from '../kernel/clock.ts';
import { rulesOf } from '../kernel/operation.ts';
import type { ReadBack } from '../kernel/read-back.ts';
import { afterImage } from '../stages/gate/stage.ts';
import { decide } from './decide.ts';
import { requestedEntry } from './entries.ts';
import type { Frame } from './frame.ts';
import { askTool } from './probe.ts';

/**
 * The read of a tool's `before`, long after the call: by the same person and release, under the policy of now, and only where
 * they may read it themselves. `probing` is durable before it leaves, `probed` before its answer counts.
 */
export function readBackWith(frame: Frame): ReadBack {
  const who = frame.stages.filter(({ gives }) => gives === 'subject');
  return async (call) => {
    const moment = { ...frame.moment(), atMs: frame.clock(), probes: new Map() };
    const { facts } = decide(who, call, moment);
    const { subject } = facts;
    if (!subject) return { ok: false, says: 'the person or the release is not let in any more', lost: true };
    const rule = rulesOf(subject.connector, call)?.before;
    if (!rule) return undefined;
    const known = { ...facts, call, subject };
    const probe = afterImage(known, rule, moment);
    const { arguments: _, ...about } = requestedEntry(known, moment.policy.digest, '');
    const entry = (kind: 'probing' | 'probed', rest: Partial<EntryFields>): EntryFields => ({
      ...about,
      timestamp: rfc3339(frame.clock()),
      kind,
      probe: { connector: probe.connector, tool: probe.tool, for: `${probe.why}/again` },
      run: subject.run.id,
      ...rest,
    });
    await frame.recorder.commit({ entries: [entry('probing', {})] });
    const began = frame.stopwatch();
    const answer = await askTool(frame, { facts: known }, probe);
    const upstream_ms = Math.round(frame.stopwatch() - began);
    const came = answer.ok ? { outcome: 'done' as const } : { outcome: 'failed' as const, detail: answer.says.slice(0, 500) };
    await frame.recorder.commit({ entries: [entry('probed', { ...came, upstream_ms })] });
    return answer.ok ? { ok: true, image: answer.value as Json } : answer;
  };
}
