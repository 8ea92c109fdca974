/** Which fields of an answer carry what outsiders wrote. */
export type Outsiders =
  | { readonly kind: 'none' }
  | { readonly kind: 'all' }
  | { readonly kind: 'paths'; readonly paths: readonly (readonly string[])[] }
  /** All but these, and these only where they hold one word: an address, an id. */
  | { readonly kind: 'except'; readonly paths: readonly (readonly string[])[] };
