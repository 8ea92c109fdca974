import type { AgentTicket } from '../../kernel/agent-tickets.ts';
import { rfc3339 } from '../../kernel/clock.ts';
import type { TicketSide } from '../doors.ts';
import { whoseOf } from '../resuming.ts';
import { type OwnTool, textResult } from './own-tool.ts';

/** `trapkey_list`: the tickets of this person and release, and no others. */
export function listTool({ door, texts }: TicketSide): OwnTool {
  return {
    definition: {
      name: 'trapkey_list',
      title: 'List held calls',
      description: 'Lists the held calls of this person and plugin: those that wait for a person, and those that ended in the last day.',
      inputSchema: { type: 'object', properties: {}, additionalProperties: false },
      outputSchema: {
        type: 'object',
        properties: {
          tickets: {
            type: 'array',
            items: {
              type: 'object',
              properties: Object.fromEntries(
                ['ticket', 'state', 'connector', 'tool', 'says', 'expires'].map((name) => [name, { type: 'string' }]),
              ),
              required: ['ticket', 'state', 'connector', 'tool', 'says', 'expires'],
              additionalProperties: false,
            },
          },
        },
        required: ['tickets'],
        additionalProperties: false,
      },
      annotations: { title: 'List held calls', readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    },
    async run(args, { caller }) {
      const [unknown] = Object.keys(args);
      if (unknown !== undefined)
        return textResult(`NOT DONE: trapkey_list has no argument ${unknown.slice(0, 40)}. Nothing was changed.`, true);
      const tickets = await door.list(whoseOf(caller));
      return textResult(texts.list(tickets), false, { structuredContent: { tickets: tickets.map(shown) } });
    },
  };
}

function shown({ view, connector, tool }: AgentTicket) {
  return { ticket: view.id, state: view.state, connector, tool, says: view.sentence, expires: rfc3339(view.expiresAtMs) };
}
