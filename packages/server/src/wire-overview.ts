import { openLive } from './overview/live/live.ts';
import { openNews } from './overview/live/read.ts';
import { overviewRoutes } from './overview/routes.ts';
import type { Store } from './wire.ts';
import type { openSignIn } from './wire-pages.ts';

/** What is asked across everything, and how to end what listens. */
export function openOverview(parts: { readonly store: Store; readonly signIn: Pick<ReturnType<typeof openSignIn>, 'sessions'> }) {
  const { database } = parts.store;
  const live = openLive({ news: openNews(database), sessions: parts.signIn.sessions, watch: database.watch });
  return { routes: overviewRoutes({ live }), close: live.close };
}
export type Overview = ReturnType<typeof openOverview>;
