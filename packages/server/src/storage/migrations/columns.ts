/** `name int!, other text` → SQL; `!` is not null, `*` the primary key, `^` unique. */
export function definition(columns: string, words: Readonly<Record<string, string>>): string {
  const column = (text: string) => {
    const [name, type = ''] = text.trim().split(' ');
    const bare = type.replace(/[!*^]/g, '');
    return `"${name}" ${words[bare] ?? bare}${type.includes('!') ? ' not null' : ''}${type.includes('*') ? ' primary key not null' : ''}${type.includes('^') ? ' unique' : ''}`;
  };
  const [own = '', key] = columns.split(';');
  return own
    .split(',')
    .map(column)
    .concat(key ? [`primary key (${key})`] : [])
    .join(', ');
}
