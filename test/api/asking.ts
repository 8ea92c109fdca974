import type { z } from 'zod';
import type { Browser, Page } from '../sign-in/browser.ts';

/** Sends what changes something, as the console does. */
export async function sent(who: Browser, path: string, body: unknown): Promise<Page> {
  const { csrf } = JSON.parse((await who.get('/api/session')).text) as { readonly csrf: string };
  return await who.json(path, body, { 'x-csrf-token': csrf });
}

/** Asks for something, and reads it with the schema that the console reads it with. */
export async function asked<T>(who: Browser, path: string, schema: z.ZodType<T>): Promise<T> {
  const reply = await who.get(path);
  if (reply.status !== 200) throw new Error(`${path}: ${reply.status} ${reply.text}`);
  return schema.parse(JSON.parse(reply.text));
}
