import type { Browser, Page } from '../sign-in/browser.ts';

/** Sends JSON as the pages do, with the mark of the session: once learned, it stays. */
export function sending(browser: Browser): (path: string, body: object) => Promise<Page> {
  let csrf: string | undefined;
  return async (path, body) => {
    csrf ??= (JSON.parse((await browser.get('/api/session')).text) as { readonly csrf: string }).csrf;
    return await browser.json(path, body, { 'x-csrf-token': csrf });
  };
}

/** Reads JSON that has to be there. */
export function reading(browser: Browser): <T>(path: string) => Promise<T> {
  return async <T>(path: string) => {
    const page = await browser.get(path);
    if (page.status !== 200) throw new Error(`GET ${path}: ${page.status} ${page.text.slice(0, 500)}`);
    return JSON.parse(page.text) as T;
  };
}
