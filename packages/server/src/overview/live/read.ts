import type { Topic } from '@trapkey/contract/api/live.ts';
import type { Database } from '../../storage/database.ts';

/** What happened of each topic: how many rows its list has more; 0 where only those that are there may be other. */
export type News = Readonly<Partial<Record<Topic, number>>>;

/** What was written since, and where the record and the alerts stand now. */
export interface Step {
  readonly at: Mark;
  readonly news: News;
}
export interface Mark {
  readonly size: number;
  readonly alerts: string;
}

/** Past this many entries it is only said that something happened. */
const readMax = 1_000;

const topicOfKind: Readonly<Record<string, Topic>> = {
  held: 'approvals',
  approved: 'approvals',
  edited: 'approvals',
  refused: 'approvals',
  expired: 'approvals',
  withdrawn: 'approvals',
  staged: 'batches',
  requested: 'runs',
  closed: 'runs',
};

/** By what an administrative action begins with. */
const topicOfAction: readonly (readonly [string, Topic])[] = [
  ['stop', 'stops'],
  ['limit.', 'stops'],
  ['rehearsal.', 'stops'],
  ['ticket.', 'approvals'],
  ['grant.', 'approvals'],
  ['drill.', 'approvals'],
  ['request.', 'approvals'],
  ['alert.', 'alerts'],
  ['policy.', 'policy'],
  ['release.', 'catalog'],
  ['definitions.', 'catalog'],
  ['connector.', 'catalog'],
  ['autonomy.', 'approvals'],
  ['batch.', 'batches'],
  ['undo.', 'batches'],
];

/** Reads what is new from the record, which every change of state is in, and from the alerts. */
export function openNews({ read }: Pick<Database, 'read'>): {
  now(): Promise<Mark>;
  since(mark: Mark): Promise<Step>;
} {
  const now = async (): Promise<Mark> => {
    const [tree, alerts] = await Promise.all([
      read.selectFrom('tree').select('size').where('id', '=', 1).executeTakeFirst(),
      read
        .selectFrom('alerts')
        .select(({ fn }) => [fn.countAll<number>().as('many'), fn.sum<number>('count').as('signals'), fn.max('last_at_ms').as('last')])
        .where('state', '!=', 'resolved')
        .executeTakeFirstOrThrow(),
    ]);
    return { size: Number(tree?.size ?? 0), alerts: JSON.stringify(Object.values(alerts).map(String)) };
  };
  return {
    now,
    async since(mark) {
      const at = await now();
      const news = new Map<Topic, number>();
      const add = (topic: Topic, many = 0) => news.set(topic, (news.get(topic) ?? 0) + many);
      if (at.alerts !== mark.alerts) add('alerts');
      if (at.size <= mark.size) return { at, news: Object.fromEntries(news) };
      add('record', at.size - mark.size);
      if (at.size - mark.size > readMax)
        for (const topic of ['approvals', 'stops', 'runs', 'policy', 'catalog', 'batches'] as const) add(topic);
      else for (const [topic, rows] of await topicsOf(read, mark.size, at.size)) add(topic, rows);
      return { at, news: Object.fromEntries(news) };
    },
  };
}

async function topicsOf(read: Database['read'], from: number, to: number): Promise<readonly (readonly [Topic, number])[]> {
  const rows = await read
    .selectFrom('ledger')
    .select(['kind', 'bytes'])
    .where('entry', '>=', from)
    .where('entry', '<', to)
    .orderBy('entry')
    .limit(readMax)
    .execute();
  return rows.flatMap(({ kind, bytes }) => {
    const topic = kind === 'admin' ? topicOf(bytes) : topicOfKind[kind];
    // A call is no run, and many changes are one batch: only what is held is a row of its own.
    return topic === undefined ? [] : [[topic, kind === 'held' ? 1 : 0]];
  });
}

function topicOf(bytes: string): Topic | undefined {
  const { action } = JSON.parse(bytes) as { readonly action?: string };
  return topicOfAction.find(([start]) => action?.startsWith(start))?.[1];
}
