import { setTimeout as pause } from 'node:timers/promises';
import type { UndoItem, UndoSummary } from '@trapkey/contract/api/undo.ts';
import type { Browser, Page } from '../sign-in/browser.ts';
import { until } from '../support/e2e.ts';
import { reading, sending } from './sending.ts';

/** Somebody who takes back what was done, over HTTP. */
export interface Undoer {
  /** Asks what could be taken back; gives the id of the undo. */
  ask(scope: { readonly kind: string; readonly id: string }, reason: string): Promise<string>;
  view(id: string): Promise<UndoSummary>;
  items(id: string): Promise<readonly UndoItem[]>;
  act(id: string, act: string, body?: object): Promise<Page>;
  must(id: string, act: string, body?: object): Promise<void>;
  settled(id: string, ...states: readonly UndoSummary['state'][]): Promise<UndoSummary>;
}

/** The person who sits at this browser. */
export function undoerAt(browser: Browser): Undoer {
  const get = reading(browser);
  const send = sending(browser);
  const act = (id: string, name: string, body: object = {}) => send(`/api/undos/${id}/${name}`, body);
  const view = (id: string) => get<UndoSummary>(`/api/undos/${id}`);
  return {
    async ask(scope, reason) {
      const page = await send('/api/undos', { ...scope, reason });
      if (page.status >= 300) throw new Error(`${page.status} ${page.text.slice(0, 500)}`);
      return (JSON.parse(page.text) as { readonly id: string }).id;
    },
    view,
    async items(id) {
      const all: UndoItem[] = [];
      for (let after: number | null = 0; after !== null; ) {
        const page: { readonly items: readonly UndoItem[]; readonly next: number | null } = await get(
          `/api/undos/${id}/items?max=1000&after=${after}`,
        );
        all.push(...page.items);
        after = page.next;
      }
      return all;
    },
    act,
    async must(id, name, body) {
      const page = await act(id, name, body);
      if (page.status >= 300) throw new Error(`${name} of ${id}: ${page.status} ${page.text.slice(0, 500)}`);
    },
    settled(id, ...states) {
      let last: UndoSummary | undefined;
      return until(
        `${id} is ${states.join(' or ')}`,
        async () => {
          last = await view(id).catch(() => undefined);
          return last && states.includes(last.state) ? last : undefined;
        },
        () => JSON.stringify(last),
      );
    },
  };
}

/** An undo that goes on; whoever looks lets it go on where it paused. */
export function undoing(operator: Undoer, id: string): { begin(): Promise<void>; ended(): Promise<boolean> } {
  return {
    begin: () => operator.must(id, 'start'),
    async ended() {
      await pause(100);
      const state = await operator.view(id).then(
        (view) => view.state,
        () => undefined,
      );
      if (state === 'paused') await operator.act(id, 'resume').catch(() => undefined);
      return state === 'undone';
    },
  };
}
