import { blastShown } from '@trapkey/contract/api/blast.ts';
import type { Json } from '@trapkey/contract/json.ts';
import type { BlastReport } from '../../kernel/blast.ts';
import { HttpRefusal, type Route, route } from '../../kernel/http.ts';
import { lookers } from '../../kernel/sight.ts';
import type { UsedTool } from '../../kernel/used.ts';
import { type Offered, withDeclared } from './declared.ts';
import { blastGraph } from './graph.ts';
import { toolsShown } from './map-tools.ts';
import { blastReport, type Standing } from './read.ts';
import { withUsed } from './used.ts';

/** What the addresses of blast radius work with. */
export interface BlastDoors {
  readonly standing: () => Promise<Standing>;
  /** What plugins really used. */
  readonly used: () => Promise<readonly UsedTool[]>;
  /** What connections offer, as pinned. */
  readonly offered: Offered;
  /** Where rules stand in the policy that runs. */
  readonly placesOf: (rules: readonly string[]) => Promise<ReadonlyMap<string, { readonly file: string; readonly line: number }>>;
}

/** What each plugin can alter before a person looks, and what of that it uses, as JSON. */
export function blastRoutes(doors: BlastDoors): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/blast',
      permission: [...lookers, 'approver', 'owner'],
      async handle({ query }) {
        const [now, used] = await Promise.all([doors.standing(), doors.used()]);
        const { offered } = doors;
        const described = blastReport(now, query['plugin'], (connection, tool) => offered(connection).find(({ name }) => name === tool));
        const report = withDeclared(withUsed(described, now.set, used), now.set, offered);
        return { json: JSON.parse(JSON.stringify(await withPlaces(report, doors.placesOf))) as Json };
      },
    }),
    route({
      method: 'GET',
      path: '/api/blast/graph',
      permission: [...lookers, 'approver', 'owner'],
      async handle({ query }) {
        const show = blastShown.default('granted').safeParse(query['show'] || undefined);
        if (!show.success) throw new HttpRefusal(400, 'invalid_input', `"show" is one of ${blastShown.options.join(', ')}.`);
        const [now, used] = await Promise.all([doors.standing(), doors.used()]);
        const { offered } = doors;
        const toolsOf = toolsShown(show.data, { set: now.set, used, offered, nowMs: now.nowMs });
        return { json: blastGraph(now.set, blastReport(now, query['plugin']), toolsOf) satisfies Json };
      },
    }),
  ];
}

async function withPlaces(report: BlastReport, placesOf: BlastDoors['placesOf']): Promise<BlastReport> {
  const ruleOf = ({ connector, tool }: { readonly connector: string; readonly tool: string }) => `connector/${connector}/${tool}`;
  const places = await placesOf(report.plugins.flatMap(({ actions }) => actions.map(ruleOf)));
  const plugins = report.plugins.map((plugin) => ({
    ...plugin,
    actions: plugin.actions.map((action) => {
      const place = places.get(ruleOf(action));
      return place ? { ...action, place: { file: place.file, line: place.line } } : action;
    }),
  }));
  return { ...report, plugins };
}
