import { counted } from '../../kernel/counted.ts';
import type { Proof, ProofState } from '../../kernel/doctor.ts';
import type { Rehearsal } from '../../kernel/rehearsal.ts';
import { revealed } from '../../kernel/revealed.ts';
import type { ScanReport } from '../../kernel/scan.ts';
import type { Listed } from './endpoint.ts';

type Drafted = Omit<Proof, 'at'>;

/** What a rehearsal of the stop proves of each way in: a canary ran, was refused while stopped, and ran again. */
export function waysProved(rehearsal: Rehearsal | undefined, why: string): readonly Drafted[] {
  const names = { 'mcp-http': 'mcp http', stdio: 'stdio', hook: 'hook' } as const;
  if (!rehearsal || rehearsal.paths.length === 0)
    return Object.values(names).map((path) => ({ path, subject: 'canary', state: 'not proved', says: why }));
  return rehearsal.paths.map(({ node, path, state, says }): Drafted => {
    const proved = state === 'back';
    const words = proved
      ? 'a canary call ran, was refused while it was stopped, and ran again'
      : `${state}${says === '' ? '' : `: ${says}`}`;
    return {
      path: names[path as keyof typeof names] ?? 'mcp http',
      subject: `canary, node ${node}`,
      state: proved ? 'proved' : 'not proved',
      says: words,
    };
  });
}

/** What an endpoint answered. */
export function endpointProved(subject: string, listed: Listed): Drafted {
  if ('says' in listed) return { path: 'mcp http', subject, state: 'not proved', says: listed.says };
  if (listed.tools.length === 0)
    return {
      path: 'mcp http',
      subject,
      state: 'not proved',
      says: 'it answered with an empty list: nothing of it is offered to this person',
    };
  return { path: 'mcp http', subject, state: 'proved', says: `offers ${counted(listed.tools.length, 'tool', 'tools')}` };
}

/** What an upstream itself answered, next to what the gateway offers of it. */
export function upstreamProved(connection: string, answer: { readonly tools: number } | { readonly says: string }): Drafted {
  const subject = `connection ${connection}`;
  if ('says' in answer) return { path: 'upstream', subject, state: 'not proved', says: revealed(answer.says).slice(0, 300) };
  return { path: 'upstream', subject, state: 'proved', says: `lists ${counted(answer.tools, 'tool', 'tools')}; none was called` };
}

/** Connectors of clients on this machine, by who sees their calls. */
export function clientsProved({ plugins }: Pick<ScanReport, 'plugins'>): readonly Drafted[] {
  return plugins.flatMap(({ name, connectors }) =>
    connectors.map(({ name: connector, coverage }): Drafted => {
      const covered = coverage === 'gateway';
      const says = covered ? 'leads to a gateway' : 'goes around the gateway: nothing of it is decided or recorded';
      return { path: 'client', subject: `${name}: ${connector}`, state: covered ? 'proved' : 'not covered', says };
    }),
  );
}

/** Whether the agent's operating-system user could read keys and tokens, and write policy. */
export function separationProved(of: { readonly ownerUid: number; readonly mode: number; readonly agentUid: number | undefined }): Drafted {
  const subject = 'data folder';
  const draft = (state: ProofState, says: string): Drafted => ({ path: 'separation', subject, state, says });
  if (of.agentUid === undefined) return draft('not proved', 'this system has no user ids to compare');
  if (of.agentUid === of.ownerUid || of.agentUid === 0)
    return draft('not proved', "the agent's user can reach Trapkey's files; run the gateway as a user of its own, or on another machine");
  if ((of.mode & 0o077) !== 0) return draft('not proved', `other users can open it (mode ${(of.mode & 0o777).toString(8)})`);
  return draft('proved', `belongs to user id ${of.ownerUid}, the agent runs as ${of.agentUid}, and only the owner can open it`);
}

/** Whether telemetry of clients came lately. */
export function telemetryProved(last: string | undefined): Drafted {
  const draft = { path: 'telemetry', subject: 'clients' } as const;
  return last === undefined
    ? {
        ...draft,
        state: 'not covered',
        says: 'none came in 7 days: cost, models and calls past the gateway are not known (trapkey connect --telemetry)',
      }
    : { ...draft, state: 'proved', says: `came for run ${last}` };
}
