import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { DataRules } from '../../../kernel/data.ts';
import type { ScreenContext } from '../effect.ts';
import { planFor } from './plan.ts';
import { dataScreened } from './screen.ts';
import { keptBack, screenedWords } from './words.ts';

/** An answer as its data allows it to be shown, or why it is kept back. */
export type DataAnswer =
  | {
      readonly ok: true;
      readonly result: JsonObject;
      /** What was kept back, for the model. */
      readonly note?: string | undefined;
      readonly screened: readonly string[];
      readonly classes: readonly string[];
      /** Data of others came back: what is wrong, for the stop. */
      readonly leak?: string | undefined;
    }
  | { readonly ok: false; readonly says: string; readonly screened: readonly string[]; readonly leak?: string | undefined };

/** Looks at the data in an answer: planted values, rows of others, columns, what looks like a class, how many rows. */
export function dataAnswer(result: JsonObject, context: ScreenContext, fits: (result: JsonObject) => boolean): DataAnswer {
  const { connector, seeing } = context;
  const { data } = connector;
  if (data && planted(result, data)) {
    const leak = `An answer of ${connector.id} held a planted value, which belongs to nobody who may be asked`;
    return {
      ok: false,
      says: `The answer of ${connector.id} holds what no answer of it may hold, so it is kept back and the connector is stopped`,
      screened: ['canary'],
      leak,
    };
  }
  const plan = seeing && planFor(data, seeing);
  if (!plan) return { ok: true, result, screened: [], classes: [] };
  const { result: shown, seen } = dataScreened(result, plan, fits);
  const screened = screenedWords(seen);
  const leak = seen.foreign > 0 ? `An answer of ${connector.id} held rows that are not ours` : undefined;
  if (seen.withhold !== undefined)
    return { ok: false, says: `The answer of ${connector.id} is kept back: ${seen.withhold}`, screened, leak };
  return { ok: true, result: shown, note: keptBack(seen, connector.owner), screened, classes: [...seen.classes], leak };
}

/** In any writing of capitals, and as JSON inside JSON. */
function planted(result: JsonObject, { canaries }: DataRules): boolean {
  if (canaries.length === 0) return false;
  const text = JSON.stringify(result).toLowerCase();
  return canaries.some((value) => text.includes(JSON.stringify(value).slice(1, -1).toLowerCase()));
}

/** Adds what was kept back at the end, where an answer has room for words. */
export function noted(result: JsonObject, says: string | undefined): JsonObject {
  if (says === undefined || !Array.isArray(result['content'])) return result;
  return { ...result, content: [...(result['content'] as readonly Json[]), { type: 'text', text: says }] };
}
