import type { BatchRow, ChangeRow } from '../proposal/store.ts';
import type { MadeRow } from '../staging-store.ts';

/** An image as it is kept: its sealed payload, and the keyed digest that tells it from others. */
export interface KeptImage {
  readonly sealed: string;
  readonly digest: string;
}

/** What is kept of a change of which only the reading back, or a person, tells that it was made. */
export function madeBy(
  batch: BatchRow,
  change: ChangeRow,
  came: { readonly state: 'done' | 'failed' | 'unknown'; readonly reversible: boolean; readonly atMs: number; readonly after?: KeptImage },
): MadeRow | undefined {
  if (change.ran === null) return undefined;
  return {
    call: change.ran,
    at_ms: change.started_at_ms ?? came.atMs,
    run: batch.run,
    person: batch.person,
    plugin: batch.plugin,
    version: batch.version,
    connector: change.connector,
    tool: change.tool,
    batch: batch.id,
    n: change.n,
    state: came.state,
    arguments: change.arguments,
    before_sealed: change.before_sealed,
    image: change.image,
    after_sealed: came.after?.sealed ?? null,
    after_image: came.after?.digest ?? null,
    result: null,
    definition: change.definition,
    reach: change.reach,
    reversible: came.reversible ? 1 : 0,
    undone_by: null,
  };
}
