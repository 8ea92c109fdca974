import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { ChangeRow } from './store.ts';

/** Opens sealed payloads, many at once; what is not held any more is missing. */
export type UnsealMany = (digests: readonly string[]) => Promise<ReadonlyMap<string, Json>>;

/** What of a change is sealed. */
export interface Opened {
  /** Undefined where it was erased, or its key is not here. */
  readonly args: JsonObject | undefined;
  readonly before: Json | undefined;
}

/** Opens the payloads of a page of changes. */
export async function openedOf(
  rows: readonly Pick<ChangeRow, 'arguments' | 'before_sealed'>[],
  unseal: UnsealMany,
): Promise<readonly Opened[]> {
  const digests = rows.flatMap((row) => (row.before_sealed === null ? [row.arguments] : [row.arguments, row.before_sealed]));
  const payloads = digests.length === 0 ? new Map<string, Json>() : await unseal([...new Set(digests)]);
  return rows.map((row) => {
    const frozen = payloads.get(row.arguments);
    const args = isObject(frozen) ? frozen['arguments'] : undefined;
    return { args: isObject(args) ? args : undefined, before: row.before_sealed === null ? undefined : payloads.get(row.before_sealed) };
  });
}

/** Whether it is a JSON object. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
