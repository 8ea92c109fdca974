/** What came back, with the forms that a page has. */
export interface Page {
  readonly status: number;
  readonly url: string;
  readonly location: string | undefined;
  readonly headers: Headers;
  readonly text: string;
  /** Hidden fields of the form that is sent to this address. */
  fields(action: string): Readonly<Record<string, string>>;
}

/** A browser without JavaScript: keeps cookies, sends forms as browsers do, follows redirects when told to. */
export interface Browser {
  readonly cookies: Map<string, string>;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Page>;
  /** Follows redirects on this host. */
  open(path: string): Promise<Page>;
  post(path: string, fields: Readonly<Record<string, string>>, headers?: Readonly<Record<string, string>>): Promise<Page>;
  json(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Page>;
  /** Sends the form of a page with its hidden fields. */
  submit(page: Page, action: string, fields: Readonly<Record<string, string>>): Promise<Page>;
  signIn(who: { readonly person: string; readonly code: string }, to?: string): Promise<Page>;
}

const entities: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };

/** Opens one for a site. */
export function browser(site: string): Browser {
  const cookies = new Map<string, string>();
  const send = async (path: string, init: RequestInit & { headers: Record<string, string> }): Promise<Page> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const reply = await fetch(new URL(path, site), {
      ...init,
      redirect: 'manual',
      headers: { ...(cookie !== '' && { cookie }), ...init.headers },
    });
    for (const set of reply.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (value === '' || /max-age=0/i.test(set)) cookies.delete(name);
      else cookies.set(name, value);
    }
    const text = await reply.text();
    return {
      status: reply.status,
      url: new URL(path, site).href,
      location: reply.headers.get('location') ?? undefined,
      headers: reply.headers,
      text,
      fields: (action) => hiddenOf(text, action),
    };
  };
  const own = { origin: site, 'sec-fetch-site': 'same-origin' };
  const me: Browser = {
    cookies,
    get: (path, headers = {}) => send(path, { headers }),
    async open(path) {
      let page = await send(path, { headers: {} });
      for (let hops = 0; page.location !== undefined && hops < 10; hops++) page = await send(page.location, { headers: {} });
      return page;
    },
    post: (path, fields, headers = own) =>
      send(path, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body: new URLSearchParams(fields).toString(),
      }),
    json: (path, body, headers = own) =>
      send(path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }),
    submit: (page, action, fields) => me.post(action, { ...page.fields(action), ...fields }),
    async signIn(who, to) {
      const page = await me.get(to === undefined ? '/sign-in' : `/sign-in?to=${encodeURIComponent(to)}`);
      return await me.submit(page, '/sign-in/code', who);
    },
  };
  return me;
}

function hiddenOf(text: string, action: string): Readonly<Record<string, string>> {
  const form = text.split('<form ').find((part) => part.includes(`action="${action}"`));
  if (form === undefined) throw new Error(`no form for ${action} in ${text.slice(0, 2_000)}`);
  const inputs = form.split('</form>')[0]?.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g) ?? [];
  return Object.fromEntries(
    [...inputs].map(([, name = '', value = '']) => [name, value.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, (one) => entities[one] ?? one)]),
  );
}
