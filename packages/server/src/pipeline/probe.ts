import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { JsonObject } from '@trapkey/contract/json.ts';
import type { ScreenContext } from '../effects/screen/effect.ts';
import { rfc3339 } from '../kernel/clock.ts';
import { entitledTo } from '../kernel/entitlements.ts';
import type { ProbeAnswer, Subject } from '../kernel/facts.ts';
import { rulesOf } from '../kernel/operation.ts';
import type { Sealed } from '../kernel/recorder.ts';
import type { Probe } from '../kernel/stage.ts';
import { stoppable } from '../kernel/takes-back.ts';
import { offered } from '../stages/scope/stage.ts';
import { askChecker } from './ask-checker.ts';
import type { Decided } from './decide.ts';
import { requestedEntry } from './entries.ts';
import type { Frame } from './frame.ts';
import { readerOf } from './reader.ts';

/** What a probe said, and its entry: in the next commit of its call, so that no verdict is durable without it. */
export interface Probed {
  readonly answer: ProbeAnswer;
  readonly entry: EntryFields;
}

/**
 * Asks for a fact that a stage needs. `requested` and `probing` are durable before it leaves, `probed` before anything
 * follows from its answer. Whatever goes wrong is an answer (`ok: false`), and the stage refuses on it. `moved`: a stop came
 * first, nothing was written or asked, and the call is decided again.
 */
export async function askProbe(
  frame: Frame,
  decided: Decided,
  probe: Probe,
  written: { readonly requested: readonly EntryFields[]; readonly sealed: Sealed },
): Promise<Probed | 'moved'> {
  const { clear } = decided.facts;
  const about = requestedEntry(decided.facts, frame.moment().policy.digest, written.sealed.digest);
  const target =
    probe.kind === 'tool'
      ? { connector: probe.connector, tool: probe.tool, for: probe.why }
      : { connector: 'checker', tool: probe.checker, for: probe.why };
  const entry = (kind: 'probing' | 'probed', rest: Partial<EntryFields>): EntryFields => ({
    ...about,
    timestamp: rfc3339(frame.clock()),
    kind,
    probe: target,
    ...(decided.facts.subject && { run: decided.facts.subject.run.id }),
    ...rest,
  });
  const committed = await frame.recorder.commit({
    entries: [...written.requested, entry('probing', {})],
    sealed: [written.sealed],
    ...(clear && { latch: clear.generation }),
  });
  if (committed.status !== 'committed') return 'moved';
  const began = frame.stopwatch();
  const answer = probe.kind === 'tool' ? await askTool(frame, decided, probe) : await askChecker(frame, probe);
  const probed = entry('probed', {
    outcome: answer.ok ? 'done' : 'failed',
    upstream_ms: Math.round(frame.stopwatch() - began),
    ...(!answer.ok && { detail: answer.says.slice(0, 500) }),
  });
  return { answer, entry: probed };
}

/** Asks a tool; what is written of it is the caller's. */
export async function askTool(
  frame: Frame,
  decided: Pick<Decided, 'facts'>,
  probe: Extract<Probe, { kind: 'tool' }>,
): Promise<ProbeAnswer> {
  const { subject, call } = decided.facts;
  const policy = frame.moment().policy;
  const connector = policy.connectors.get(probe.connector);
  if (!subject || !connector) return lost(`connector ${probe.connector} is not known`);
  const release = `${call.endpoint.plugin}@${call.endpoint.version}`;
  const asked = askable(frame, { ...subject, connector }, probe, call.atMs);
  if (typeof asked === 'string') return lost(asked);
  const stop = frame.stopSignal(
    stoppable(call, {
      person: subject.person,
      plugin: subject.plugin.id,
      release,
      connector: probe.connector,
      tool: probe.tool,
      run: subject.run.id,
      connection: connector.connection,
      agent: call.where?.agent.value,
      parent: call.where?.parent.value,
      effect: 'read',
    }),
  );
  const stopped = (): boolean => stop.signal.aborted;
  if (stopped()) {
    stop.done();
    return lost(`a stop covers ${probe.connector}`, true);
  }
  const reply = await frame.execute(
    { connector, person: subject.person, credential: call.credential.id, release },
    {
      method: 'tools/call',
      params: { name: probe.tool, arguments: probe.args },
      clientCapabilities: {},
      ...(connector.bounds && { bounds: connector.bounds }),
      ...(probe.shown && { reader: readerOf(subject, asked.rows) }),
    },
    { signal: AbortSignal.any([stop.signal, AbortSignal.timeout(frame.probeTimeoutMs)]) },
  );
  stop.done();
  if (reply.kind !== 'result') {
    const said = lost(`${probe.connector}.${probe.tool} did not answer (${reply.kind})`, stopped());
    return stopped() ? said : { ...said, unanswered: true };
  }
  if (reply.result['isError'] === true) return { ok: false, says: `${probe.connector}.${probe.tool} answered with an error` };
  const { result, rowsApplied } = reply;
  const screened = frame.screen(result, { method: 'tools/call', call: call.id, connector, ...asked, rowsApplied });
  if (screened.ok && asked.rows && screened.screened.includes('rows'))
    return { ok: false, says: `${probe.connector}.${probe.tool} answered with rows that this person may not have` };
  if (!screened.ok) return { ok: false, says: `${probe.connector}.${probe.tool}: ${screened.says}` };
  try {
    // Without our own citation, so that the same record reads the same.
    return { ok: true, value: probe.read(screened.payload as JsonObject) };
  } catch (error) {
    return { ok: false, says: error instanceof Error ? error.message : 'its answer was not what the policy expects' };
  }
}

/** No answer, so that it says nothing of what was asked. */
function lost(says: string, stopped = false): Extract<ProbeAnswer, { readonly ok: false }> {
  return { ok: false, says, lost: true, ...(stopped && { stopped }) };
}

/** A probe is a read that this person and profile may make themselves, of a tool whose definition is the reviewed one. */
function askable(
  frame: Frame,
  subject: Subject,
  { tool, shown }: Extract<Probe, { kind: 'tool' }>,
  atMs: number,
): Pick<ScreenContext, 'rules' | 'pinned' | 'rows'> | string {
  const named = `${subject.connector.id}.${tool}`;
  const operation = { method: 'tools/call', name: tool, extra: {} } as const;
  const rules = rulesOf(subject.connector, operation);
  if (rules?.effect !== 'read' || !subject.plugin.connectors.includes(subject.connector.id)) return `${named} is no read of this plugin`;
  const moment = { ...frame.moment(), atMs, probes: new Map() };
  if (!offered(operation, subject, moment)) return `${named} is not in the profile`;
  const pinned = frame.definitions.find(subject.connector.connection, 'tools/call', tool);
  if (!pinned || pinned === 'changed') return `the definition of ${named} is not the reviewed one`;
  // A reach is counted over all rows: of some it would be too small.
  const entitled = shown ? entitledTo(subject, tool, moment) : undefined;
  return { rules, pinned, rows: entitled?.ok ? entitled.rows : undefined };
}
