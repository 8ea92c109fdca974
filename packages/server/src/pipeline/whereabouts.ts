import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { JsonObject } from '@trapkey/contract/json.ts';
import type { Whereabouts } from '../kernel/runs.ts';

/** The agent that called, as far as witnesses say. */
export function whereabouts({ agent, parent, depth, agentType, model }: Whereabouts): Partial<EntryFields> {
  return {
    ...(agent.value !== undefined && {
      agent: {
        id: agent.value,
        ...(parent.value !== undefined && { parent: parent.value }),
        ...(depth.value !== undefined && { depth: depth.value }),
      },
    }),
    ...(agentType.value !== undefined && { instructions: { agent_type: agentType.value } }),
    ...(model.value !== undefined && { model: model.value }),
  };
}

/** As it is sealed: what nobody said is left out, keys in order. */
export function sealedWhere(where: Whereabouts): JsonObject {
  const sealed: Record<string, JsonObject> = {};
  for (const key of ['agent', 'agentType', 'depth', 'model', 'parent', 'prompt', 'session'] as const) {
    const { value, assurance } = where[key];
    if (value !== undefined) sealed[key] = { assurance, value };
  }
  return sealed;
}
