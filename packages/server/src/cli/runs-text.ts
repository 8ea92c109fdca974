import type { AgentView, RunDetail, RunSpend, RunView } from '../kernel/run-views.ts';

/** One line a run. */
export function runLine(run: RunView): string {
  const at = (ms: number) => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
  const refused = `${run.refused > 0 ? `, ${run.refused} refused` : ''}${run.held > 0 ? `, ${run.held} held` : ''}`;
  const agents = run.agents === 0 ? '' : `  ${run.agents} sub-agents`;
  return `${run.id}  ${at(run.startedAtMs)} to ${at(run.lastAtMs)} UTC  ${run.person}  ${run.release}  ${run.calls} calls${refused}${agents}${spendText(run.spend)}  seen by ${run.coverage.join(', ')}\n`;
}

/** A run with its tree. */
export function runText(run: RunDetail): string {
  const session = run.session === undefined ? 'none' : `${run.session} (${run.proved ? 'joined to the hook of its client' : 'claimed'})`;
  const lines = [
    runLine(run).trimEnd(),
    `Session: ${session}`,
    ...(run.profile === undefined ? [] : [`Profile: ${run.profile}`]),
    ...(run.coverage.includes('reported') ? [] : ['No telemetry came: cost, tokens and models are not known.']),
    ...(run.coverage.includes('hook') || run.proved
      ? []
      : ['No hook spoke: what its client ran by itself, shell and files included, is not covered.']),
    ...(run.bypassed > 0 ? [`${run.bypassed} tool calls of ours ran past the gateway: trapkey record list 'code:bypassed since:30d'`] : []),
    ...(run.missing > 0 ? [`${run.missing} events of its telemetry never came, so what it cost is at least this.`] : []),
    ...run.tree.flatMap((agent) => agentLines(agent, '')),
    `Its calls: trapkey record list run:${run.id}`,
  ];
  return `${lines.join('\n')}\n`;
}

function agentLines(agent: AgentView, indent: string): readonly string[] {
  const about = [agent.type, agent.model].filter((part) => part !== undefined).join(', ');
  const depth = agent.depth === undefined ? 'parent unknown, counts as deepest' : `depth ${agent.depth}, ${agent.assurance.depth}`;
  const line = `${indent}${agent.id}${about === '' ? '' : ` (${about})`}  ${depth}${spendText(agent.spend)}`;
  return [line, ...agent.children.flatMap((child) => agentLines(child, `${indent}  `))];
}

function spendText({ microUsd, tokens, requests }: RunSpend): string {
  return requests === 0 ? '' : `  ${(microUsd / 1_000_000).toFixed(4)} USD, ${tokens} tokens in ${requests} requests`;
}
