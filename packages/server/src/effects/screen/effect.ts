import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { UpstreamMethod } from '@trapkey/contract/upstream.ts';
import type { Pinned } from '../../kernel/facts.ts';
import type { RowFilter } from '../../kernel/row-rules.ts';
import type { ConnectorRules, ToolRules } from '../../kernel/rules.ts';

export interface ScreenContext {
  readonly method: UpstreamMethod;
  readonly call: string;
  readonly connector: ConnectorRules;
  readonly rules: ToolRules;
  readonly pinned: Pinned;
  /** Whose agents are shown it; absent where nobody is (a fact that policy asked for). */
  readonly seeing?: { readonly mayNotSee?: readonly string[]; readonly mayNotLeave?: readonly string[] } | undefined;
  /** Which rows the person may have; undefined: all. */
  readonly rows?: RowFilter | undefined;
  /** The connector of the box limited what it read to them. */
  readonly rowsApplied?: boolean | undefined;
  /** A model reads it: what outsiders wrote is marked, and links work only to these hosts. Absent: policy reads it. */
  readonly forModel?: { readonly hosts: readonly string[] } | undefined;
}

export type Screened =
  | {
      readonly ok: true;
      readonly result: JsonObject;
      readonly screened: readonly string[];
      readonly rows: number | undefined;
      readonly payload: Json;
      /** Classes of data that are in it. */
      readonly classes?: readonly string[];
      /** It held what is not ours, which was taken out: why its connector must be stopped. */
      readonly leak?: string | undefined;
    }
  /** The answer breaks the protocol or its own schema, or may not be shown: it happened, and it is not released. */
  | {
      readonly ok: false;
      readonly says: string;
      /** Kept back by policy, which is no fault of the connector. */
      readonly code?: 'result_withheld';
      readonly screened?: readonly string[];
      readonly leak?: string | undefined;
    };

/** Looks at everything an upstream says before a model may see it. */
export type Screen = (result: JsonObject, context: ScreenContext) => Screened;
