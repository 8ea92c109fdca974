const words: Readonly<Record<string, string>> = {
  '42601': 'a syntax error',
  '42703': 'a column that does not exist',
  '42P01': 'a table that does not exist',
  '42883': 'a function or operator that does not exist for these types',
  '42803': 'a column that is neither grouped nor aggregated',
  '42702': 'a column name that more than one table has',
  '42804': 'types that do not fit',
  '42846': 'a type that cannot be made into the other',
  '42P10': 'a column reference that is not possible here',
  '22012': 'a division by zero',
  '22P02': 'a text that is no value of the type',
  '22003': 'a number out of range',
  '22007': 'a text that is no date or time',
  '22008': 'a date or time out of range',
  '21000': 'a subquery with more than one row',
  '54001': 'a statement that is too complex',
  '53200': 'more memory than there is',
  '53400': 'more than is configured',
  '57014': 'a statement that takes too long',
  '55P03': 'a lock that somebody else holds',
  '25006': 'a change in a transaction that only reads',
};

/** What went wrong in our words: the database's own may hold values and names of what may not be seen. */
export function failureWords(error: unknown): { readonly says: string; readonly denied: boolean } {
  const code = (error as { readonly code?: unknown } | null)?.code;
  if (code === '42501') return { says: 'The database itself refuses this to the account that the connector uses', denied: true };
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code)) return { says: 'The database did not answer', denied: false };
  return { says: `The database did not run it: ${words[code] ?? 'an error'} (SQLSTATE ${code})`, denied: false };
}
