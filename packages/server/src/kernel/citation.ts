import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { UpstreamMethod } from '@trapkey/contract/upstream.ts';

const citationKey = 'io.trapkey/citation';

/** The call's citation: in `_meta` always, and as the last text of a tool's answer, where the model reads it. */
export function cited(result: JsonObject, { method, call }: { readonly method: UpstreamMethod; readonly call: string }): JsonObject {
  const citation = `trapkey:${call}`;
  const own = { ...((result['_meta'] ?? {}) as JsonObject), [citationKey]: citation };
  if (method !== 'tools/call' || result['resultType'] === 'input_required') return { ...result, _meta: own };
  const content = (result['content'] ?? []) as readonly Json[];
  return { ...result, content: [...content, { type: 'text', text: citation }], _meta: own };
}
