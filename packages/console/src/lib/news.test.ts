import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { afterEach, expect, it } from 'vitest';
import { heard, newsOf, showing, type Watching } from './news.ts';

const queries = new QueryClient();
const within = { timeout: 20_000 };
afterEach(() => queries.clear());

/** A list that somebody looks at: what it shows, and what it would show. */
async function list(topics: Watching['topics'], rows: { now: readonly string[] }) {
  const looked = { times: 0 };
  const first = async () => {
    looked.times++;
    return rows.now;
  };
  const observer = new QueryObserver(queries, {
    queryKey: [topics],
    queryFn: () => rows.now,
    meta: { topics, whenNew: 'bar', first } satisfies Watching,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const leave = observer.subscribe(() => {});
  await expect.poll(() => observer.getCurrentResult().data, within).toEqual(rows.now);
  return { looked, leave, shown: () => observer.getCurrentResult().data };
}

it('counts what came while a list was being read as new still', async () => {
  heard(queries, 'record', 2);
  await showing(['record'], async () => heard(queries, 'record', 1));
  expect(newsOf('record')).toEqual({ times: 1, rows: 1 });
  await showing(['record'], async () => undefined);
  expect(newsOf('record')).toEqual({ times: 0, rows: 0 });
});

it('says that a list changed where it did, moves nothing, and is silent about what happened to others', async () => {
  const rows = { now: ['a'] };
  const { looked, leave, shown } = await list(['catalog', 'policy'], rows);
  heard(queries, 'policy', 0);
  await expect.poll(() => looked.times, within).toBe(1);
  expect(newsOf('catalog').times).toBe(0);
  rows.now = ['b', 'a'];
  heard(queries, 'policy', 0);
  await expect.poll(() => newsOf('catalog'), within).toEqual({ times: 1, rows: 0 });
  expect(shown()).toEqual(['a']);
  leave();
});
