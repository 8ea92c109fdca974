/** An address of this gateway; anything else is only text, whoever wrote it. */
export function isOurs(address: string): boolean {
  return address.startsWith('/') && !/^\/[/\\]/.test(address);
}

/** An address with its query as the router takes it: the two apart. */
export function addressed(address: string): { readonly to: string; readonly search: Readonly<Record<string, string>> } {
  const [to = '', query = ''] = address.split('?', 2);
  return { to, search: Object.fromEntries(new URLSearchParams(query)) };
}
