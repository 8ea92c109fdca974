import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { UpstreamMethod } from '@trapkey/contract/upstream.ts';
import type { Pinned } from '../../kernel/facts.ts';
import type { ConnectorRules, ToolRules } from '../../kernel/rules.ts';

export interface ScreenContext {
  readonly method: UpstreamMethod;
  readonly call: string;
  readonly connector: ConnectorRules;
  readonly rules: ToolRules;
  readonly pinned: Pinned;
}

export type Screened =
  | {
      readonly ok: true;
      readonly result: JsonObject;
      readonly screened: readonly string[];
      readonly rows: number | undefined;
      readonly payload: Json;
    }
  /** The answer breaks the protocol or its own schema: it happened, and it is not released. */
  | { readonly ok: false; readonly says: string };

/** Looks at everything an upstream says before a model may see it. */
export type Screen = (result: JsonObject, context: ScreenContext) => Screened;
