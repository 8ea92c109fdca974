import type { TableRefusal } from '@trapkey/contract/tables.ts';

/** Thrown inside the judge only, where it is caught and becomes a value: a refusal ends a walk at whatever depth. */
export class Refused extends Error {
  readonly refusal: TableRefusal;

  constructor(refusal: TableRefusal) {
    super(refusal.says);
    this.refusal = refusal;
  }
}

const charactersMax = 80;

/** A name as it may stand in a sentence: short, and without what could pose as something else. */
export function named(name: string): string {
  const plain = name.replaceAll(/[^\p{L}\p{N}_.$ -]/gu, '?');
  return plain.length > charactersMax ? `${plain.slice(0, charactersMax)}…` : plain;
}

/** Refuses a table that is not on the list; one that does not exist gets the same words. */
export function tableNotAllowed(table: string): never {
  throw new Refused({
    code: 'table_not_allowed',
    key: 'allowed_tables',
    says: `The table ${named(table)} is not among the tables that this connector may read`,
  });
}

/** Refuses a column, whatever is done with it: sorting and comparing tell of its values too. */
export function columnDenied(column: string, how = 'is denied'): never {
  throw new Refused({ code: 'column_denied', key: 'denied_columns', says: `The column ${named(column)} ${how}` });
}

/** Refuses what would change something. */
export function readOnly(what: string): never {
  throw new Refused({ code: 'read_only', key: 'access', says: `Only reading is allowed here, and this is ${named(what)}` });
}

/** Refuses what the connector has no use for, and cannot vouch for. */
export function notOffered(what: string): never {
  throw new Refused({ code: 'not_offered', key: 'query', says: `${what}; this connector does not offer it in queries` });
}

/** Refuses what is no query at all. */
export function invalid(says: string): never {
  throw new Refused({ code: 'invalid_input', key: 'query', says });
}
