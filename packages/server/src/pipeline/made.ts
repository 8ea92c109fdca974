import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { Json } from '@trapkey/contract/json.ts';
import { rfc3339 } from '../kernel/clock.ts';
import type { Steps } from '../kernel/data-memory.ts';
import { RecordUnavailable } from '../kernel/errors.ts';
import type { Facts } from '../kernel/facts.ts';
import type { Sealed } from '../kernel/recorder.ts';
import { afterImage } from '../stages/gate/stage.ts';
import type { Settling } from './dispatch.ts';
import { requestedEntry } from './entries.ts';
import type { Frame } from './frame.ts';
import { askTool } from './probe.ts';
import type { Reading } from './reading.ts';

/** What is kept of a call that can be taken back, or is a change of a batch; undefined for every other. */
export function changeMade(
  { batches, recorder, clock }: Frame,
  { facts, parts }: Settling,
  { outcome, code, unsent }: Reading,
  result: string | undefined,
): { readonly before: Sealed | undefined; readonly steps: Steps } | undefined {
  const { call, permitted, released, subject } = facts;
  if (!batches || call.via === 'hook' || call.method !== 'tools/call') return undefined;
  const { effect } = permitted.rules;
  // What cannot be taken back is kept too: whoever takes the rest back is told of it.
  if (effect === 'read' || effect === 'draft') return undefined;
  const image = released.before?.image;
  const before = image === undefined ? undefined : recorder.seal(subject.run.id, image);
  const made = {
    facts,
    sealedArguments: parts.sealedArguments,
    outcome,
    code,
    sent: unsent !== true,
    before: before && image !== undefined ? { image, sealed: before.digest } : undefined,
    result,
    atMs: clock(),
  };
  return { before, steps: (tx) => batches.made(tx, made) };
}

/**
 * Reads what stands there once a change was recorded as made, so that whoever takes it back can tell whether somebody else
 * was there since. Not being able to is no failure of the change.
 */
export async function seeAfter(frame: Frame, facts: Facts): Promise<void> {
  const { batches, recorder } = frame;
  const { call, permitted, subject } = facts;
  const rule = permitted.rules.before;
  if (!batches || !rule) return;
  const moment = { ...frame.moment(), atMs: call.atMs, probes: new Map() };
  const entry = (kind: 'probing' | 'probed', rest: Partial<EntryFields>): EntryFields => {
    const { arguments: _, ...about } = requestedEntry(facts, moment.policy.digest, '');
    const asked = { connector: rule.connector, tool: rule.tool, for: `${rule.rule}/after` };
    return { ...about, timestamp: rfc3339(frame.clock()), kind, probe: asked, run: subject.run.id, ...rest };
  };
  const began = frame.stopwatch();
  const took = () => Math.round(frame.stopwatch() - began);
  const failed = async (detail: string): Promise<void> => {
    await recorder.commit({ entries: [entry('probed', { outcome: 'failed', upstream_ms: took(), detail: detail.slice(0, 500) })] });
  };
  try {
    await recorder.commit({ entries: [entry('probing', {})] });
    const answer = await askTool(frame, { facts }, afterImage(facts, rule, moment));
    if (!answer.ok) return await failed(answer.says);
    const image = answer.value as Json;
    const sealed = recorder.seal(subject.run.id, image);
    await recorder.commit({
      entries: [entry('probed', { outcome: 'done', upstream_ms: took(), changed: { after: sealed.digest } })],
      sealed: [sealed],
      steps: (tx) => batches.seen(tx, call.id, { image, sealed: sealed.digest }),
    });
  } catch (error) {
    // What was made is on record already; nobody is told less because its after-image is missing.
    if (!(error instanceof RecordUnavailable)) await failed(error instanceof Error ? error.message : 'it broke').catch(() => undefined);
  }
}
