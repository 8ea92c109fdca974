import type { JsonObject } from '@trapkey/contract/json.ts';
import type { Definitions, ToolDefinition, UpstreamMethod } from '@trapkey/contract/upstream.ts';
import type { Moment, Subject } from '../kernel/facts.ts';
import type { Offer, Offered } from '../kernel/offer.ts';
import { effectOf, type Operation, rulesOf } from '../kernel/operation.ts';
import type { DefinitionLister, RunReader, StopReader } from '../kernel/readers.ts';
import { widened } from '../kernel/staged-answer.ts';
import { hidden } from '../stages/contain/stage.ts';
import { stageable, stagesAny } from '../stages/gate/stage.ts';
import { whoAsks } from '../stages/identify/stage.ts';
import { offered, unenforceable } from '../stages/scope/stage.ts';
import type { Frame } from './frame.ts';
import { narrowed } from './narrow.ts';

/** What the lists of an endpoint are made from. */
export interface OfferFrame extends Pick<Frame, 'moment' | 'clock'> {
  readonly reading: RunReader;
  readonly definitions: DefinitionLister;
  readonly stops: StopReader;
}

/** Answers from the pinned catalog what one identity may call, with the schemas narrowed to what would pass. */
export function offerWith(frame: OfferFrame): Offer {
  return (credential, endpoint, session) => {
    const atMs = frame.clock();
    const moment: Moment = { ...frame.moment(), atMs, probes: new Map() };
    const asking = { credential, endpoint, session, atMs };
    const said = whoAsks(asking, moment, frame.reading);
    if ('ruling' in said) return said.ruling;
    if ('probe' in said) throw new Error('who asks is never probed');
    const subject = said.pass;
    const { connector } = subject;
    const barred = unenforceable(subject);
    if (barred) return barred;
    const all = frame.definitions.all(connector.connection);
    if (!all) {
      const says = `The connector ${connector.id} was never reached, so nothing of it was reviewed yet`;
      return { verdict: 'deny', code: 'not_offered', rule: `connector/${connector.id}/definitions`, says, owner: connector.owner };
    }
    return visible(all, subject, moment, frame.stops);
  };
}

function visible(all: Definitions, subject: Subject, moment: Moment, stops: StopReader): Offered {
  const { connector } = subject;
  const connection = moment.policy.connections.get(connector.connection);
  const may = (operation: Operation) =>
    offered(operation, subject, moment) && !hidden(stops, subject, operation.name, effectOf(connector, operation), moment.atMs);
  const named = (method: UpstreamMethod, key: string) => (item: JsonObject) =>
    typeof item[key] === 'string' && may({ method, name: item[key], extra: {} });
  return {
    connection: connector.connection,
    serverInfo: all.serverInfo,
    ...(all.instructions !== undefined && { instructions: all.instructions }),
    capabilities: changing(all.capabilities),
    tools: all.tools.filter((tool) => may(calling(tool))).map((tool) => narrow(tool, subject, moment)),
    stages: stagesAny(subject, moment),
    prompts: all.prompts.filter(named('prompts/get', 'name')),
    resources: all.resources.filter(named('resources/read', 'uri')),
    resourceTemplates: all.resourceTemplates.filter(named('resources/read', 'uriTemplate')),
    asks: { sampling: connection?.sampling ?? false, elicitationHosts: connection?.elicitationHosts ?? [] },
  };
}

/** What is offered changes with the policy too, whether or not the upstream ever changes it. */
function changing(capabilities: JsonObject): JsonObject {
  const lists = ['tools', 'prompts', 'resources'].filter((kind) => capabilities[kind] !== undefined);
  return {
    ...capabilities,
    ...Object.fromEntries(lists.map((kind) => [kind, { ...(capabilities[kind] as JsonObject), listChanged: true }])),
  };
}

function calling(tool: ToolDefinition) {
  return { method: 'tools/call', name: tool.name, extra: {} } as const;
}

function narrow(tool: ToolDefinition, subject: Subject, moment: Moment): ToolDefinition {
  const rules = rulesOf(subject.connector, calling(tool));
  const overlay = rules?.overlay;
  const narrower = overlay ? { ...tool, inputSchema: narrowed(tool.inputSchema, overlay.schema) } : tool;
  if (!tool.outputSchema || !rules || !stageable({ call: calling(tool), subject, rules }, moment)) return narrower;
  const { outputSchema: own, ...rest } = narrower;
  const outputSchema = own && widened(own);
  return { ...rest, ...(outputSchema && { outputSchema }) };
}
