const home = '/';

/** Where to go after signing in: an address of our own, or where one starts. Never another site, however it is written. */
export function localPath(wanted: string | undefined): string {
  if (wanted === undefined || wanted.length > 512 || !/^\/[\w\-./~?=&%+:,]*$/.test(wanted) || wanted.startsWith('//')) return home;
  const base = 'http://here.invalid';
  const url = URL.canParse(wanted, base) ? new URL(wanted, base) : undefined;
  if (url?.origin !== base || url.pathname.startsWith('//') || /^\/(?:sign-in|sign-out|assets|api)(?:\/|$)/.test(url.pathname)) return home;
  return url.pathname + url.search;
}
