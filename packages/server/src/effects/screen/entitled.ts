import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import { keepRows } from '../../kernel/row-filter.ts';
import type { Screen, ScreenContext, Screened } from './effect.ts';

type Keeping = { readonly ok: true; readonly result: JsonObject; readonly left: number } | Extract<Screened, { readonly ok: false }>;

/** Takes out the rows that the person may not have, before anything else looks at the answer. */
export function withEntitledRows(screen: Screen): Screen {
  return (result, context) => {
    if (!context.rows || context.rowsApplied) return screen(result, context);
    const kept = keptOf(result, context.rows.keeps, context);
    if (!kept.ok) return kept;
    const screened = screen(kept.result, context);
    return screened.ok && kept.left > 0 ? { ...screened, screened: [...screened.screened, 'rows'] } : screened;
  };
}

function keptOf(result: JsonObject, keeps: (row: JsonObject) => boolean, context: ScreenContext): Keeping {
  const { structuredContent, content, contents, _meta: _, ...rest } = result;
  if (result['resultType'] === 'input_required' || context.method === 'prompts/get') return unreadable(context);
  // What went wrong may be told in values of any row.
  if (result['isError'] === true)
    return {
      ok: true,
      result: {
        isError: true,
        content: [
          {
            type: 'text',
            text: `${context.connector.id} answered with an error. Its words are kept back: this person may have some rows only.`,
          },
        ],
      },
      left: 0,
    };
  if (structuredContent !== undefined) {
    const kept = keepRows(structuredContent, keeps);
    if (kept.value === undefined) return nothing(context);
    const text = { type: 'text', text: JSON.stringify(kept.value) };
    return { ok: true, result: { ...safe(rest), structuredContent: kept.value, content: [text] }, left: kept.left };
  }
  const blocks = Array.isArray(content) ? content : Array.isArray(contents) ? contents : undefined;
  if (!blocks) return unreadable(context);
  let left = 0;
  const texts: JsonObject[] = [];
  for (const block of blocks as readonly JsonObject[]) {
    const rows = rowsIn(block['text']);
    if (rows === undefined) return unreadable(context);
    const kept = keepRows(rows, keeps);
    left += kept.left;
    if (kept.value !== undefined) texts.push({ ...named(block), text: JSON.stringify(kept.value) });
  }
  if (texts.length === 0 && blocks.length > 0) return nothing(context);
  return { ok: true, result: { ...safe(rest), [Array.isArray(content) ? 'content' : 'contents']: texts }, left };
}

/** Of a block with rows in its text, what says where they come from. */
function named({ type, uri, mimeType }: JsonObject): JsonObject {
  return { ...(type !== undefined && { type }), ...(uri !== undefined && { uri }), ...(mimeType !== undefined && { mimeType }) };
}

/** Members of a result besides its content that hold no data. */
function safe({ resultType, isError }: JsonObject): JsonObject {
  return { ...(resultType !== undefined && { resultType }), ...(isError === false && { isError }) };
}

function rowsIn(text: Json | undefined): Json | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const value = JSON.parse(text) as Json;
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function unreadable({ connector, rows }: ScreenContext): Screened & { readonly ok: false } {
  const says = `An entitlement lets this person have some rows of ${connector.id} only (${rows?.rules.join(', ')}), and no rows can be told apart in this answer`;
  return { ok: false, says };
}

function nothing({ connector, rows }: ScreenContext): Screened & { readonly ok: false } {
  return { ok: false, says: `What ${connector.id} answered is none of the rows that this person may have (${rows?.rules.join(', ')})` };
}
