import type { JsonObject } from '@trapkey/contract/json.ts';
import type { Admitted, HookCall } from '../../kernel/announced.ts';
import type { Call } from '../../kernel/call.ts';
import type { Let } from '../../pipeline/admit.ts';
import { announce } from './announce.ts';
import { allowed, denied } from './answers.ts';
import type { EventOf } from './event.ts';
import { isMcp } from './names.ts';
import { calledBy, hookCallOf, report, type Told } from './told.ts';

/** The tools that start sub-agents. */
export const launches: ReadonlySet<string> = new Set(['Task', 'Agent']);

const otherwise =
  'NOT DONE: a call of this id was let run already, with other arguments or a while ago (announced_otherwise, rule organization/hooks). Nothing was changed.\nEach call has an id of its own: make it again as a new one.';

/** PreToolUse: a tool of an MCP server is announced, one of the client's own is decided. */
export async function beforeTool(told: Told, event: EventOf<'PreToolUse'>): Promise<JsonObject> {
  const call = hookCallOf(told, event);
  return isMcp(call.tool) ? await announce(told, call) : await decideBuiltIn(told, call);
}

async function decideBuiltIn(told: Told, hooked: HookCall): Promise<JsonObject> {
  const known = await told.announcements.admitted(hooked);
  if (known === 'otherwise') return denied(otherwise);
  const call = await calledBy(told, hooked);
  if (known) return await again(told, call, known);
  const let_ = await told.admit(call, (admitted) => told.announcements.admit(hooked, admitted));
  if (let_.kind === 'admitted') {
    const { person, session, agent, toolUse, atMs } = hooked;
    if (launches.has(hooked.tool)) await report(told, [{ kind: 'launching', person, session, agent, toolUse, atMs, by: 'hook' }]);
    return letRun(let_.admitted);
  }
  // A second hook of the same client may have been first, at another process.
  const other = let_.kind === 'refused' ? await told.announcements.admitted(hooked) : undefined;
  if (other && other !== 'otherwise') return await again(told, call, other);
  return denied(reasonOf(told, call, let_));
}

/** The same call by a second hook of the same client: one call, one answer, unless a stop came between. */
async function again(told: Told, call: Call, admitted: Admitted): Promise<JsonObject> {
  const ruling = await told.forehear(call, async (latch) => ((await told.announcements.under(latch)) ? 'written' : 'moved'));
  if (!ruling) return letRun(admitted);
  return denied(told.texts.refused({ kind: 'refused', call: call.id, ruling, happened: 'nothing' }, call));
}

function letRun({ entry, ticket, instead, args }: Admitted): JsonObject {
  const by = ticket === undefined ? `${entry.code}, rule ${entry.rule}` : `approved, ticket ${ticket}`;
  return allowed(`Trapkey lets it run (${by}).`, instead ? args : undefined);
}

function reasonOf(told: Told, call: Call, let_: Exclude<Let, { readonly kind: 'admitted' }>): string {
  switch (let_.kind) {
    case 'refused':
      return told.texts.refused(let_, call);
    case 'held':
      return told.texts.held(let_, call);
    case 'staged':
    case 'result':
    case 'protocol_error':
      return 'NOT DONE: Trapkey failed while deciding this call, so it does not run (internal). Nothing was changed.';
  }
}
