import { useEffect, useMemo, useState } from 'react';
import { Check, SelectField, TextField } from '../../../ui/field.tsx';
import { type Field, groupsOf, shownAt, writtenFor } from './fields.ts';
import { documentsOf, type TextDocument, withValue } from './splice.ts';

/** The document that the caret is in, as fields. Each writes its own value into the text and nothing else. */
export function Form({
  text,
  caret,
  readOnly,
  onText,
  onDocument,
}: {
  readonly text: string;
  readonly caret: number;
  readonly readOnly: boolean;
  readonly onText: (text: string) => void;
  readonly onDocument: (document: TextDocument) => void;
}) {
  const documents = useMemo(() => documentsOf(text), [text]);
  if (!documents) return <p className="text-sm text-soft">The text cannot be read as it stands; the form is back as soon as it can.</p>;
  const here = documents.find(({ to }) => caret < to) ?? documents.at(-1);
  if (!here) return <p className="text-sm text-soft">There is no document in this file yet.</p>;
  const groups = groupsOf(here);
  return (
    <div className="flex flex-col gap-4">
      <SelectField
        label="Document"
        value={String(here.index)}
        options={documents.map(({ index, kind, id }) => [String(index), `${kind} ${id}`.trim()] as const)}
        onChange={({ target }) => {
          const chosen = documents.find(({ index }) => String(index) === target.value);
          if (chosen) onDocument(chosen);
        }}
      />
      {groups.length === 0 && <p className="text-sm text-soft">Of a {here.kind} the text is all there is.</p>}
      {groups.map(({ title, fields }) => (
        <fieldset key={title} disabled={readOnly} className="grid grid-cols-1 gap-x-4 gap-y-3 border-t border-line pt-3 sm:grid-cols-2">
          <legend className="text-sm font-semibold">{title}</legend>
          {fields.map((field) => (
            <OneField
              key={`${here.index} ${field.path.join('.')}`}
              field={field}
              document={here}
              onValue={(next) => onText(withValue(text, here.index, field.path, writtenFor(field, next)))}
            />
          ))}
        </fieldset>
      ))}
    </div>
  );
}

function OneField({
  field,
  document,
  onValue,
}: {
  readonly field: Field;
  readonly document: TextDocument;
  readonly onValue: (text: string) => void;
}) {
  const { text: shown, plain } = shownAt(document, field);
  const [typed, setTyped] = useState(shown);
  useEffect(() => setTyped(shown), [shown]);
  const { kind, label, hint, like, options = [] } = field;
  if (!plain) return <TextField label={label} value={shown} readOnly help="More than one value: change it in the text." />;
  if (kind === 'yes') return <Check label={label} checked={shown === 'true'} onChange={({ target }) => onValue(String(target.checked))} />;
  if (kind === 'choice') {
    const all = options.includes(shown) ? options : [...options, shown];
    return (
      <SelectField
        label={label}
        value={shown}
        help={hint}
        options={all.map((one) => [one, one === '' ? 'Not said here' : one] as const)}
        onChange={({ target }) => onValue(target.value)}
      />
    );
  }
  const input = (
    <TextField
      label={label}
      value={typed}
      help={hint}
      placeholder={like}
      inputMode={kind === 'number' ? 'numeric' : undefined}
      onChange={({ target }) => setTyped(target.value)}
      onBlur={() => typed !== shown && onValue(typed)}
      onKeyDown={({ key }) => key === 'Enter' && typed !== shown && onValue(typed)}
    />
  );
  return kind === 'list' ? <div className="sm:col-span-2">{input}</div> : input;
}
