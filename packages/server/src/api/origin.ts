/**
 * Whether what changes something was sent by a page of ours. A browser says where from; what says nothing at all is no
 * browser, and has to show the form's token all the same.
 */
export function fromOwnPage(
  headers: { readonly origin: string | undefined; readonly fetchSite: string | undefined; readonly host: string | undefined },
  publicUrl: string,
): boolean {
  const { origin, fetchSite, host } = headers;
  if (fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none') return false;
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  return origin === new URL(publicUrl).origin || new URL(origin).host === host;
}
