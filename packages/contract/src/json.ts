/** A JSON value as I-JSON (RFC 7493) allows it: no duplicate keys, no lone surrogates, no unsafe integers. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };
