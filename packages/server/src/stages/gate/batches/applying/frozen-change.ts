import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { Call } from '../../../../kernel/call.ts';
import type { Origins } from '../../../../kernel/origins.ts';
import { nowhere, type Whereabouts } from '../../../../kernel/runs.ts';
import { frozenCall } from '../../running/frozen.ts';
import type { BatchRow, ChangeRow } from '../proposal/store.ts';

/**
 * The call of a staged change, as its agent made it and as witnesses placed it then. Undefined when its payload is not held
 * any more.
 */
export async function frozenChange(
  batch: Pick<BatchRow, 'plugin' | 'version'>,
  change: Pick<ChangeRow, 'connector' | 'tool' | 'arguments'>,
  payload: Json | undefined,
  atMs: number,
): Promise<Call | undefined> {
  if (!isObject(payload)) return undefined;
  const { plugin, version } = batch;
  const row = { plugin, version, connector: change.connector, tool: change.tool, arguments: change.arguments, original: null };
  const frozen = await frozenCall(row, async () => payload, atMs);
  const about = payload['call'];
  const { where, origins } = isObject(about) ? about : {};
  return (
    frozen && {
      ...frozen,
      via: 'batch',
      ...(isObject(where) && { where: { ...nowhere, ...(where as Partial<Whereabouts>) } }),
      // Where its values came from was known when it was staged; hours later nobody remembers.
      ...(isObject(origins) && { origins: origins as unknown as Origins }),
    }
  );
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
