import type { RunAgent } from '@trapkey/contract/api/runs.ts';
import { Bot } from 'lucide-react';
import { count } from '../../lib/format.ts';
import { span } from '../../lib/time.ts';
import { Card } from '../../ui/page.tsx';
import { Empty } from '../../ui/states.tsx';

/** Which agent started which. */
export function AgentTree({ tree, person }: { readonly tree: readonly RunAgent[]; readonly person: string }) {
  return (
    <Card>
      {tree.length === 0 ? (
        <Empty icon={Bot} title="No agent was named">
          Hooks and telemetry of the client tell which agents there are; without them every call counts as {person}’s own.
        </Empty>
      ) : (
        <Branch agents={tree} />
      )}
    </Card>
  );
}

function Branch({ agents }: { readonly agents: readonly RunAgent[] }) {
  return (
    <ul className="flex flex-col gap-1 border-l border-line pl-4 text-sm">
      {agents.map((agent) => (
        <li key={agent.id}>
          <p className="flex flex-wrap items-center gap-x-3 py-1">
            <Bot aria-hidden size={14} className="text-faint" />
            <span className="font-medium">{agent.type ?? 'agent'}</span>
            <span className="font-mono text-xs text-faint">{agent.id}</span>
            <span className="text-soft">
              {agent.depth === undefined ? 'depth unknown' : `depth ${agent.depth}`}
              {agent.model !== undefined && ` · ${agent.model}`}
              {agent.endedAtMs !== undefined && ` · ${span(agent.endedAtMs - agent.startedAtMs)}`}
              {agent.spend.tokens > 0 && ` · ${count(agent.spend.tokens)} tokens`}
            </span>
          </p>
          {agent.children.length > 0 && <Branch agents={agent.children} />}
        </li>
      ))}
    </ul>
  );
}
