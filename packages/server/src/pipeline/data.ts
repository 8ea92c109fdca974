import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { ScreenContext } from '../effects/screen/effect.ts';
import type { Call } from '../kernel/call.ts';
import type { Steps } from '../kernel/data-memory.ts';
import type { Facts } from '../kernel/facts.ts';
import type { Frame } from './frame.ts';

/** One after the other in one transaction; the first that says no ends it. Entries of all of them are written. */
export function inOrder(...all: readonly (Steps | undefined)[]): Steps | undefined {
  const steps = all.filter((one) => one !== undefined);
  if (steps.length <= 1) return steps[0];
  return async (tx) => {
    const entries: EntryFields[] = [];
    let quiet = true;
    for (const step of steps) {
      const said = await step(tx);
      if (!said.ok) return said;
      if (said.entries) entries.push(...said.entries);
      quiet &&= said.quiet === true;
    }
    return { ok: true, ...(entries.length > 0 && { entries }), ...(quiet && { quiet: true as const }) };
  };
}

/** Adds what the person's agents read before, where a rule asks for it. */
export function recalled(frame: Frame, call: Call): Call | Promise<Call> {
  return frame.memory ? frame.memory.recall(call) : call;
}

/** The classes that count as read once this answer is out: what policy says of the tool, and what was met in the answer. */
export function classesRead({ permitted, subject }: Pick<Facts, 'permitted' | 'subject'>, met: readonly string[] = []): readonly string[] {
  const said = permitted.rules.data ?? subject.connector.data?.classes ?? [];
  return said.length + met.length === 0 ? [] : [...new Set([...said, ...met])];
}

/** Stops the connector; false where that is not durable, and then nothing of the answer may go out. */
export async function quarantined(frame: Frame, { call, subject }: Facts, leak: string | undefined): Promise<boolean> {
  if (leak === undefined) return true;
  try {
    await frame.quarantine?.({ connector: subject.connector.id, plugin: subject.plugin.id, call: call.id, says: leak });
    return frame.quarantine !== undefined;
  } catch {
    return false;
  }
}

/** The words of an upstream's error as an answer would be allowed to say them. */
export function errorWords(frame: Frame, message: string, context: ScreenContext): string {
  const { connector, seeing } = context;
  if (!connector.data && (seeing?.mayNotSee ?? []).length === 0) return message;
  const keptBack = 'The connector answered with an error. Its words are kept back by policy';
  try {
    const said = frame.screen({ isError: true, content: [{ type: 'text', text: message }] }, context);
    if (!said.ok || said.leak !== undefined) return keptBack;
    const [block] = (said.payload as JsonObject)['content'] as readonly JsonObject[];
    return typeof block?.['text'] === 'string' ? block['text'] : keptBack;
  } catch {
    return keptBack;
  }
}

/** What goes with an error may be anything at all: where data is screened it stays behind. */
export function errorData(data: Json | undefined, context: ScreenContext): { readonly data?: Json } {
  if (data === undefined || context.connector.data || (context.seeing?.mayNotSee ?? []).length > 0) return {};
  return { data };
}
