import { expect, it } from 'vitest';
import type { Signed } from '../../kernel/sessions.ts';
import { type Listener, listening } from './listening.ts';

const who = { person: 'lou@corp.example', roles: ['viewer'] };
const signed: Signed = { id: 'SE-1', hash: '1', who, via: 'code', createdAtMs: 0, seenAtMs: 0, expiresAtMs: 1 };

function page() {
  const listeners = new Set<Listener>();
  const gone = new AbortController();
  const seen = { cut: 0 };
  const texts = listening({ signed, gone: gone.signal, cut: () => void seen.cut++ }, (listener) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  });
  return { listeners, gone, seen, texts };
}

it('gives up its place at once when the session is over, though nobody reads what was told', async () => {
  const { listeners, seen, texts } = page();
  await texts.next();
  for (const one of listeners) one.end();
  expect([listeners.size, seen.cut]).toEqual([0, 1]);
});

it('ends as it should where somebody reads', async () => {
  const { listeners, seen, texts } = page();
  await texts.next();
  const next = texts.next();
  await Promise.resolve();
  for (const one of listeners) one.end();
  expect(await next).toEqual({ done: true, value: undefined });
  expect([listeners.size, seen.cut]).toEqual([0, 0]);
});

it('gives up its place when whoever asked is gone, waiting or not', async () => {
  const unread = page();
  await unread.texts.next();
  await unread.texts.return(undefined);
  const waiting = page();
  await waiting.texts.next();
  const next = waiting.texts.next();
  waiting.gone.abort();
  await Promise.all([next, waiting.texts.return(undefined)]);
  expect([unread.listeners.size, waiting.listeners.size]).toEqual([0, 0]);
});
